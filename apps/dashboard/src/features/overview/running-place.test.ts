import { expect, test } from 'vitest';
import { pool } from '../../lib/testing/pools.ts';
import { placeOf } from './running-place.ts';

const at = '2026-11-24T08:20:00.000Z';
const after = (seconds: number) => ({ serverMs: Date.parse(at) + seconds * 1_000 });

test('a move of the last minute has its place before it is read, with what the pool says of it', () => {
  const view = pool({ epoch: 7 });
  const place = placeOf(view, after(21), false);
  expect(place?.title).toBe('Switchover to fra.example.com is being read');
  expect(place?.hint).toBe('it was decided 21 s ago');
  expect(place?.steps.map(({ title, state }) => `${title} · ${state}`)).toEqual([
    'Decided · done',
    'Provider acknowledged · unknown',
    'Name servers answer · unknown',
    'Old TTL runs out · unknown',
    'Old sessions gone · unknown',
  ]);
  const failover = placeOf(pool({ lastPromotion: { kind: 'failover', at } }), after(21), false);
  expect(failover?.steps.map(({ title }) => title).slice(0, 2)).toEqual(['Last heartbeat', 'Detected']);
});

test('a reading that failed says so in its place', () => {
  const place = placeOf(pool(), after(21), true);
  expect(place?.title).toBe('Switchover to fra.example.com could not be read');
  expect(place?.steps.map(({ value }) => value).slice(1)).toEqual(['Not read', 'Not read', 'Not read', 'Not read']);
});

test('one of before keeps its place too, and before the first publish there is none', () => {
  expect(placeOf(pool({ lastPromotion: null, activeMemberId: null }), after(1), false)).toBeNull();
  expect(placeOf(pool(), after(86_400), false)?.hint).toBe('it was decided 1 d ago');
});
