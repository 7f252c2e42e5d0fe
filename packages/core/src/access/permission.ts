/*
 * What may be allowed, and to which role. A permission names a noun and a verb; a role is a set of them. Everything that is not in the
 * table is denied (R39).
 *
 *   viewer          sees pools, members, records, promotions, events
 *   operator        runs pools: settings, members, switchovers, maintenance, pauses
 *   administrator   everything: pools come and go, credentials and names, channels, users, tokens, audit, fleet brakes
 */

/** Every permission. */
export const permissions = [
  'pool:read',
  'pool:write',
  'pool:admin',
  'member:write',
  'dns:read',
  'dns:write',
  'promotion:write',
  'event:read',
  'brakes:write',
  'channel:read',
  'channel:write',
  'user:read',
  'user:write',
  'token:read',
  'token:write',
  'audit:read',
  'system:read',
  'metrics:read',
] as const;
/** One of them. */
export type Permission = (typeof permissions)[number];

/** Every role, each with all that the one before it may. */
export const roles = ['viewer', 'operator', 'administrator'] as const;
/** One of them. */
export type Role = (typeof roles)[number];

const viewer: readonly Permission[] = ['pool:read', 'dns:read', 'event:read'];
const operator: readonly Permission[] = [...viewer, 'pool:write', 'member:write', 'promotion:write'];

/** What each role may, in its pool, or everywhere. */
export const permissionsOf: Readonly<Record<Role, ReadonlySet<Permission>>> = {
  viewer: new Set(viewer),
  operator: new Set(operator),
  administrator: new Set(permissions),
};

/**
 * Permissions over what belongs to no pool. Who holds a role in one pool alone never has them, nor has a token that is narrowed to pools.
 */
export const withoutPool: ReadonlySet<Permission> = new Set<Permission>([
  'brakes:write',
  'channel:read',
  'channel:write',
  'user:read',
  'user:write',
  'token:read',
  'token:write',
  'audit:read',
  'system:read',
  'metrics:read',
]);

/** What no API token may, whatever its maker may: who can sign in, and with which rights. */
export const neverByToken: ReadonlySet<Permission> = new Set<Permission>(['user:write', 'token:write']);
