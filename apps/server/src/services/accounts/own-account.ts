import type { MeView, PasswordInput } from '@serverctl/contract';
import { AppError, mayDo, permissions, poolsWith } from '@serverctl/core';
import type { Transaction } from 'kysely';
import type { z } from 'zod';
import { writeAudit } from '../../db/repositories/audit.ts';
import { writeEvent } from '../../db/repositories/events.ts';
import { lockAdministrators } from '../../db/repositories/grants.ts';
import { madeBy, voidInvitations } from '../../db/repositories/invitations.ts';
import { countRecoveryCodes } from '../../db/repositories/recovery-codes.ts';
import { listSessions, replaceSessionToken } from '../../db/repositories/sessions.ts';
import { countTokensOf, deleteTokensOf } from '../../db/repositories/tokens-of-user.ts';
import { databaseNow, getUser, type UserRow, updateUser } from '../../db/repositories/users.ts';
import type { Database } from '../../db/schema.ts';
import type { ServiceDeps } from '../deps.ts';
import { inTransaction } from '../transaction.ts';
import type { AccountDeps } from './deps.ts';
import { lockSignedIn, orGone } from './lock-caller.ts';
import { judgePassword } from './passwords.ts';
import type { Principal } from './principal.ts';
import { newSecret, sha256Of } from './secret.ts';
import { endSessionsOf, sessionView } from './sessions.ts';
import type { SignInDesk } from './sign-in-desk.ts';
import { type OwnRequest, proveOwnPassword } from './step-up.ts';

/** Who asks, and what they may. */
export async function readMe({ db }: Pick<ServiceDeps, 'db'>, principal: Principal): Promise<MeView> {
  const { kind, actor, access } = principal;
  const may = permissions.filter((permission) => {
    if (mayDo(access, permission, null)) return true;
    const pools = poolsWith(access, permission);
    return pools === 'all' || pools.size > 0;
  });
  const pools = access.scope?.pools ?? null;
  const poolIds = pools === null ? null : [...pools];
  const shared = { kind, actor, grants: [...access.grants], permissions: may, poolIds };
  if (principal.kind !== 'user') {
    const nobody = { userId: null, email: null, twoFactor: false, recoveryCodesLeft: 0, session: null };
    return { ...shared, ...nobody, name: actor };
  }
  const user = await orGone(getUser(db, principal.userId), 'session_ended');
  const sessions = await listSessions(db, user.id);
  const session = sessions.find(({ id }) => id === principal.sessionId);
  return {
    ...shared,
    userId: user.id,
    email: user.email,
    name: user.name,
    twoFactor: user.totp_confirmed_at !== null,
    recoveryCodesLeft: await countRecoveryCodes(db, user.id),
    session: session === undefined ? null : sessionView(session, session.id),
  };
}

export interface PasswordChanged {
  readonly ended: number;
  /** API tokens that were revoked, and those that live on. */
  readonly tokensEnded: number;
  readonly tokensLeft: number;
  /** The session's new token: whoever had a copy of the one before is out. */
  readonly token: string;
  readonly kind: 'browser' | 'command-line';
}

/**
 * Every other session ends, and this one goes on under a new token. Reset links for the user are void; API tokens, and links that the user
 * made, live on unless `endTokens`. Throws `password_compromised`.
 */
export async function setOwnPassword(
  deps: AccountDeps,
  desk: SignInDesk,
  request: OwnRequest,
  { current, next, endTokens }: z.output<typeof PasswordInput>,
): Promise<PasswordChanged> {
  const { user, peer, requestId } = request;
  const known = await proveOwnPassword(deps, desk, request, current, 'password');
  // The password alone was proven: its own attempt and no more, else whoever has it guesses codes without end.
  desk.limits.stepUpWasRight(user.sessionId, 1);
  judgePassword(next, known);
  const password_hash = await deps.passwords.hash(next, 'proven');
  const token = newSecret(deps.random, 'session');
  return inTransaction(deps.db, async (trx) => {
    await lockAdministrators(trx); // the order of lock-caller.ts: this one, the user's row, then links
    const row = await lockSignedIn(trx, user, { proven: false });
    if (row.password_hash !== known.password_hash) throw new AppError('session_ended');
    await updateUser(trx, row.id, { password_hash, password_changed_at: databaseNow });
    const ended = await endSessionsOf(trx, row.id, user.sessionId);
    const kind = await replaceSessionToken(trx, user.sessionId, sha256Of(token));
    if (kind === null) throw new AppError('session_ended');
    const made = await endWhatWasMade(trx, row, endTokens);
    const details = { ended, ...made };
    await writeAudit(trx, { actor: user.actor, requestId, action: 'user.set-password', target: row.id, details });
    const sentence = `${row.email} has changed the password, from ${peer}.`;
    await writeEvent(trx, {
      kind: 'user.password-changed',
      severity: 'info',
      sentence,
      details: { email: row.email, peer },
    });
    return { ended, token, kind, tokensEnded: made.tokensEnded, tokensLeft: made.tokensLeft };
  });
}

async function endWhatWasMade(trx: Transaction<Database>, { id, email }: UserRow, endTokens: boolean) {
  const resets = await voidInvitations(trx, { kind: 'reset', userId: id });
  const tokensEnded = endTokens ? await deleteTokensOf(trx, id) : 0;
  const made = endTokens ? await voidInvitations(trx, madeBy(email)) : 0;
  return { tokensEnded, tokensLeft: await countTokensOf(trx, id), linksVoided: resets + made };
}
