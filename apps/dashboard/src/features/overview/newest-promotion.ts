import type { PoolView, PromotionView } from '@serverctl/contract';

/**
 * The newest promotion of a list, null where the pool was never moved; undefined while it is not read. A list from before the pool's present
 * epoch is not read: its newest is not what made the pool as it is.
 */
export function newestOf(
  pool: Pick<PoolView, 'epoch' | 'lastPromotion'>,
  read: readonly PromotionView[] | undefined,
): PromotionView | null | undefined {
  if (read === undefined) return undefined;
  const [newest = null] = read;
  return pool.lastPromotion !== null && (newest?.epoch ?? 0) < pool.epoch ? undefined : newest;
}
