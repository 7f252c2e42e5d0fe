import { decide, type MemberId, type PoolEvidence, type PromotionId } from '@serverctl/core';
import { newId } from '../../platform/random.ts';
import type { Caller, ServiceDeps } from '../deps.ts';

export interface PersonsPromotion {
  readonly kind: 'switchover' | 'first-publish';
  readonly evidence: PoolEvidence;
  readonly from: MemberId | null;
  readonly to: MemberId;
  readonly sentence: string;
  readonly reason: string | null;
}

/**
 * Records what a person decided and tells the channels; the publisher hears of it from the database. Throws `pool_changed` when somebody
 * else was faster. What is stored as the decision is what would have happened without the person, so that it can be replayed (R14).
 */
export async function recordPromotion(
  { store, random, notifier }: Pick<ServiceDeps, 'store' | 'random' | 'notifier'>,
  caller: Caller,
  { kind, evidence, from, to, sentence, reason }: PersonsPromotion,
): Promise<PromotionId> {
  const id = newId<PromotionId>(random);
  const { id: poolId, epoch: expectedEpoch } = evidence.pool;
  const epoch = await store.promote(
    {
      id,
      poolId,
      kind,
      cause: kind,
      from,
      to,
      expectedEpoch,
      evidence,
      decision: decide(evidence),
      sentence,
      actor: caller.actor,
      reason,
      detectedAgoMs: null,
      lastHeartbeatAgoMs: null,
    },
    null,
  );
  const details = { promotionId: id, epoch, kind, cause: kind };
  notifier.notify({ kind: 'pool.promoted', severity: 'info', poolId, memberId: to, sentence, details, logged: true });
  return id;
}
