import type { GrantView } from '@serverctl/contract';

export type Role = GrantView['role'];

/** What each role may, in words (core/access/permission.ts). */
export const roleWords: Readonly<Record<Role, string>> = {
  viewer: 'Sees pools, members, records, promotions and events',
  operator: 'Runs pools as well: settings, members, switchovers, maintenance, pauses',
  administrator: 'Everything: pools, credentials, channels, users, tokens, audit, brakes',
};

/** `administrator everywhere`, `operator in edge, core; viewer everywhere`: as the command line says it. */
export function grantsText(grants: readonly GrantView[], nameOf: (poolId: string) => string): string {
  if (grants.length === 0) return 'none: may do nothing';
  const roles = [...new Set(grants.map(({ role }) => role))];
  return roles.map((role) => `${role} ${placesText(role, grants, nameOf)}`).join('; ');
}

function placesText(role: Role, grants: readonly GrantView[], nameOf: (poolId: string) => string): string {
  const places = grants.filter((one) => one.role === role).map(({ poolId }) => poolId);
  const named = places.filter((poolId) => poolId !== null).map(nameOf);
  return [places.includes(null) && 'everywhere', named.length > 0 && `in ${named.join(', ')}`]
    .filter(Boolean)
    .join(' and ');
}

/** `user:ann@example.com` → the address; the host's own token is no person. */
export function inviterText(actor: string): string {
  return actor.startsWith('user:') ? actor.slice('user:'.length) : 'The administrator of this control plane’s host';
}
