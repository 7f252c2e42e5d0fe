import { useQuery } from '@tanstack/react-query';
import { meQuery } from '../queries.ts';
import { whyNoAct } from './act-needs.ts';
import type { ActName } from './acts.ts';
import { useStale } from './use-stale.ts';

/** Why an act's dialog is not opened now, in words; null = it is. `own`: what the place knows beyond permissions. The server decides anyway. */
export function useWhyNoAct(act: ActName, poolId: string, own: string | null = null): string | null {
  const { data: me } = useQuery(meQuery);
  const stale = useStale();
  return whyNoAct(me, act, poolId) ?? own ?? stale;
}
