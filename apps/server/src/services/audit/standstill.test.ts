import { expect, test } from 'vitest';
import { createStandstill } from './standstill.ts';

test('a standstill is told once after 30 s, and so is its end', () => {
  const standstill = createStandstill();
  expect([0, 29_999, 30_000, 90_000].map((now) => standstill.stands(now))).toEqual([false, false, true, false]);
  expect([100_000, 100_001].map((now) => standstill.moves(now))).toEqual([true, false]);
  expect([130_000, 130_001].map((now) => standstill.stands(now))).toEqual([false, true]);
});

test('the end of a standstill that another process, or an earlier one, may have told is asked for once', () => {
  const standstill = createStandstill();
  expect([0, 1_000].map((now) => standstill.moves(now))).toEqual([true, false]);
  standstill.stands(2_000); // others may have waited for longer
  expect([3_000, 4_000].map((now) => standstill.moves(now))).toEqual([true, false]);
  standstill.endIsUntold();
  expect([5_000, 6_000].map((now) => standstill.moves(now))).toEqual([true, false]);
});

test('time in which nothing can be known does not count, and ends no standstill', () => {
  const standstill = createStandstill();
  standstill.stands(0);
  standstill.pauses(29_000);
  expect(standstill.stands(58_999)).toBe(false);
  expect(standstill.stands(59_000)).toBe(true);
  standstill.pauses(60_000);
  expect(standstill.stands(95_000)).toBe(false);
  expect(standstill.moves(96_000)).toBe(true);
});
