import { minuteMs } from '@serverctl/core';
import { expect, test } from 'vitest';
import { createSealedFloor } from './sealed-floor.ts';

/** What a turn sees: the last number, the oldest transaction that runs, its own. */
const point = (lastSeq: number, oldestRunning: number, ownTransaction: number) => ({
  lastSeq,
  oldestRunning,
  ownTransaction,
});

test('the floor rises when all that ran at its point has ended, and 5 s have passed', () => {
  const floor = createSealedFloor();
  expect(floor.at(100)).toBe(0);
  floor.rise(point(100, 10, 12), 0); // transactions 10 and 11 may hold numbers below 100
  floor.rise(point(150, 12, 20), 4_999);
  expect(floor.at(150)).toBe(0);
  floor.rise(point(200, 11, 20), 5_000);
  expect(floor.at(200)).toBe(0); // 11 still runs
  floor.rise(point(300, 12, 30), 6_000);
  expect(floor.at(300)).toBe(100);
  floor.rise(point(400, 29, 40), 20_000);
  expect(floor.at(400)).toBe(100); // 29 ran at the second point
  floor.rise(point(400, 30, 40), 20_001);
  expect(floor.at(400)).toBe(300);
});

test('of a long log a new process looks at the newest at once, and at the others range by range', () => {
  const floor = createSealedFloor();
  expect(floor.at(50_000)).toBe(30_000);
  expect(floor.sweepsBehind(0)).toBe(0);
  floor.swept(20_000, 0);
  expect(floor.sweepsBehind(0)).toBe(20_000);
  floor.swept(30_000, 0);
  expect(floor.sweepsBehind(10 * minuteMs - 1)).toBeNull();
  expect(floor.sweepsBehind(10 * minuteMs)).toBe(0);
});

test('numbers that vanished come a second time: the floor falls below them, and the sweep begins anew', () => {
  const floor = createSealedFloor();
  floor.at(100);
  floor.rise(point(100, 10, 10), 0);
  floor.rise(point(100, 10, 10), 5_000);
  floor.swept(100, 5_000);
  expect([floor.at(100), floor.sweepsBehind(5_000)]).toEqual([100, null]);
  expect([floor.at(40), floor.sweepsBehind(5_000)]).toEqual([0, 0]);
});
