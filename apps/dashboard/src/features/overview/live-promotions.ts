import type { PoolView } from '@serverctl/contract';
import { useQuery } from '@tanstack/react-query';
import { useLiveStore } from '../../lib/live/use-live.ts';
import { isMeasuring } from '../../lib/pool/cached-until.ts';
import { promotionsQuery } from '../../lib/queries.ts';

const againMs = 2_000;

/** The promotions of a pool. Changes of the pool have them read again, and the newest one's last point, which changes nothing in the pool. */
export function useLivePromotions(pool: PoolView) {
  const { store } = useLiveStore();
  return useQuery({
    ...promotionsQuery(pool.id),
    refetchInterval: ({ state: { data } }) =>
      data?.[0] !== undefined && isMeasuring(pool, data[0], store.serverNowMs()) ? againMs : false,
  });
}
