import type { MeView } from '@serverctl/contract';
import { useQuery } from '@tanstack/react-query';
import { meQuery } from './queries.ts';

/** Whether who is signed in may do this somewhere; the server decides for the pool. False until that is known. */
export function useMay(permission: MeView['permissions'][number]): boolean {
  const { data: me } = useQuery(meQuery);
  return me?.permissions.includes(permission) ?? false;
}
