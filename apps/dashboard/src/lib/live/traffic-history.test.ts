import { expect, test } from 'vitest';
import { extendHistory, historyMs, type TrafficPoint } from './traffic-history.ts';

const reading = (readAtMs: number, sessions = 5) => ({ readAtMs, sessions, requestRate: 1 });
const all = (...readings: readonly ReturnType<typeof reading>[]) =>
  readings.reduce<readonly TrafficPoint[]>((points, one) => extendHistory(points, one), []);

test('a reading that is told again is one point, and the array stays the same', () => {
  const points = all(reading(10_000), reading(15_000));
  expect(extendHistory(points, reading(15_040))).toBe(points);
  expect(points.map(({ atMs }) => atMs)).toEqual([10_000, 15_000]);
});

test('what is older than a sparkline goes back is forgotten', () => {
  expect(all(reading(0), reading(5_000), reading(historyMs + 1)).map(({ atMs }) => atMs)).toEqual([
    5_000,
    historyMs + 1,
  ]);
});
