import { expect, test } from 'vitest';
import type { MemberRow } from '../../db/repositories/members.ts';
import { memberStatus } from './member-view.ts';
import type { Heard, PoolSnapshot } from './snapshot.ts';

const traffic = { version: '2.6.12', uptimeSeconds: 60, sessions: 12, sessionRate: 4, requestRate: 30 };
const row = {
  id: 'm1',
  hostname: 'lb1.example.com',
  units: ['haproxy.service'],
  maintenance_until: null,
  quarantined_at: null,
} as MemberRow;

function statusWith(heard: Partial<Heard> | null) {
  const liveness = new Map(heard === null ? [] : [['m1', { age_ms: 5, traffic_age_ms: 0, ...heard } as Heard]]);
  const pool = { active_member_id: 'other' };
  return memberStatus({ pool, judged: null, enrolled: new Set(['m1']), liveness } as unknown as PoolSnapshot, row);
}

test('a member shows what its HAProxy carries, with the age of the reading and not of the beat', () => {
  expect(statusWith({ traffic, traffic_age_ms: 3_210.4 })).toMatchObject({
    heartbeatAgeMs: 5,
    traffic: { ...traffic, ageMs: 3_210 },
  });
});

test('a member that was never heard, or whose HAProxy never said anything, has no traffic', () => {
  expect(statusWith(null).traffic).toBeNull();
  expect(statusWith({ traffic: null }).traffic).toBeNull();
});
