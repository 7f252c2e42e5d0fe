import type { Client, GrantView, InvitationView, MeView, SessionView, TokenView, UserView } from '@serverctl/contract';
import { unlessForbidden } from '../unless-forbidden.ts';
import { clean, facts, table } from './table.ts';
import { localTime } from './words.ts';

/** Names of pools by id, for grants and scopes that name any; where they may not be listed an id stands for itself. */
export type PoolNames = (poolId: string) => string;

export async function poolNames(client: Client, poolIds: readonly (string | null)[]): Promise<PoolNames> {
  const known = new Map<string, string>();
  if (poolIds.some((one) => one !== null)) {
    const told = await unlessForbidden(client.pools.list());
    for (const { id, name } of told?.pools ?? []) known.set(id, name);
  }
  return (poolId) => clean(known.get(poolId) ?? poolId);
}

export const poolsOf = (grants: readonly GrantView[]) => grants.map(({ poolId }) => poolId);

/** `administrator everywhere`, `operator in edge, core; viewer everywhere`. */
export function grantsText(grants: readonly GrantView[], name: PoolNames): string {
  if (grants.length === 0) return 'none: may do nothing';
  const roles = [...new Set(grants.map(({ role }) => role))];
  return roles
    .map(
      (role) =>
        `${role} ${placesText(
          grants.filter((one) => one.role === role),
          name,
        )}`,
    )
    .join('; ');
}

function placesText(grants: readonly GrantView[], name: PoolNames): string {
  const everywhere = grants.some(({ poolId }) => poolId === null) ? ['everywhere'] : [];
  const named = grants.flatMap(({ poolId }) => (poolId === null ? [] : [name(poolId)]));
  return [...everywhere, ...(named.length === 0 ? [] : [`in ${named.join(', ')}`])].join(' and ');
}

/** The facts of who asks; `proof` is how this command line proved it. */
export function meText(me: MeView, name: PoolNames, proof: readonly (readonly [string, string])[]): string {
  const who = me.kind === 'user' ? `${clean(me.email ?? '')}, ${clean(me.name)}` : clean(me.actor);
  const kinds = { user: 'user', token: 'API token', host: 'administrator token of this host' } as const;
  return facts([
    ['who', who],
    ['kind', kinds[me.kind]],
    ...(me.kind === 'token' ? [['allowed', me.permissions.join(', ') || 'nothing'] as const] : []),
    [me.kind === 'token' ? 'of a maker who is' : 'roles', grantsText(me.grants, name)],
    ...(me.kind === 'user' ? [['second factor', twoFactorText(me)] as const] : []),
    ...(me.session === null ? [] : [['session', sessionText(me.session)] as const]),
    ...proof,
  ]);
}

function twoFactorText({ twoFactor, recoveryCodesLeft }: MeView): string {
  if (!twoFactor) return 'off; add an authenticator: serverctl account totp enable';
  const few = recoveryCodesLeft <= 2 ? '; make new ones: serverctl account recovery-codes' : '';
  return `on, ${recoveryCodesLeft} recovery codes left${few}`;
}

function sessionText({ id, expiresAt, steppedUpUntil }: SessionView): string {
  const proved =
    steppedUpUntil === null ? '' : `; dangerous actions ask for no password until ${localTime(steppedUpUntil)}`;
  return `${id}, until ${localTime(expiresAt)}, later when it is used${proved}`;
}

export function sessionTable(sessions: readonly SessionView[]): string {
  const rows = sessions.map((one) => [
    one.id,
    one.current ? 'this one' : one.kind,
    localTime(one.lastSeenAt),
    localTime(one.expiresAt),
  ]);
  const notes = sessions.map(({ peer, userAgent }) => [
    `from ${clean(peer)}, ${clean(userAgent) || 'unnamed program'}`,
  ]);
  return table(['id', 'kind', 'last seen', 'ends'], rows, notes, { whole: ['id', 'last seen'], last: 19 });
}

export function userTable(users: readonly UserView[], name: PoolNames, { wide = false } = {}): string {
  const rows = users.map((user) => [
    clean(user.email),
    user.disabled ? 'disabled' : 'active',
    user.twoFactor ? 'on' : 'off',
    lastSeen(user),
    ...(wide ? [clean(user.name), String(user.sessions), user.id] : []),
    grantsText(user.grants, name),
  ]);
  const head = ['user', 'is', '2nd factor', 'last seen', ...(wide ? ['name', 'sessions', 'id'] : []), 'roles'];
  return table(head, rows, [], { wide, whole: ['is', '2nd factor', 'last seen'] });
}

export function userDetail(user: UserView, name: PoolNames): string {
  return facts([
    ['user', `${clean(user.email)} (${user.id})`],
    ['name', clean(user.name)],
    ['roles', grantsText(user.grants, name)],
    ['second factor', user.twoFactor ? 'on' : 'off'],
    ['is', user.disabled ? 'disabled: cannot sign in, its tokens are suspended' : 'active'],
    ['sessions', String(user.sessions)],
    ['last seen', lastSeen(user)],
    ['since', localTime(user.createdAt)],
  ]);
}

function lastSeen({ lastSeenAt }: UserView): string {
  return lastSeenAt === null ? 'never' : localTime(lastSeenAt);
}

/** What each kind of link is for. */
export const linkKinds: Readonly<Record<InvitationView['kind'], string>> = {
  setup: 'first administrator',
  invitation: 'invitation',
  reset: 'new password',
};

/** The roles that a link gives; a setup link carries none, and makes an administrator of everything. */
export function linkRolesText(kind: InvitationView['kind'], grants: readonly GrantView[], name: PoolNames): string {
  if (kind === 'setup') return 'administrator everywhere';
  return kind === 'reset' ? 'as before' : grantsText(grants, name);
}

export function invitationTable(invitations: readonly InvitationView[], name: PoolNames): string {
  const rows = invitations.map((one) => [
    one.id,
    linkKinds[one.kind],
    clean(one.email ?? 'anybody'),
    one.expired ? 'expired' : localTime(one.expiresAt),
    linkRolesText(one.kind, one.grants, name),
  ]);
  return table(['id', 'for', 'who', 'until', 'roles'], rows, [], { whole: ['id', 'until'] });
}

export function tokenTable(tokens: readonly TokenView[], name: PoolNames, { wide = false } = {}): string {
  const rows = tokens.map((one) => [
    one.id,
    clean(one.name),
    clean(one.owner),
    one.expired ? 'expired' : localTime(one.expiresAt),
    usedText(one, wide),
  ]);
  const notes = tokens.map((one) => [`allowed: ${scopeText(one, name)}`]);
  const layout = { wide, last: 19, whole: ['id', 'until'] };
  return table(['id', 'name', 'of', 'until', 'last used'], rows, notes, layout);
}

function usedText({ lastUsedAt, lastUsedFrom }: TokenView, wide: boolean): string {
  if (lastUsedAt === null) return 'never';
  return `${localTime(lastUsedAt)}${wide && lastUsedFrom !== null ? ` from ${clean(lastUsedFrom)}` : ''}`;
}

/** What a token may, and where. */
export function scopeText({ permissions, poolIds }: TokenView, name: PoolNames): string {
  return `${permissions.join(', ')}${poolIds === null ? '' : ` in ${poolIds.map(name).join(', ')}`}`;
}
