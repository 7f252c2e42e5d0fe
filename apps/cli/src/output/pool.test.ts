import type { PoolView } from '@serverctl/contract';
import { bindingStatus, memberStatus } from '@serverctl/contract/testing';
import { expect, test } from 'vitest';
import { memberView, poolView } from '../testing/views.ts';
import { memberDetail, memberTable } from './member.ts';
import { poolDetail, poolTable } from './pool.ts';
import { zonedTime } from './words.ts';

test('a blocked name’s error stands on a line of its own, not in a column', () => {
  const binding = {
    name: 'lb.example.com',
    desiredAddress: null,
    published: [],
    state: 'blocked',
    ttlSeconds: 60,
    effectiveTtlSeconds: 60,
  };
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

const aaaa = bindingStatus({ id: 'binding00002', type: 'AAAA', desiredAddress: null, published: [] });

test.each([
  ['A alone', poolView([], [bindingStatus()]), null],
  ['both types', poolView([], [bindingStatus(), aaaa]), /^IPv6 +drop: the AAAA beside an A goes/m],
  ['required', poolView([], [], { ipv6: 'require' }), /^IPv6 +require: beside an A, only a member with/m],
])('pool show says what becomes of an AAAA where that matters: %s', (_what, pool, words) => {
  const shown = poolDetail(pool, false);
  if (words === null) expect(shown).not.toContain('IPv6');
  else expect(shown).toMatch(words);
});

test('a name with both types is one name in the list of pools', () => {
  expect(poolTable([poolView([], [bindingStatus(), aaaa])], false)).toMatch(/ lb\.example\.com$/m);
});

test.each([
  ['198.51.100.11', '2001:db8::11', '198.51.100.11, 2001:db8::11'],
  [null, '2001:db8::11', '2001:db8::11'],
  [null, null, 'none yet'],
])('a member is shown with both addresses: %s and %s', (address, address6, words) => {
  expect(memberDetail(memberView({ address, address6 }), false)).toMatch(new RegExp(`^address +${words}$`, 'm'));
  const wide = memberTable([memberStatus({ address, address6 })], false, { wide: true });
  expect(wide).toContain(words === 'none yet' ? ' - ' : words);
});
