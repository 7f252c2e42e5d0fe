import type { GrantView, MeView } from '@serverctl/contract';

type Permission = MeView['permissions'][number];
type Role = GrantView['role'];

/*
 * What core's access/permission.ts says, for the browser: it loads the contract's types alone (.dependency-cruiser.cjs). may-do.test.ts holds
 * both equal.
 */
const viewers: readonly Permission[] = ['pool:read', 'dns:read', 'event:read'];
const operators: readonly Permission[] = [...viewers, 'pool:write', 'member:write', 'promotion:write'];
/** Over what belongs to a pool; all others are over what belongs to none. */
const ofPools: readonly Permission[] = [...operators, 'pool:admin', 'dns:write'];

/**
 * Whether who is signed in may do it in this pool, or with null for what belongs to no pool and for all pools at once (R39). By the grants:
 * `permissions` are those of at least one pool, which need not be this one. False until it is known who asks; the server decides anyway.
 */
export function mayDo(me: MeView | undefined, permission: Permission, poolId: string | null): boolean {
  if (me === undefined || !me.permissions.includes(permission)) return false;
  const isOfPool = poolId !== null && ofPools.includes(permission);
  if (me.poolIds !== null && !(isOfPool && me.poolIds.includes(poolId))) return false;
  return me.grants.some((grant) => {
    if (!allows(grant.role, permission)) return false;
    return grant.poolId === null || (isOfPool && grant.poolId === poolId);
  });
}

/** Why who is signed in may not do it there, as a control that is off says it; null = they may. */
export function whyNotAllowed(me: MeView | undefined, permission: Permission, poolId: string | null): string | null {
  if (me === undefined) return 'Reading what you may do.';
  if (mayDo(me, permission, poolId)) return null;
  const who = operators.includes(permission) ? 'Operators' : 'Administrators';
  const isOfPool = poolId !== null && ofPools.includes(permission);
  return `${who} of ${isOfPool ? 'this pool' : 'all pools'} may do this.`;
}

function allows(role: Role, permission: Permission): boolean {
  if (role === 'administrator') return true;
  return (role === 'operator' ? operators : viewers).includes(permission);
}
