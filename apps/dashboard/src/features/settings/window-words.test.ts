import { expect, test } from 'vitest';
import { localWindow, shifted } from './window-words.ts';

test('a time of the day in UTC is another one where the reader is, also over midnight', () => {
  expect(shifted('02:00', 60)).toBe('03:00');
  expect(shifted('23:30', 60)).toBe('00:30');
  expect(shifted('00:15', -330)).toBe('18:45');
});

test('a window says the local time beside it, and that it goes over midnight', () => {
  expect(localWindow({ from: '02:00', to: '05:00' }, 120)).toBe('Today that is 04:00 to 07:00 where you are.');
  expect(localWindow({ from: '23:00', to: '02:00' }, 0)).toBe('That is your time as well. It goes over midnight UTC.');
  expect(localWindow({ from: '', to: '05:00' }, 60)).toBe('');
});
