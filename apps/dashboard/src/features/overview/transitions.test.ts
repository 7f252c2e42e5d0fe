import { expect, test } from 'vitest';
import { member, pool } from '../../lib/testing/pools.ts';
import { transitionsOf } from './transitions.ts';

test('who is active, a member’s health and the pool’s state are spoken when they change, and ages never', () => {
  const calm = pool();
  const older = pool({ status: { members: calm.status.members.map((one) => ({ ...one, heartbeatAgeMs: 900 })) } });
  expect(transitionsOf(calm, older)).toEqual([]);
  const lost = member('fra', { health: 'heartbeat-lost' });
  const moved = pool({
    activeMemberId: 'ams',
    status: { state: 'verifying', sentence: 'One of two answers.', members: [lost, member('ams', { role: 'active' })] },
  });
  expect(transitionsOf(calm, moved)).toEqual([
    'fra.example.com: Heartbeat lost.',
    'ams.example.com is active now.',
    'Verifying: One of two answers.',
  ]);
});
