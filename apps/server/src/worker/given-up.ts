import type { PoolId } from '@serverctl/core';
import type { PoolWithMembers, PromotionRecord } from './ports.ts';

/*
 * Promotions that were given up without an answer: each may have been recorded all the same (R19, ambiguity is a state). Per pool:
 *
 *   unclear     the pool still has the epoch that it was expected to replace
 *   committed   the pool's present epoch is made by it: said once, then forgotten
 *   failed      the pool has another epoch: forgotten
 */
export interface GivenUp {
  note(promotion: PromotionRecord): void;
  /** The one that this read shows to be recorded, the first time it does; else null. */
  committed(row: PoolWithMembers): PromotionRecord | null;
}

/** A store that refuses each turn for minutes must not fill the memory; a late commit comes within seconds. */
const keptPerPool = 32;

export function createGivenUp(): GivenUp {
  const unclear = new Map<PoolId, readonly PromotionRecord[]>();
  return {
    note(promotion) {
      const { poolId } = promotion;
      unclear.set(poolId, [...(unclear.get(poolId) ?? []), promotion].slice(-keptPerPool));
    },
    committed({ pool, present }) {
      const all = unclear.get(pool.id) ?? [];
      const left = all.filter((promotion) => promotion.expectedEpoch === pool.epoch);
      if (left.length === 0) unclear.delete(pool.id);
      else unclear.set(pool.id, left);
      return all.find((promotion) => promotion.id === present?.id) ?? null;
    },
  };
}
