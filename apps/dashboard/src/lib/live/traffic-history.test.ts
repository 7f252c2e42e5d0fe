import { expect, test } from 'vitest';
import { createFakeClock } from '../testing/clock.ts';
import { member, pool } from '../testing/pools.ts';
import { createLiveStore } from './live-store.ts';
import { extendHistory, historyMs, historyOf, type TrafficPoint } from './traffic-history.ts';

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

test('what a removed member carried is forgotten with it', () => {
  const store = createLiveStore(createFakeClock(), { soon: (task) => task() });
  const traffic = { version: '3.0', uptimeSeconds: 9, sessions: 7, sessionRate: 0, requestRate: 1, ageMs: 300 };
  const at = '2026-11-24T08:20:00.000Z';
  const tell = (...ids: string[]) =>
    store.receive('pool', { at, pool: pool({ status: { members: ids.map((id) => member(id, { traffic })) } }) });
  const history = historyOf(store);
  tell('fra', 'ams');
  expect([...history.keys()]).toEqual(['fra', 'ams']);
  tell('fra');
  expect([...history.keys()]).toEqual(['fra']);
});
