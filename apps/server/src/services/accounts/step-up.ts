import type { SessionView, StepUpInput } from '@serverctl/contract';
import { AppError } from '@serverctl/core';
import type { z } from 'zod';
import { writeAudit } from '../../db/repositories/audit.ts';
import { proveSession } from '../../db/repositories/sessions.ts';
import { getUser, lockUser, type UserRow } from '../../db/repositories/users.ts';
import { inTransaction } from '../transaction.ts';
import type { AccountDeps } from './deps.ts';
import { orGone } from './lock-caller.ts';
import { proveSecondFactor } from './second-factor.ts';
import { type AskedFrom, type SignedInUser, sessionView } from './sessions.ts';
import { type FailedProof, limitCodes, recordFailedProof, refuseLimited, type SignInDesk } from './sign-in-desk.ts';

/*
 * A new proof within a session. It is limited by session, so that strangers who fail to sign in keep nobody from it; a wrong one counts as a
 * failed sign-in beside that, and a code counts among the few of its user: who has the password guesses no more of them here than there. A
 * recovery code is not found by trying and stays the owner's way in.
 */

/** A signed-in user asks, with a proof that may be wrong. */
export interface OwnRequest extends AskedFrom {
  readonly user: SignedInUser;
}

export async function stepUp(
  deps: AccountDeps,
  desk: SignInDesk,
  request: OwnRequest,
  { password, ...factor }: z.output<typeof StepUpInput>,
): Promise<SessionView> {
  const known = await proveOwnPassword(deps, desk, request, password, 'step-up');
  await limitCodes(deps, desk, { ...request, code: factor.code }, known);
  const { user, requestId } = request;
  const outcome = await inTransaction(deps.db, async (trx) => {
    const row = await orGone(lockUser(trx, user.userId), 'session_ended');
    if (row.password_hash !== known.password_hash || row.disabled_at !== null) throw new AppError('session_ended');
    const secondFactor = await proveSecondFactor(deps, trx, row, factor);
    if (secondFactor === 'missing' || secondFactor === 'wrong') return secondFactor;
    const session = await proveSession(trx, user.sessionId);
    if (session === null) throw new AppError('session_ended');
    const details = { secondFactor };
    await writeAudit(trx, { actor: user.actor, requestId, action: 'session.step-up', target: session.id, details });
    return session;
  });
  if (outcome === 'missing') {
    desk.limits.stepUpWasRight(user.sessionId, 1); // nothing was guessed: clients learn in this way that a code is needed
    await recordOwnFailure(deps, desk, request, known, { because: 'missing-code', at: 'step-up' });
    throw new AppError('second_factor_required');
  }
  if (outcome === 'wrong') {
    const because = factor.code === undefined ? 'wrong-recovery-code' : 'wrong-code';
    return failOwnProof(deps, desk, request, known, { because, at: 'step-up' });
  }
  desk.limits.stepUpWasRight(user.sessionId);
  if (factor.code !== undefined) desk.limits.codeWasRight(user.userId);
  return sessionView(outcome, user.sessionId);
}

/** The user's row as the password was proven against. Throws `password_wrong`, `rate_limited`, `session_ended`. */
export async function proveOwnPassword(
  deps: AccountDeps,
  desk: SignInDesk,
  request: OwnRequest,
  password: string,
  at: FailedProof['at'],
): Promise<UserRow> {
  const known = await orGone(getUser(deps.db, request.user.userId), 'session_ended');
  await limitOwnProofs(deps, desk, request, known);
  if (await deps.passwords.verify(known.password_hash, password, 'proven')) return known;
  return failOwnProof(deps, desk, request, known, { because: 'wrong-password', at });
}

/** Counts one proof within the session. Throws `rate_limited`. */
export async function limitOwnProofs(
  deps: AccountDeps,
  desk: SignInDesk,
  request: OwnRequest,
  { email }: UserRow,
): Promise<void> {
  const limited = desk.limits.takeStepUp(request.user.sessionId);
  if (limited !== null) await refuseLimited(deps, desk, limited, { ...request, email });
}

/** A wrong proof, on record and counted as a failed sign-in. */
export async function failOwnProof(
  deps: AccountDeps,
  desk: SignInDesk,
  request: OwnRequest,
  known: UserRow,
  failed: Pick<FailedProof, 'because' | 'at'>,
): Promise<never> {
  desk.limits.noteFailure({ email: known.email, peer: request.peer });
  await recordOwnFailure(deps, desk, request, known, failed);
  throw new AppError(failed.because === 'wrong-password' ? 'password_wrong' : 'second_factor_wrong');
}

function recordOwnFailure(
  deps: AccountDeps,
  desk: SignInDesk,
  { user, peer, userAgent, requestId }: OwnRequest,
  { id, email }: UserRow,
  failed: Pick<FailedProof, 'because' | 'at'>,
): Promise<void> {
  return recordFailedProof(deps, desk, { userId: id, email, peer, userAgent, requestId, actor: user.actor, ...failed });
}
