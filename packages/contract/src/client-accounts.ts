import * as audit from './api/audit.ts';
import { Removed } from './api/common.ts';
import * as notifications from './api/notifications.ts';
import * as session from './api/session.ts';
import * as users from './api/users.ts';
import type { CallOptions, Request } from './client-request.ts';

/** Signing in and out, and the caller's own account. */
export function sessionCalls(request: Request) {
  const me = (...rest: string[]) => ['me', ...rest];
  return {
    signIn: (body: session.SignInInput) =>
      request({ method: 'POST', path: ['session'], body, reply: session.SignedIn }),
    signOut: () => request({ method: 'DELETE', path: ['session'], reply: session.Done }),
    /** Proves anew who asks, for what is dangerous. */
    stepUp: (body: session.StepUpInput) =>
      request({ method: 'POST', path: ['session', 'step-up'], body, reply: session.SessionView }),
    me: (call: CallOptions = {}) => request({ path: me(), reply: session.MeView, ...call }),
    setPassword: (body: session.PasswordInput) =>
      request({ method: 'POST', path: me('password'), body, reply: session.PasswordChanged }),
    beginTotp: () => request({ method: 'POST', path: me('totp'), reply: session.TotpBegun }),
    confirmTotp: (code: string) =>
      request({ method: 'POST', path: me('totp', 'confirm'), body: { code }, reply: session.RecoveryCodes }),
    removeTotp: () => request({ method: 'DELETE', path: me('totp'), reply: session.Done }),
    newRecoveryCodes: () => request({ method: 'POST', path: me('recovery-codes'), reply: session.RecoveryCodes }),
    sessions: (call: CallOptions = {}) => request({ path: me('sessions'), reply: session.SessionList, ...call }),
    endSession: (sessionId: string) =>
      request({ method: 'DELETE', path: me('sessions', sessionId), reply: session.SessionsEnded }),
    /** Every session but the one that asks. */
    endOtherSessions: () => request({ method: 'DELETE', path: me('sessions'), reply: session.SessionsEnded }),
  };
}

/** Users and their roles. */
export function userCalls(request: Request) {
  const path = (...rest: string[]) => ['users', ...rest];
  const one = users.UserView;
  return {
    list: (call: CallOptions = {}) => request({ path: path(), reply: users.UserList, ...call }),
    get: (userId: string, call: CallOptions = {}) => request({ path: path(userId), reply: one, ...call }),
    set: (userId: string, body: users.UserPatch) => request({ method: 'PATCH', path: path(userId), body, reply: one }),
    grant: (userId: string, body: users.GrantsInput) =>
      request({ method: 'PUT', path: path(userId, 'grants'), body, reply: one }),
    remove: (userId: string) => request({ method: 'DELETE', path: path(userId), reply: Removed }),
    endSessions: (userId: string) =>
      request({ method: 'DELETE', path: path(userId, 'sessions'), reply: session.SessionsEnded }),
    /** A link to choose a new password. */
    reset: (userId: string, body: users.ResetInput) =>
      request({ method: 'POST', path: path(userId, 'reset'), body, reply: users.InvitationMade }),
  };
}

/** One-time links: the first administrator's, invitations, new passwords. */
export function invitationCalls(request: Request) {
  const path = (...rest: string[]) => ['invitations', ...rest];
  return {
    list: (call: CallOptions = {}) => request({ path: path(), reply: users.InvitationList, ...call }),
    invite: (body: users.InviteInput) => request({ method: 'POST', path: path(), body, reply: users.InvitationMade }),
    /** The first administrator's link, or another administrator's where nobody can sign in any more (R44). On the host only. */
    setupLink: () => request({ method: 'POST', path: path('setup'), reply: users.InvitationMade }),
    remove: (invitationId: string) => request({ method: 'DELETE', path: path(invitationId), reply: Removed }),
    show: (secret: string) =>
      request({ method: 'POST', path: path('show'), body: { secret }, reply: users.InvitationShown }),
    accept: (body: users.AcceptInput) => request({ method: 'POST', path: path('accept'), body, reply: users.UserView }),
  };
}

/** API tokens: one's own, and for who may see them everybody's. */
export function tokenCalls(request: Request) {
  const path = (...rest: string[]) => ['api-tokens', ...rest];
  return {
    list: (call: CallOptions = {}) => request({ path: path(), reply: users.TokenList, ...call }),
    add: (body: users.TokenInput) => request({ method: 'POST', path: path(), body, reply: users.TokenMade }),
    revoke: (tokenId: string) => request({ method: 'DELETE', path: path(tokenId), reply: Removed }),
  };
}

/** The audit log (R41). */
export function auditCalls(request: Request) {
  return {
    list: (query: audit.AuditQuery = {}, call: CallOptions = {}) =>
      request({ path: ['audit'], query, reply: audit.AuditList, ...call }),
    verify: (query: audit.AuditVerifyQuery = {}, call: CallOptions = {}) =>
      request({ path: ['audit', 'verify'], query, reply: audit.AuditVerified, ...call }),
  };
}

/** Who is told of what. */
export function channelCalls(request: Request) {
  const path = (...rest: string[]) => ['notification-channels', ...rest];
  return {
    list: (call: CallOptions = {}) => request({ path: path(), reply: notifications.ChannelList, ...call }),
    add: (body: notifications.ChannelInput) =>
      request({ method: 'POST', path: path(), body, reply: notifications.ChannelMade }),
    set: (channelId: string, body: notifications.ChannelPatch) =>
      request({ method: 'PATCH', path: path(channelId), body, reply: notifications.ChannelView }),
    remove: (channelId: string) => request({ method: 'DELETE', path: path(channelId), reply: Removed }),
    test: (channelId: string) =>
      request({ method: 'POST', path: path(channelId, 'test'), reply: notifications.ChannelTest }),
    deliveries: (channelId: string, query: { limit?: number } = {}, call: CallOptions = {}) =>
      request({ path: path(channelId, 'deliveries'), query, reply: notifications.DeliveryList, ...call }),
    /** A new signing secret for a webhook; the old one ends at once. */
    newSecret: (channelId: string) =>
      request({ method: 'POST', path: path(channelId, 'signing-secret'), reply: notifications.ChannelMade }),
    /** Every kind of event that there is. */
    eventKinds: (call: CallOptions = {}) =>
      request({ path: ['event-kinds'], reply: notifications.EventKindList, ...call }),
  };
}
