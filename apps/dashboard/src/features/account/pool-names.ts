import { useCallback } from 'react';
import { useLive } from '../../lib/live/use-live.ts';

/** Names of pools by id; one that may not be seen, or is gone, stands for itself. */
export function usePoolNames(): (poolId: string) => string {
  const pools = useLive((state) => state.pools);
  return useCallback((poolId) => pools?.get(poolId)?.name ?? poolId, [pools]);
}
