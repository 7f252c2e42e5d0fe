import { expect, test } from 'vitest';
import type { TrafficReading } from '../../lib/live/live-state.ts';
import { cachedUntilMs, isMeasuring } from '../../lib/pool/cached-until.ts';
import { binding, member, pool } from '../../lib/testing/pools.ts';
import { promotion, stepsAt } from '../../lib/testing/promotions.ts';
import { isDraining, type LeftBehind, leftBehindOf } from './left-behind.ts';

const serverMs = Date.parse('2026-11-24T08:20:13.000Z');
const now = { pageMs: 100_000, serverMs };
const reading = (sessions: number, readAtMs: number): ReadonlyMap<string, TrafficReading> =>
  new Map([
    ['ams', { version: '3.0', uptimeSeconds: 1, sessions, sessionRate: 0, requestRate: 0, ageMs: 0, readAtMs }],
  ]);
const sessions = (traffic: ReadonlyMap<string, TrafficReading>, view = pool()) =>
  leftBehindOf(view, promotion(), traffic, now)?.sessions;

test('a present reading is what is left; an old one is the last known count with its time, never the present one', () => {
  expect(sessions(reading(611, 98_000))).toEqual({ kind: 'left', count: 611 });
  expect(sessions(reading(0, 98_000))).toEqual({ kind: 'gone', because: 'none' });
  expect(sessions(reading(611, 66_000))).toEqual({ kind: 'unknown', last: { count: 611, readAtMs: 66_000 } });
  expect(sessions(new Map())).toEqual({ kind: 'unknown', last: null });
});

test('where HAProxy does not run no session can be left, whatever was read before', () => {
  const stopped = pool({ status: { members: [member('fra'), member('ams', { health: 'haproxy-inactive' })] } });
  expect(sessions(reading(611, 98_000), stopped)).toEqual({ kind: 'gone', because: 'stopped' });
});

test('of a member that is not heard nobody knows what runs there: the last known count is said, and nothing is gone', () => {
  for (const health of ['heartbeat-lost', 'unheard'] as const) {
    const silent = member('ams', { health, alsoHealth: ['haproxy-inactive'] });
    const view = pool({ status: { members: [member('fra'), silent] } });
    expect(sessions(reading(611, 98_000), view)).toEqual({ kind: 'unknown', last: { count: 611, readAtMs: 98_000 } });
    expect(sessions(new Map(), view)).toEqual({ kind: 'unknown', last: null });
  }
});

test('clients stay at the old member until a record is taken, and a pool without records has none to wait for', () => {
  const asked = promotion({ state: 'publishing', steps: stepsAt(['decided', 4]) });
  const stays = (bindings: ReturnType<typeof binding>[], move = asked) =>
    leftBehindOf(pool({ status: { bindings } }), move, reading(0, 98_000), now);
  expect(stays([binding({ publishedEpoch: 0 })])).toMatchObject({ isUnwritten: true });
  expect(isDraining(stays([binding({ publishedEpoch: 0 })]) as LeftBehind, serverMs)).toBe(true);
  const taken = { ...asked, steps: stepsAt(['decided', 4], ['acknowledged', 181]) };
  expect(stays([binding()], taken)).toMatchObject({ isUnwritten: false });
  expect(stays([])).toMatchObject({ isUnwritten: false });
});

test('the first publish, a repair, one of long ago and one from a removed member leave nobody', () => {
  const of = (otherwise: Parameters<typeof promotion>[0]) => leftBehindOf(pool(), promotion(otherwise), new Map(), now);
  expect(of({ fromMemberId: null })).toBeNull();
  expect(of({ fromMemberId: 'fra' })).toBeNull();
  expect(of({ fromMemberId: 'removed' })).toBeNull();
  expect(of({ decidedAt: '2026-11-24T07:00:00.000Z' })).toBeNull();
});

const saying = (oldTtlUntil: string | null) => pool({ status: { bindings: [binding({ oldTtlUntil })] } });

test('caches hold the old answer for its TTL after the last name server gave the new one', () => {
  const view = saying('2026-11-24T08:20:30.181Z');
  expect(cachedUntilMs(view, promotion())).toBe(Date.parse('2026-11-24T08:20:31.087Z'));
  const acknowledged = promotion({ steps: stepsAt(['decided', 4], ['acknowledged', 181]) });
  expect(cachedUntilMs(view, acknowledged)).toBe(Date.parse('2026-11-24T08:20:30.181Z'));
});

test('what was measured goes before what was reckoned, and nothing replaced is nothing to wait for', () => {
  const measured = stepsAt(['acknowledged', 181], ['all-answered', 1_087], ['old-ttl-elapsed', 31_200]);
  expect(cachedUntilMs(saying('2026-11-24T08:20:30.181Z'), promotion({ steps: measured }))).toBe(
    Date.parse('2026-11-24T08:20:31.200Z'),
  );
  expect(cachedUntilMs(saying(null), promotion())).toBeNull();
  expect(cachedUntilMs(saying('2026-11-24T08:00:00.000Z'), promotion())).toBeNull();
});

test('each record has its own old TTL: one that was bound afterwards has no part in it', () => {
  const [lb, later] = [binding({ oldTtlUntil: '2026-11-24T08:20:30.181Z' }), binding({ name: 'api.example.com' })];
  const of = (oldTtlUntil: string) => pool({ status: { bindings: [lb, { ...later, oldTtlUntil }] } });
  expect(cachedUntilMs(of('2027-01-24T08:20:30.181Z'), promotion())).toBe(Date.parse('2026-11-24T08:20:31.087Z'));
  const elapsed = promotion({ steps: [...promotion().steps, ...stepsAt(['old-ttl-elapsed', 31_200])] });
  expect(isMeasuring(of('2027-01-24T08:20:30.181Z'), elapsed, serverMs)).toBe(false);
});

test('the last point is waited for until it is measured, and no longer than a minute after it was due', () => {
  const view = saying('2026-11-24T08:20:30.181Z');
  const at = (seconds: number) => serverMs + seconds * 1_000;
  expect(isMeasuring(view, promotion(), at(30))).toBe(true);
  expect(isMeasuring(view, promotion(), at(90))).toBe(false);
  const elapsed = stepsAt(['acknowledged', 181], ['old-ttl-elapsed', 31_087]);
  expect(isMeasuring(view, promotion({ steps: elapsed }), at(0))).toBe(false);
  expect(isMeasuring(saying(null), promotion(), at(0))).toBe(false);
});
