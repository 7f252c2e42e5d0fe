import { judge, type MemberId, type PoolEvidence, type PoolId } from '@serverctl/core';
import { aMember, anEvidence } from '../../../../../packages/core/testing/evidence.ts';
import type { BuiltEdge } from './built-edge.ts';
import type { OperatorHouse } from './operator-house.ts';

export type MemberChanges = Parameters<typeof aMember>[1];

/** Stores what the loop would have stored for pool `edge`, with these members. */
export async function storeJudged(
  house: OperatorHouse,
  edge: BuiltEdge,
  lb1: MemberChanges = {},
  lb2: MemberChanges = {},
  more: Partial<PoolEvidence> = {},
): Promise<PoolEvidence> {
  const view = await house.client.pools.get(edge.pool);
  const base = anEvidence(more);
  const evidence: PoolEvidence = {
    ...base,
    pool: {
      ...base.pool,
      id: edge.pool as PoolId,
      activeMemberId: view.activeMemberId as MemberId,
      epoch: view.epoch,
      paused: view.paused?.because ?? null,
    },
    members: [
      { ...aMember(1, lb1), id: edge.lb1 as MemberId, hostname: 'lb1.example.com' },
      { ...aMember(2, lb2), id: edge.lb2 as MemberId, hostname: 'lb2.example.com' },
    ],
  };
  const judgement = judge(evidence);
  await house.store.storeStatus([{ poolId: edge.pool as PoolId, evidence, judgement, frozenTicks: 4 }]);
  return evidence;
}
