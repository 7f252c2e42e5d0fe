import { expect, test } from 'vitest';
import { pinChange } from './pin-change.tsx';

const [stored, written, shown] = ['A'.repeat(64), 'B'.repeat(64), 'C'.repeat(64)];

test('what is told as to be stored is the pin of the form, and never what is only shown', () => {
  expect(pinChange(stored, written, shown)).toEqual({ before: stored, after: written, isWritten: true });
  expect(pinChange(stored, stored, shown)).toEqual({ before: stored, after: shown, isWritten: false });
  expect(pinChange(stored, null, shown)).toEqual({ before: stored, after: shown, isWritten: false });
});

test('without a stored pin, or where all is as it is stored, nothing changes', () => {
  expect(pinChange(null, written, shown)).toBe(null);
  expect([pinChange(stored, stored, stored), pinChange(stored, null, null)]).toEqual([null, null]);
});
