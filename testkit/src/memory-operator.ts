import { AppError, type Instant, type MemberId, type Pool, type PoolId } from '@serverctl/core';
import type { PromotionRecord } from '../../apps/server/src/worker/ports.ts';
import type { MemoryHouse } from './memory-house.ts';
import { applyPromotion } from './memory-promote.ts';

/** What happens to the tables from outside of the failover loop: by a person, and by the listener that finds a clone. Each is told at once. */
export interface MemoryOperator {
  /** A promotion that needs no lease, as within a person's change. Returns the new epoch and refuses as the store's own does. */
  promote(promotion: PromotionRecord): Promise<number>;
  /** From now on, for so long; null ends it (R13). */
  poolMaintenance(poolId: PoolId, forMs: number | null): void;
  memberMaintenance(memberId: MemberId, forMs: number | null): void;
  pause(poolId: PoolId): void;
  resume(poolId: PoolId): void;
  /** Releases R9 and R10 for so long. */
  releaseBrakes(forMs: number): void;
  restoreBrakes(): void;
  /** Ends `held` and acknowledges every promotion up to the present epoch (R11). */
  acknowledge(poolId: PoolId): void;
  /** The listener's: two hosts use this member's key (R35). */
  quarantine(memberId: MemberId): void;
  clearQuarantine(memberId: MemberId): void;
}

export function memoryOperator(house: MemoryHouse, now: () => Instant, changed: () => void): MemoryOperator {
  function told<Result>(change: () => Result): Result {
    const result = change();
    changed();
    return result;
  }

  function rest<Id>(rests: Map<Id, { from: Instant; until: Instant }>, id: Id, forMs: number | null): void {
    if (forMs === null) rests.delete(id);
    else rests.set(id, { from: now(), until: now() + forMs });
  }

  function changePool(poolId: PoolId, change: Partial<Pool>): Pool {
    const pool = house.pools.get(poolId);
    if (pool === undefined) throw new AppError('pool_not_found');
    house.pools.set(poolId, { ...pool, ...change });
    return pool;
  }

  return {
    promote: async (promotion) => told(() => applyPromotion(house, promotion, now())),
    poolMaintenance: (poolId, forMs) => told(() => rest(house.poolMaintenance, poolId, forMs)),
    memberMaintenance: (memberId, forMs) => told(() => rest(house.memberMaintenance, memberId, forMs)),
    pause: (poolId) => told(() => void house.pausedEpoch.set(poolId, changePool(poolId, { paused: 'person' }).epoch)),
    resume: (poolId) => told(() => void changePool(poolId, { paused: null })),
    releaseBrakes: (forMs) =>
      told(() => {
        house.brakeRelease = { from: now(), until: now() + forMs };
      }),
    restoreBrakes: () =>
      told(() => {
        house.brakeRelease = null;
      }),
    acknowledge: (poolId) =>
      told(() => void house.acknowledgedEpoch.set(poolId, changePool(poolId, { held: false }).epoch)),
    quarantine: (memberId) => told(() => void house.quarantined.add(memberId)),
    clearQuarantine: (memberId) => told(() => void house.quarantined.delete(memberId)),
  };
}
