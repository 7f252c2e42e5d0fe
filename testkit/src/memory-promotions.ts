import { hourMs, type Instant, type Pool, type PoolId } from '@serverctl/core';
import type { RecentPromotion } from '../../apps/server/src/worker/ports.ts';
import type { KeptPromotion, MemoryHouse } from './memory-house.ts';

/** Finds a pool's promotions without reading the whole history, however long a simulation lasts. */
export interface PromotionIndex {
  /** The promotion that made the pool's present epoch. */
  present(pool: Pool): KeptPromotion | undefined;
  /** Those of the last hour, newest first, and the newest one however old it is. */
  recent(poolId: PoolId, now: Instant): readonly RecentPromotion[];
}

interface Entry {
  readonly promotion: KeptPromotion;
  /** The latest instant up to here in the pool's history: once that is older than an hour, everything before is. */
  readonly latestAt: Instant;
}

/** Tests append to `house.promotions` as well: what is new there is taken in at each question. */
export function indexPromotions(house: MemoryHouse): PromotionIndex {
  const byPool = new Map<PoolId, Entry[]>();
  let taken = 0;

  function entriesOf(poolId: PoolId): readonly Entry[] {
    for (const promotion of house.promotions.slice(taken)) {
      const entries = byPool.get(promotion.poolId) ?? [];
      const latestAt = Math.max(promotion.at, entries.at(-1)?.latestAt ?? promotion.at);
      entries.push({ promotion, latestAt });
      byPool.set(promotion.poolId, entries);
    }
    taken = house.promotions.length;
    return byPool.get(poolId) ?? [];
  }

  return {
    present: (pool) => entriesOf(pool.id).findLast(({ promotion }) => promotion.epoch === pool.epoch)?.promotion,
    recent(poolId, now) {
      const entries = entriesOf(poolId);
      const acknowledgedEpoch = house.acknowledgedEpoch.get(poolId) ?? 0;
      const recent: RecentPromotion[] = [];
      for (let place = entries.length - 1; place >= 0; place -= 1) {
        const { promotion, latestAt } = entries[place] as Entry;
        const isNewest = place === entries.length - 1;
        // Whatever was made before one of the future is of unknown age as well.
        if (!isNewest && (latestAt <= now - hourMs || promotion.at > now)) break;
        if (isNewest || promotion.at > now - hourMs) recent.push(recentOf(promotion, now, acknowledgedEpoch));
        if (promotion.at > now) break;
      }
      return recent;
    },
  };
}

function recentOf(promotion: KeptPromotion, now: Instant, acknowledgedEpoch: number): RecentPromotion {
  const { epoch, kind, decision, at } = promotion;
  return {
    epoch,
    ageMs: at > now ? null : now - at,
    kind,
    acknowledged: epoch <= acknowledgedEpoch,
    unbraked: decision.kind === 'promote' && decision.unbraked !== undefined,
  };
}
