import type { PoolView } from '@serverctl/contract';
import { useQuery } from '@tanstack/react-query';
import { isRefused } from '../../lib/failure.ts';
import { useLiveStore } from '../../lib/live/use-live.ts';
import { isMeasuring } from '../../lib/pool/cached-until.ts';
import { promotionsQuery } from '../../lib/queries.ts';
import { newestOf } from './newest-promotion.ts';

const againMs = 2_000;

/**
 * The promotions of a pool, and the newest one. Changes of the pool have them read again; they are asked for until they are as new as the pool,
 * and while the newest one's last point is not measured, which changes nothing in the pool.
 */
export function useLivePromotions(pool: PoolView) {
  const { store } = useLiveStore();
  const query = useQuery({
    ...promotionsQuery(pool.id),
    refetchInterval: ({ state: { data, error } }) => {
      if (data === undefined || isRefused(error)) return false;
      const newest = newestOf(pool, data);
      const isAwaited = newest === undefined || (newest !== null && isMeasuring(pool, newest, store.serverNowMs()));
      return isAwaited ? againMs : false;
    },
  });
  return { query, last: newestOf(pool, query.data) };
}
