import type {
  AcceptInput,
  GrantsInput,
  InvitationMade,
  InvitationShown,
  InvitationView,
  InviteInput,
  Removed,
  ResetInput,
  TokenInput,
  TokenMade,
  TokenView,
  UserPatch,
  UserView,
} from '@serverctl/contract';
import { ask } from './ask.ts';

const user = (userId: string, ...rest: readonly string[]) => ['users', userId, ...rest];

/** Users, the one-time links that make them, and API tokens. */
export const peopleApi = {
  users: (signal: AbortSignal) => ask<{ users: readonly UserView[] }>({ path: ['users'], signal }),
  setUser: (userId: string, body: UserPatch) => ask<UserView>({ method: 'PATCH', path: user(userId), body }),
  grant: (userId: string, body: GrantsInput) => ask<UserView>({ method: 'PUT', path: user(userId, 'grants'), body }),
  removeUser: (userId: string) => ask<Removed>({ method: 'DELETE', path: user(userId) }),
  endSessionsOf: (userId: string) => ask<{ ended: number }>({ method: 'DELETE', path: user(userId, 'sessions') }),
  /** A link to choose a new password. */
  reset: (userId: string, body: ResetInput) =>
    ask<InvitationMade>({ method: 'POST', path: user(userId, 'reset'), body }),
  invitations: (signal: AbortSignal) =>
    ask<{ invitations: readonly InvitationView[] }>({ path: ['invitations'], signal }),
  invite: (body: InviteInput) => ask<InvitationMade>({ method: 'POST', path: ['invitations'], body }),
  removeInvitation: (id: string) => ask<Removed>({ method: 'DELETE', path: ['invitations', id] }),
  showInvitation: (secret: string) =>
    ask<InvitationShown>({ method: 'POST', path: ['invitations', 'show'], body: { secret } }),
  accept: (body: AcceptInput) => ask<UserView>({ method: 'POST', path: ['invitations', 'accept'], body }),
  tokens: (signal: AbortSignal) => ask<{ tokens: readonly TokenView[] }>({ path: ['api-tokens'], signal }),
  addToken: (body: TokenInput) => ask<TokenMade>({ method: 'POST', path: ['api-tokens'], body }),
  revokeToken: (id: string) => ask<Removed>({ method: 'DELETE', path: ['api-tokens', id] }),
};
