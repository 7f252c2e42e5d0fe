import { permissions, roles } from '@serverctl/core';
import { z } from 'zod';
import { Id, PlainText, Timestamp } from './common.ts';
import { Email, GrantView, NewPassword } from './session.ts';

/** Users, their roles, invitations and API tokens. */

/** A role in one pool, by its id or name; without a pool everywhere. */
export const GrantInput = z.strictObject({ role: z.enum(roles), pool: z.string().trim().min(1).max(100).nullable() });
export const GrantsInput = z.strictObject({
  grants: z.array(GrantInput).max(200),
  expect: z
    .array(z.strictObject(GrantView.shape))
    .max(200)
    .optional()
    .describe(
      'The roles as they were shown: with others by now nothing is changed, so that nobody gives back what was just taken.',
    ),
});
export type GrantsInput = z.input<typeof GrantsInput>;

/** One user. */
export const UserView = z
  .object({
    id: z.string(),
    email: z.string(),
    name: z.string(),
    grants: z.array(GrantView),
    twoFactor: z.boolean(),
    disabled: z.boolean(),
    createdAt: Timestamp,
    lastSeenAt: Timestamp.nullable().describe('In a session, to a minute; it stays when that has ended. Null = never.'),
    sessions: z.number().int(),
  })
  .meta({ id: 'User' });
export type UserView = z.infer<typeof UserView>;
export const UserList = z.object({ users: z.array(UserView) });
/** By id or e-mail address. */
export const UserParams = z.object({ userId: z.string().trim().min(1).max(254) });
export const UserPatch = z.strictObject({
  name: PlainText.min(1).max(100).optional(),
  disabled: z.boolean().optional().describe('Ends every session and suspends every token of the user.'),
});
export type UserPatch = z.input<typeof UserPatch>;

/** An invitation by one-time link. */
export const InviteInput = z.strictObject({
  email: Email,
  grants: z.array(GrantInput).min(1).max(200),
  hours: z.number().int().min(1).max(168).default(48),
});
export type InviteInput = z.input<typeof InviteInput>;
export const InvitationView = z
  .object({
    id: z.string(),
    kind: z.enum(['setup', 'invitation', 'reset']),
    email: z.string().nullable(),
    grants: z.array(GrantView),
    invitedBy: z.string(),
    createdAt: Timestamp,
    expiresAt: Timestamp,
    expired: z.boolean(),
  })
  .meta({ id: 'Invitation' });
export type InvitationView = z.infer<typeof InvitationView>;
/** Those that nobody has used yet. */
export const InvitationList = z.object({ invitations: z.array(InvitationView) });
export const InvitationParams = z.object({ invitationId: Id });
/** The link carries the secret behind `#`, so that no server or proxy logs it. Shown once. */
export const InvitationMade = z.object({ invitation: InvitationView, link: z.string() });
export type InvitationMade = z.infer<typeof InvitationMade>;
/** The part of the link behind `#`. */
export const InvitationSecret = z.strictObject({ secret: z.string().trim().min(1).max(200) });
/** What a link is for, before it is used. Pools by their names: who was invited cannot look them up yet. */
export const InvitationShown = z.object({
  kind: z.enum(['setup', 'invitation', 'reset']),
  email: z.string().nullable(),
  invitedBy: z.string(),
  grants: z.array(GrantView.extend({ pool: z.string().nullable() })),
  expiresAt: Timestamp,
  ends: z
    .object({
      sessions: z.number().int(),
      apiTokens: z.number().int(),
      links: z.number().int().describe('Made by this user, and used by nobody yet.'),
      twoFactor: z.boolean(),
    })
    .nullable()
    .describe(
      'What of its user a link for a new password ends when it is used, as things are now; null for any other.',
    ),
});
export type InvitationShown = z.infer<typeof InvitationShown>;
export const AcceptInput = z.strictObject({
  secret: z.string().trim().min(1).max(200),
  email: Email.optional().describe('For the first administrator only; an invitation has its own.'),
  name: PlainText.min(1).max(100).optional(),
  password: NewPassword,
});
export type AcceptInput = z.input<typeof AcceptInput>;
/** A link to choose a new password; `twoFactor: true` takes the second factor away as well. */
export const ResetInput = z.strictObject({ twoFactor: z.boolean().default(false) });
export type ResetInput = z.input<typeof ResetInput>;

/** One API token, without its secret. */
export const TokenView = z
  .object({
    id: z.string(),
    name: z.string(),
    owner: z.string().describe("The user's e-mail address, or `host`."),
    permissions: z.array(z.enum(permissions)),
    poolIds: z
      .array(z.string())
      .nullable()
      .describe('Null = every pool that its owner may, and what belongs to no pool.'),
    createdAt: Timestamp,
    expiresAt: Timestamp,
    expired: z.boolean(),
    lastUsedAt: Timestamp.nullable(),
    lastUsedFrom: z.string().nullable(),
  })
  .meta({ id: 'ApiToken' });
export type TokenView = z.infer<typeof TokenView>;
export const TokenList = z.object({ tokens: z.array(TokenView) });
export const TokenParams = z.object({ tokenId: Id });
export const TokenInput = z.strictObject({
  name: PlainText.min(1).max(100),
  permissions: z.array(z.enum(permissions)).min(1),
  pools: z
    .array(z.string().trim().min(1).max(100))
    .min(1)
    .max(200)
    .nullable()
    .default(null)
    .describe('Null = every pool. With pools, no permission that belongs to none: `permission_without_pool`.'),
  days: z.number().int().min(1).max(366).default(90),
});
export type TokenInput = z.input<typeof TokenInput>;
/** `secret` is shown once. */
export const TokenMade = z.object({ token: TokenView, secret: z.string() });
export type TokenMade = z.infer<typeof TokenMade>;
