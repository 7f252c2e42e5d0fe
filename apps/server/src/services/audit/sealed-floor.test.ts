import { minuteMs } from '@serverctl/core';
import { expect, test } from 'vitest';
import { createSealedFloor } from './sealed-floor.ts';

/** What a reader sees: the last number, the oldest transaction that runs, the next one to come. */
const point = (lastSeq: number, oldestRunning: number, nextTransaction: number) => ({
  lastSeq,
  oldestRunning,
  nextTransaction,
});

test('the first look is at everything; the floor rises when all that ran at its point has ended, and 5 s have passed', () => {
  const floor = createSealedFloor();
  expect(floor.at(0)).toBe(0);
  floor.rise(point(100, 10, 12), 0); // transactions 10 and 11 may hold numbers below 100
  floor.rise(point(150, 12, 20), 4_999);
  expect(floor.at(5_000)).toBe(0);
  floor.rise(point(200, 11, 20), 5_000);
  expect(floor.at(5_000)).toBe(0); // 11 still runs
  floor.rise(point(300, 12, 30), 6_000);
  expect(floor.at(6_000)).toBe(100);
  floor.rise(point(400, 29, 40), 20_000);
  expect(floor.at(20_000)).toBe(100); // 29 ran at the second point
  floor.rise(point(400, 30, 40), 20_001);
  expect(floor.at(20_001)).toBe(300);
});

test('every ten minutes it looks at everything, until that was done', () => {
  const floor = createSealedFloor();
  floor.rise(point(100, 10, 10), 0);
  floor.rise(point(100, 10, 10), 5_000);
  expect(floor.at(10 * minuteMs - 1)).toBe(100);
  expect(floor.at(10 * minuteMs)).toBe(0);
  expect(floor.at(10 * minuteMs + 1)).toBe(0);
  floor.rise(point(100, 10, 10), 10 * minuteMs + 1);
  expect(floor.at(10 * minuteMs + 2)).toBe(100);
});
