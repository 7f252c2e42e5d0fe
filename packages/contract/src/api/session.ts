import { permissions, roles } from '@serverctl/core';
import { z } from 'zod';
import { Id, Timestamp } from './common.ts';

/** Signing in, and a user's own account. Secrets go in request bodies only, never in a URL. */

/** An address to sign in with; compared in lower case. */
export const Email = z.string().trim().toLowerCase().max(254).pipe(z.email('must be an e-mail address'));
/** NIST SP 800-63B-4 section 3.1.1: length counts, no rules of composition. */
export const NewPassword = z.string().min(15, 'must have 15 characters or more').max(128);
/** Six digits from an authenticator (RFC 6238). */
export const TotpCode = z
  .string()
  .trim()
  .regex(/^\d{6}$/, 'must be six digits');

/** One of those that an account has instead of codes, however it is typed. */
const RecoveryCode = z.string().trim().min(1).max(40);

/** A role in one pool; with `poolId` null everywhere. */
export const GrantView = z.object({ role: z.enum(roles), poolId: z.string().nullable() });
export type GrantView = z.infer<typeof GrantView>;

/** One session of a user. */
export const SessionView = z
  .object({
    id: z.string(),
    kind: z.enum(['browser', 'command-line']),
    peer: z.string(),
    userAgent: z.string(),
    createdAt: Timestamp,
    lastSeenAt: Timestamp,
    expiresAt: Timestamp,
    steppedUpUntil: Timestamp.nullable().describe('Dangerous actions need no new proof until then.'),
    current: z.boolean(),
  })
  .meta({ id: 'Session' });
export type SessionView = z.infer<typeof SessionView>;
export const SessionList = z.object({ sessions: z.array(SessionView) });
export const SessionParams = z.object({ sessionId: Id });

/** Who signs in. The second factor goes with the password: `code`, or one of the recovery codes. */
export const SignInInput = z.strictObject({
  email: Email,
  password: z.string().min(1).max(1_000),
  code: TotpCode.optional(),
  recoveryCode: RecoveryCode.optional(),
  kind: z
    .enum(['browser', 'command-line'])
    .default('browser')
    .describe('A browser gets a cookie; a command line gets `token` in the reply and sends it as a bearer token.'),
});
export type SignInInput = z.input<typeof SignInInput>;
/** The session that began; `token` for a command line only, once. */
export const SignedIn = z.object({ session: SessionView, token: z.string().nullable() });
export type SignedIn = z.infer<typeof SignedIn>;

/** A new proof of who one is, before a dangerous action: with `code` or one of the recovery codes where the account has them. */
export const StepUpInput = z.strictObject({
  password: z.string().min(1).max(1_000),
  code: TotpCode.optional(),
  recoveryCode: RecoveryCode.optional(),
});
export type StepUpInput = z.input<typeof StepUpInput>;

/** Who asks, and what they may. */
export const MeView = z
  .object({
    kind: z.enum(['user', 'token', 'host']),
    actor: z.string().describe('As the audit log names it.'),
    userId: z.string().nullable(),
    email: z.string().nullable(),
    name: z.string(),
    grants: z.array(GrantView),
    permissions: z.array(z.enum(permissions)).describe('Everywhere, or in at least one pool.'),
    poolIds: z
      .array(z.string())
      .nullable()
      .describe('The pools that a token is narrowed to; null = not narrowed, as users and the host are.'),
    twoFactor: z.boolean(),
    recoveryCodesLeft: z.number().int(),
    session: SessionView.nullable(),
  })
  .meta({ id: 'Me' });
export type MeView = z.infer<typeof MeView>;

/** A new password; every other session ends. */
export const PasswordInput = z.strictObject({
  current: z.string().min(1).max(1_000),
  next: NewPassword,
  endTokens: z
    .boolean()
    .default(false)
    .describe('Revokes your API tokens as well, and makes the links void that you made and nobody has used.'),
});
export type PasswordInput = z.input<typeof PasswordInput>;
/** What an authenticator needs, shown once. In force after `confirm`. */
export const TotpBegun = z.object({ uri: z.string(), secret: z.string() });
export type TotpBegun = z.infer<typeof TotpBegun>;
export const TotpConfirmInput = z.strictObject({ code: TotpCode });
/** Each works once, instead of a code. Shown once. */
export const RecoveryCodes = z.object({ recoveryCodes: z.array(z.string()) });
export type RecoveryCodes = z.infer<typeof RecoveryCodes>;
/** How many sessions ended. */
export const SessionsEnded = z.object({ ended: z.number().int() });
/** How many sessions ended; `token` takes the place of a command line's own, which is void from now on. */
export const PasswordChanged = SessionsEnded.extend({
  token: z.string().nullable(),
  tokensEnded: z.number().int().describe('API tokens that were revoked.'),
  tokensLeft: z.number().int().describe('API tokens that live on.'),
});
export type PasswordChanged = z.infer<typeof PasswordChanged>;
export const Done = z.object({ done: z.literal(true) });
