import type { MeView } from '@serverctl/contract';
import { useQuery } from '@tanstack/react-query';
import { mayDo } from './act/may-do.ts';
import { meQuery } from './queries.ts';

/** Whether who is signed in may do this in the pool; with null: in all pools, or where it belongs to none. False until that is known. */
export function useMay(permission: MeView['permissions'][number], poolId: string | null): boolean {
  const { data: me } = useQuery(meQuery);
  return mayDo(me, permission, poolId);
}
