import type { PoolView } from '@serverctl/contract';
import { expect, test } from 'vitest';
import { memberStatus, poolView } from '../testing/views.ts';
import { poolDetail } from './pool.ts';
import { zonedTime } from './words.ts';

test('a blocked name’s error stands on a line of its own, not in a column', () => {
  const binding = { name: 'lb.example.com', desiredAddress: null, published: [], state: 'blocked', ttlSeconds: 60 };
  const error = { code: 'dns_refused', message: 'It was refused.', remedy: 'Check the key.' };
  const status = { state: 'blocked', sentence: 'x', setupMissing: [], members: [], bindings: [{ ...binding, error }] };
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
