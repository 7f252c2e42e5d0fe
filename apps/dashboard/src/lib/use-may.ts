import type { MeView } from '@serverctl/contract';
import { useQuery } from '@tanstack/react-query';
import { mayDo, whyNotAllowed } from './act/may-do.ts';
import { meQuery } from './queries.ts';

/** Whether who is signed in may do this in the pool; with null: in all pools, or where it belongs to none. False until that is known. */
export function useMay(permission: MeView['permissions'][number], poolId: string | null): boolean {
  const { data: me } = useQuery(meQuery);
  return mayDo(me, permission, poolId);
}

/** Why not, in words; null = they may. */
export function useWhyNotAllowed(permission: MeView['permissions'][number], poolId: string | null): string | null {
  const { data: me } = useQuery(meQuery);
  return whyNotAllowed(me, permission, poolId);
}
