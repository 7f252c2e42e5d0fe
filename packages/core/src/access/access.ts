import type { PoolId } from '../ids.ts';
import { type Permission, permissionsOf, type Role, withoutPool } from './permission.ts';

/** A role in one pool; with `poolId` null everywhere. */
export interface Grant {
  readonly role: Role;
  readonly poolId: PoolId | null;
}

/** What an API token is narrowed to, within what its maker may at the time of use. */
export interface TokenScope {
  readonly permissions: ReadonlySet<Permission>;
  /** Null = every pool, and what belongs to none. */
  readonly pools: ReadonlySet<PoolId> | null;
}

/** What a caller may do. Without grants: nothing (R39). */
export interface Access {
  readonly grants: readonly Grant[];
  /** Null = not narrowed. */
  readonly scope: TokenScope | null;
}

/** All that there is: the host's own administrator token. */
export const fullAccess: Access = { grants: [{ role: 'administrator', poolId: null }], scope: null };

/** Whether the permission is there for this pool; with `poolId` null for what belongs to no pool, or for all pools at once. */
export function mayDo({ grants, scope }: Access, permission: Permission, poolId: PoolId | null): boolean {
  if (scope !== null && !isInScope(scope, permission, poolId)) return false;
  return grants.some((grant) => permissionsOf[grant.role].has(permission) && reaches(grant, permission, poolId));
}

/** Pools for which the permission is there; `all` = every one, those to come as well. */
export function poolsWith(access: Access, permission: Permission): 'all' | ReadonlySet<PoolId> {
  if (mayDo(access, permission, null)) return 'all';
  const named = [...access.grants.map(({ poolId }) => poolId), ...(access.scope?.pools ?? [])];
  return new Set(named.filter((poolId) => poolId !== null).filter((poolId) => mayDo(access, permission, poolId)));
}

function reaches(grant: Grant, permission: Permission, poolId: PoolId | null): boolean {
  if (grant.poolId === null) return true;
  return grant.poolId === poolId && !withoutPool.has(permission);
}

/** Who named pools meant nothing of the whole fleet: such a token never has what belongs to no pool (R39). */
function isInScope(scope: TokenScope, permission: Permission, poolId: PoolId | null): boolean {
  if (!scope.permissions.has(permission)) return false;
  if (scope.pools === null) return true;
  return poolId !== null && scope.pools.has(poolId) && !withoutPool.has(permission);
}
