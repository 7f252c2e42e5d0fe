import { expect, test } from 'vitest';
import { minutesError, minutesIn } from './maintenance-minutes.ts';

test.each([
  ['90', 90],
  [' 10080 ', 10_080],
  ['10081', null],
  ['0', null],
  ['1.5', null],
  ['-5', null],
  ['', null],
])('"%s" minutes are taken as %s', (typed, minutes) => {
  expect(minutesIn(typed)).toBe(minutes);
});

test('nothing typed is no mistake yet', () => {
  expect(minutesError('')).toBeNull();
  expect(minutesError('soon')).toMatch(/whole number/);
});
