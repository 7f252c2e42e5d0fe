import type { InvitationView, MeView, SessionView, TokenView, UserView } from '@serverctl/contract';

const at = '2026-01-01T12:00:00.000Z';
const later = '2026-01-03T12:00:00.000Z';

/** Replies of the API about accounts, as they are for an administrator of everything. */
export function sessionView(changes: Partial<SessionView> = {}): SessionView {
  return {
    id: 'session00001',
    kind: 'command-line',
    peer: '198.51.100.7',
    userAgent: 'serverctl',
    createdAt: at,
    lastSeenAt: at,
    expiresAt: later,
    steppedUpUntil: null,
    current: true,
    ...changes,
  };
}

export function meView(changes: Partial<MeView> = {}): MeView {
  return {
    kind: 'user',
    actor: 'user:ann@example.com',
    userId: 'user00000001',
    email: 'ann@example.com',
    name: 'Ann',
    grants: [{ role: 'administrator', poolId: null }],
    permissions: ['pool:read', 'user:write'],
    poolIds: null,
    twoFactor: true,
    recoveryCodesLeft: 8,
    session: sessionView(),
    ...changes,
  };
}

export function userView(changes: Partial<UserView> = {}): UserView {
  return {
    id: 'user00000002',
    email: 'bob@example.com',
    name: 'Bob',
    grants: [{ role: 'viewer', poolId: null }],
    twoFactor: false,
    disabled: false,
    createdAt: at,
    lastSeenAt: null,
    sessions: 1,
    ...changes,
  };
}

export function invitationView(changes: Partial<InvitationView> = {}): InvitationView {
  return {
    id: 'invite000001',
    kind: 'invitation',
    email: 'bob@example.com',
    grants: [{ role: 'viewer', poolId: null }],
    invitedBy: 'user:ann@example.com',
    createdAt: at,
    expiresAt: later,
    expired: false,
    ...changes,
  };
}

export function tokenView(changes: Partial<TokenView> = {}): TokenView {
  return {
    id: 'token0000001',
    name: 'deploy',
    owner: 'ann@example.com',
    permissions: ['pool:read'],
    poolIds: null,
    createdAt: at,
    expiresAt: later,
    expired: false,
    lastUsedAt: null,
    lastUsedFrom: null,
    ...changes,
  };
}

/** The reply of a refusal, with its status. */
export function refusal(status: number, code: string) {
  return { status, body: { error: { code, message: code, remedy: 'x', details: {}, requestId: 'r1' } } };
}
