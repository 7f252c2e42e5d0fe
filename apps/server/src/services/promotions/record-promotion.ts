import { decide, type MemberId, type PoolEvidence, type PromotionId } from '@serverctl/core';
import { newId } from '../../platform/random.ts';
import type { ConfirmedName, PromotionRecord } from '../../worker/ports.ts';
import { targetAddresses } from '../../worker/target-address.ts';
import type { Caller, ServiceDeps } from '../deps.ts';

export interface PersonsPromotion {
  readonly kind: 'switchover' | 'first-publish' | 'adoption';
  /** Why, when the kind does not say it. */
  readonly cause?: 're-addressed' | 'adopted' | 'kept';
  /** No target was named. */
  readonly toNext?: boolean;
  readonly evidence: PoolEvidence;
  readonly from: MemberId | null;
  readonly to: MemberId;
  readonly confirmedNames?: readonly ConfirmedName[];
  readonly sentence: string;
  readonly reason: string | null;
}

/**
 * What is recorded. The decision kept with it is what would have happened without the person, so that it can be replayed (R14). Throws
 * `target_has_no_address` or `target_has_no_aaaa`.
 */
export function personsPromotion(
  { random }: Pick<ServiceDeps, 'random'>,
  { actor }: Pick<Caller, 'actor'>,
  { kind, cause, toNext = false, evidence, from, to, confirmedNames = [], sentence, reason }: PersonsPromotion,
): PromotionRecord {
  return {
    id: newId<PromotionId>(random),
    poolId: evidence.pool.id,
    kind,
    cause: cause ?? kind,
    from,
    to,
    ...targetAddresses(evidence, to),
    confirmedNames,
    expectedEpoch: evidence.pool.epoch,
    toNext,
    evidence,
    decision: decide(evidence),
    sentence,
    actor,
    reason,
    detectedAgoMs: null,
    lastHeartbeatAgoMs: null,
  };
}
