import type { PoolView, PromotionView } from '@serverctl/contract';
import { promotionsQuery } from '../../lib/queries.ts';

const againMs = 2_000;
const longestMs = 24 * 3_600_000;

/**
 * The promotions of a pool. Changes of the pool have them read again; that an old TTL has run out changes nothing in the pool, so while the
 * newest one waits for that they are read again by themselves.
 */
export function livePromotionsQuery(pool: PoolView) {
  return {
    ...promotionsQuery(pool.id),
    refetchInterval: ({ state: { data } }: { state: { data: readonly PromotionView[] | undefined } }) =>
      data?.[0] !== undefined && isOpen(pool, data[0]) ? againMs : false,
  } as const;
}

/** Not every record of the pool has had all its points measured, and it is no later than a day: what nobody measured never will be. */
export function isOpen({ status: { bindings, at } }: PoolView, { steps, decidedAt, state }: PromotionView): boolean {
  if (state === 'superseded' || Date.parse(at) - Date.parse(decidedAt) > longestMs) return false;
  const elapsed = steps.filter(({ step }) => step === 'old-ttl-elapsed').length;
  return (
    elapsed < bindings.filter(({ oldTtlUntil }) => oldTtlUntil !== null && oldTtlUntil > decidedAt).length ||
    state !== 'done'
  );
}
