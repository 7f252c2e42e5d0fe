import type { PoolView } from '@serverctl/contract';
import { expect, test } from 'vitest';
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

test('a time told to others has its date and zone', () => {
  expect(zonedTime('2026-01-01T12:00:00.000Z')).toMatch(/^202\d-\d\d-\d\d \d\d:\d\d:\d\d \S+/);
});
