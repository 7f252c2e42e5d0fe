import { defaultPoolSettings, type MemberId, type PoolId } from '@serverctl/core';
import { expect, test } from 'vitest';
import { aMember, aPool } from '../../../../packages/core/testing/evidence.ts';
import type { PoolWithMembers } from './ports.ts';
import { silenceNotices } from './silence-notices.ts';

const members = Array.from({ length: 21 }, (_, index) => aMember(index + 1));
const row = { pool: { ...defaultPoolSettings, ...aPool() }, members, bindings: [] } as unknown as PoolWithMembers;
const ended = (memberId: MemberId) => ({
  memberId,
  trueMs: 6_732.245_180_999_977,
  provenMs: 5_100.7,
  isOpenEnded: false,
});

test('a silence is told in whole milliseconds, alone and among many', () => {
  const [first] = members;
  const whole = { trueMs: 6_732, provenMs: 5_101, isOpenEnded: false };
  const [alone] = silenceNotices(first === undefined ? [] : [ended(first.id)], [row]);
  expect(alone).toMatchObject({ poolId: row.pool.id as PoolId, details: whole });
  expect(alone?.sentence).toMatch(/after a silence of 6\.7 s, of which 5\.1 s are proven\.$/);
  const [together, ...more] = silenceNotices(
    members.map(({ id }) => ended(id)),
    [row],
  );
  expect(more).toEqual([]);
  expect(together?.details['silences']).toHaveLength(21);
  expect(together?.details['silences']).toContainEqual({ memberId: first?.id, ...whole });
});
