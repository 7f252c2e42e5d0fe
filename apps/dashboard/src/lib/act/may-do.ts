import type { MeView } from '@serverctl/contract';

type Permission = MeView['permissions'][number];

/**
 * Whether who is signed in may do it in this pool, as far as the page can say; the server decides. `permissions` are those of at least one
 * pool, so for an act on a pool a grant has to reach it that is more than a viewer's.
 */
export function mayDo(me: MeView | undefined, permission: Permission, poolId: string): boolean {
  if (me === undefined || !me.permissions.includes(permission)) return false;
  if (me.kind !== 'user') return true;
  return me.grants.some((grant) => grant.role !== 'viewer' && (grant.poolId === null || grant.poolId === poolId));
}
