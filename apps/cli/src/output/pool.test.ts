import type { PoolView } from '@serverctl/contract';
import { expect, test } from 'vitest';
import { memberStatus, poolView } from '../testing/views.ts';
import { poolDetail } from './pool.ts';
import { zonedTime } from './words.ts';

test('a blocked name’s error stands on a line of its own, not in a column', () => {
  const binding = { name: 'lb.example.com', desiredAddress: null, published: [], state: 'blocked', ttlSeconds: 60 };
  const error = { code: 'dns_refused', message: 'It was refused.', remedy: 'Check the key.' };
  const bindings = [{ ...binding, error, drift: null }];
  const status = { state: 'blocked', sentence: 'x', setupMissing: [], members: [], bindings };
  const failback = { policy: 'manual', afterMinutes: 10, window: null };
  const pool = { name: 'edge', failback, status, paused: null, maintenance: null } as unknown as PoolView;
  expect(poolDetail(pool, false)).toMatch(/blocked +60 s\n {4}It was refused\. Check the key\.\n/);
});

test('an active member whose key two hosts use is told, though the state is calm', () => {
  const quarantined = { since: '2026-01-01T11:00:00.000Z', reason: 'seen twice' };
  const active = memberStatus({ role: 'active', quarantined });
  const standby = memberStatus({ id: 'member000002', hostname: 'lb2.example.com' });
  const shown = poolDetail(poolView([active, standby], []), false);
  expect(shown).toMatch(
    /^quarantined +the active member: two hosts use its key; .* serverctl member clear-quarantine edge lb1\.example\.com --reason …$/m,
  );
  const calm = poolView([memberStatus({ role: 'active' }), memberStatus({ id: 'member000002', quarantined })], []);
  expect(poolDetail(calm, false)).not.toMatch(/^quarantined/m);
});

test('a time told to others has its date and zone', () => {
  expect(zonedTime('2026-01-01T12:00:00.000Z')).toMatch(/^202\d-\d\d-\d\d \d\d:\d\d:\d\d \S+/);
});

const pair = (changes = {}) => [memberStatus({ role: 'active', ...changes }), memberStatus({ id: 'member000002' })];
const maintenance = { until: '2026-01-01T13:00:00.000Z', over: false, reason: 'x' };
const paused = { because: 'person' as const, sentence: 'x', since: '2026-01-01T11:00:00.000Z' };

test.each([
  ['all is well', poolView(pair(), []), 'back after about 90 s when the active member is lost'],
  ['it is paused', poolView(pair(), [], { paused, automaticFailover: false }), 'not by itself: paused'],
  ['it is in maintenance', poolView(pair(), [], { maintenance }), 'not by itself: the pool is in maintenance'],
  [
    'its active member is in maintenance',
    poolView(pair({ maintenance }), []),
    'not by itself: the active member is in maintenance',
  ],
  ['failover is off', poolView(pair(), [], { automaticFailover: false }), 'not by itself: failover is off'],
  ['it is held', poolView(pair(), [], { held: true }), 'not by itself: held: serverctl pool ack edge'],
  ['it has one member', poolView(pair().slice(0, 1), []), 'not by itself: it has one member only'],
  ['nobody is active', poolView(pair(), [], { activeMemberId: null }), null],
])('when clients are back is promised only where the pool would move by itself: %s', (_when, pool, words) => {
  const line = poolDetail(pool, false)
    .split('\n')
    .find((one) => one.startsWith('clients'));
  expect(line?.replace(/^clients +/, '') ?? null).toBe(words);
  expect((line ?? '').length).toBeLessThan(80);
});
