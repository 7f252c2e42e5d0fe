import { expect, test } from 'vitest';
import type { TrafficReading } from '../../lib/live/live-state.ts';
import { binding, member, pool } from '../../lib/testing/pools.ts';
import { placeOf } from './running-place.ts';

const at = '2026-11-24T08:20:00.000Z';
const after = (seconds: number) => ({ pageMs: 500_000, serverMs: Date.parse(at) + seconds * 1_000 });
const silent: ReadonlyMap<string, TrafficReading> = new Map();
const onStandby = (sessions: number) =>
  new Map([['ams', { sessions, readAtMs: 499_000 } as TrafficReading]]) satisfies typeof silent;

test('a move of the last minute has its place before it is read, with what the pool says of it', () => {
  const view = pool({ epoch: 7 });
  const place = placeOf(view, silent, after(21), false);
  expect(place?.title).toBe('Switchover to fra.example.com is being read');
  expect(place?.hint).toBe('it was decided 21 s ago');
  expect(place?.steps.map(({ title, state }) => `${title} · ${state}`)).toEqual([
    'Decided · done',
    'Provider acknowledged · unknown',
    'Name servers answer · unknown',
    'Old TTL runs out · unknown',
    'Old sessions gone · unknown',
  ]);
  const failover = placeOf(pool({ lastPromotion: { kind: 'failover', at } }), silent, after(21), false);
  expect(failover?.steps.map(({ title }) => title).slice(0, 2)).toEqual(['Last heartbeat', 'Detected']);
});

test('a reading that failed says so in its place', () => {
  const place = placeOf(pool(), silent, after(21), true);
  expect(place?.title).toBe('Switchover to fra.example.com could not be read');
  expect(place?.steps.map(({ value }) => value).slice(1)).toEqual(['Not read', 'Not read', 'Not read', 'Not read']);
});

test('one of before has none: not before the first publish, and not where nothing goes on', () => {
  expect(placeOf(pool({ lastPromotion: null, activeMemberId: null }), silent, after(1), false)).toBeNull();
  expect(placeOf(pool(), silent, after(61), false)).toBeNull();
  expect(placeOf(pool(), onStandby(0), after(61), false)).toBeNull();
});

test('it keeps its place for as long as a record is to be written, caches hold the old one, or sessions are left', () => {
  const lasting = (record: Parameters<typeof binding>[0]) => pool({ status: { bindings: [binding(record)] } });
  expect(placeOf(lasting({ publishedEpoch: 0 }), silent, after(600), false)).not.toBeNull();
  expect(placeOf(lasting({ state: 'verifying' }), silent, after(600), false)).not.toBeNull();
  expect(placeOf(lasting({ oldTtlUntil: '2026-11-24T08:25:00.000Z' }), silent, after(359), false)).not.toBeNull();
  expect(placeOf(lasting({ oldTtlUntil: '2026-11-24T08:25:00.000Z' }), silent, after(361), false)).toBeNull();
  expect(placeOf(pool(), onStandby(12), after(3_600), false)).not.toBeNull();
  expect(placeOf(pool(), onStandby(12), after(3_601), false)).toBeNull();
});

test('what is no part of a promotion keeps no place for it', () => {
  for (const kind of ['first-publish', 'address'] as const)
    expect(placeOf(pool({ lastPromotion: { kind, at } }), onStandby(12), after(61), false), kind).toBeNull();
  const members = [member('fra', { role: 'active' }), member('ams'), member('lon')];
  const own = new Map([...onStandby(12), ['lon', { sessions: 3, readAtMs: 499_000 } as TrafficReading] as const]);
  expect(placeOf(pool({ status: { members } }), onStandby(12), after(61), false)).not.toBeNull();
  expect(placeOf(pool({ status: { members } }), own, after(61), false)).toBeNull();
});

test('a name that was bound later and stays blocked keeps no place; one that is still being written does', () => {
  const boundLater = (state: 'blocked' | 'drift' | 'publishing') =>
    pool({ status: { state, bindings: [binding(), binding({ id: 'later', publishedEpoch: 0, state })] } });
  expect(placeOf(boundLater('blocked'), silent, after(601), false)).toBeNull();
  expect(placeOf(boundLater('drift'), silent, after(601), false)).toBeNull();
  expect(placeOf(boundLater('publishing'), silent, after(601), false)).not.toBeNull();
});
