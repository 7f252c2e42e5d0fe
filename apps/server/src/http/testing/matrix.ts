import { neverByToken, type Permission, permissionsOf, type Role, withoutPool } from '@serverctl/core';
import { type DeclaredRoute, isPermission, type When } from '../permission.ts';
import { sampleField, sampleOf } from './sample.ts';

/*
 * What each request must come to, reckoned from the table of roles alone: nothing here asks the plugin that it is compared with.
 */

/** Which pool is asked for: `nowhere` is none that there is, `none` a route of no pool. */
export type Place = 'A' | 'B' | 'nowhere' | 'none';

export interface Who {
  readonly name: string;
  readonly kind: 'nobody' | 'user' | 'token' | 'host';
  /** Roles of the user, or of the token's owner. */
  readonly role?: Role;
  readonly where?: 'everywhere' | 'A';
  /** What a token is narrowed to; left out, all. */
  readonly only?: readonly Permission[];
  readonly onlyIn?: 'A';
  /** The last proof is older than ten minutes. */
  readonly stale?: true;
  /** With what it is refused before anything is judged. */
  readonly refused?: string;
}

/** One way to ask a route: its least request, with a field more where that asks for more. */
export interface Asking {
  readonly route: DeclaredRoute;
  /** Null = the least request. */
  readonly more: When | null;
  readonly query: string;
  readonly body: unknown;
}

/** Everybody whom the matrix asks as. */
export const everybody: readonly Who[] = [
  { name: 'nobody', kind: 'nobody', refused: 'token_missing' },
  ...(['viewer', 'operator', 'administrator'] as const).flatMap((role): Who[] => [
    { name: `${role} everywhere`, kind: 'user', role, where: 'everywhere' },
    { name: `${role} in A`, kind: 'user', role, where: 'A' },
  ]),
  { name: 'user without a role', kind: 'user' },
  { name: 'administrator, old proof', kind: 'user', role: 'administrator', where: 'everywhere', stale: true },
  {
    name: 'disabled administrator',
    kind: 'user',
    role: 'administrator',
    where: 'everywhere',
    refused: 'session_ended',
  },
  { name: 'whole token', kind: 'token', role: 'administrator', where: 'everywhere' },
  {
    name: 'narrowed token',
    kind: 'token',
    role: 'administrator',
    where: 'everywhere',
    only: ['pool:read', 'promotion:write', 'metrics:read'],
  },
  {
    name: 'token that may not promote',
    kind: 'token',
    role: 'administrator',
    where: 'everywhere',
    only: ['pool:read', 'pool:write', 'member:write'],
  },
  { name: 'token for A', kind: 'token', role: 'administrator', where: 'everywhere', onlyIn: 'A' },
  { name: 'token of an operator in A', kind: 'token', role: 'operator', where: 'A' },
  {
    name: 'token of a disabled user',
    kind: 'token',
    role: 'administrator',
    where: 'everywhere',
    refused: 'token_invalid',
  },
  { name: 'host', kind: 'host', role: 'administrator', where: 'everywhere' },
];

/** Each way to ask a route: the least one, and one for each thing that asks for more. */
export function askingsOf(route: DeclaredRoute): readonly Asking[] {
  const least = { route, more: null, query: '', body: sampleOf(route.body) };
  const conditions = [...route.also.map(({ when }) => when), ...(isWhen(route.stepUp) ? [route.stepUp] : [])];
  return [
    least,
    ...conditions.map((more): Asking => {
      if (more.in === 'query') return { ...least, more, query: `?${more.field}=${more.is ?? 'x'}` };
      const value = more.is ?? sampleField(route.body, more.field);
      return { ...least, more, body: { ...(least.body as object), [more.field]: value } };
    }),
  ];
}

/** The places that a route is asked for. */
export function placesOf({ url }: DeclaredRoute): readonly Place[] {
  return url.includes('/:poolId') ? ['A', 'B', 'nowhere'] : ['none'];
}

/** `reached`, or the code of the refusal. */
export function expected({ route, more }: Asking, who: Who, place: Place): string {
  const { permission, listed, also, notForTokens, stepUp } = route;
  if (permission === 'public') return 'reached';
  if (who.refused !== undefined) return who.refused;
  if (notForTokens && who.kind === 'token') return 'not_for_tokens';
  const needsProof = stepUp === true || (more !== null && stepUp === more);
  const proof = needsProof && who.kind === 'user' && who.stale === true ? 'step_up_required' : 'reached';
  if (permission === 'self') return proof;
  if (!isPermission(permission)) throw new Error(`${permission} is no permission`);
  const places: readonly Place[] = listed ? ['A', 'B', 'none'] : [place];
  const refusal = refused(permission, who, places);
  if (refusal !== null) return refusal;
  if (stepUp === true && proof !== 'reached') return proof;
  const extra = also.find(({ when }) => when === more);
  const second = extra === undefined ? null : refused(extra.permission, who, [place]);
  return second ?? proof;
}

function refused(permission: Permission, who: Who, places: readonly Place[]): string | null {
  if (who.kind === 'token' && neverByToken.has(permission)) return 'not_for_tokens';
  const [place] = places;
  if (place === 'nowhere') return 'pool_not_found';
  if (places.some((one) => may(who, permission, one))) return null;
  const isOfPool = place === 'B' || (place === 'A' && places.length === 1);
  return isOfPool && !may(who, 'pool:read', place) ? 'pool_not_found' : 'permission_denied';
}

function may({ role, where, only, onlyIn }: Who, permission: Permission, place: Place): boolean {
  if (role === undefined || !permissionsOf[role].has(permission)) return false;
  if (only !== undefined && !only.includes(permission)) return false;
  const isOfNoPool = withoutPool.has(permission);
  const isOfOnePool = !isOfNoPool && place === 'A';
  return isOfOnePool || (where !== 'A' && onlyIn === undefined);
}

function isWhen(stepUp: DeclaredRoute['stepUp']): stepUp is When {
  return typeof stepUp === 'object' && stepUp !== null;
}
