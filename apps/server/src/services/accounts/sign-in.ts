import type { SignInInput } from '@serverctl/contract';
import { AppError } from '@serverctl/core';
import type { Transaction } from 'kysely';
import type { z } from 'zod';
import { writeAudit } from '../../db/repositories/audit.ts';
import { writeEvent } from '../../db/repositories/events.ts';
import { hasSignedInFrom, knownDays } from '../../db/repositories/sign-in-places.ts';
import { findUserByEmail, lockUser, type UserRow, updateUser } from '../../db/repositories/users.ts';
import type { Database } from '../../db/schema.ts';
import { placeOf } from '../place-of.ts';
import { inTransaction } from '../transaction.ts';
import type { AccountDeps } from './deps.ts';
import { orGone } from './lock-caller.ts';
import { type FactorProof, proveSecondFactor } from './second-factor.ts';
import { type AskedFrom, beginSession, endSessionOfToken, type SessionBegun } from './sessions.ts';
import { type FailedBecause, limitCodes, recordFailedProof, refuseLimited, type SignInDesk } from './sign-in-desk.ts';

export interface SignInRequest extends AskedFrom {
  readonly input: z.output<typeof SignInInput>;
  /** The session that the client had before; it ends. */
  readonly earlierToken: string | null;
}

/** A sign-in that came to its transaction: it began, or the second factor was not there, or was not right, or somebody changed the account. */
type Outcome = SessionBegun | 'missing' | 'wrong' | 'changed';

/*
 * In this order: limits, before anything costs; the password, whose user is looked up in the line for hashes, and whose check takes as long for an address that nobody has; the second factor,
 * which is used up in the transaction that begins the session. What a reply says of a failure is the same for an unknown address, a wrong
 * password, a disabled user; only who has the password learns that a code is needed.
 */
export async function signIn(deps: AccountDeps, desk: SignInDesk, request: SignInRequest): Promise<SessionBegun> {
  const { input, peer } = request;
  const attempt = { email: input.email, peer };
  const limited = await desk.limits.take(attempt, (place) =>
    deps.passwords.inTurn('stranger', () => hasSignedInFrom(deps.db, input.email, place)),
  );
  if (limited !== null) return refuseLimited(deps, desk, limited, { ...attempt, requestId: request.requestId });
  const user = await provePassword(deps, desk, request);
  await limitCodes(deps, desk, { ...request, code: input.code }, user);
  const newHash = await hashAnew(deps, user, input.password);
  const outcome = await inTransaction(deps.db, (trx) => begin(deps, trx, { ...request, user, newHash }));
  if (outcome === 'changed') throw new AppError('sign_in_refused');
  if (outcome === 'missing') {
    desk.limits.noGuess(attempt);
    await recordFailure(deps, desk, request, user.id, 'missing-code');
    throw new AppError('second_factor_required');
  }
  if (outcome === 'wrong') {
    const because = input.code === undefined ? 'wrong-recovery-code' : 'wrong-code';
    await recordFailure(deps, desk, request, user.id, because);
    throw new AppError('second_factor_wrong');
  }
  desk.limits.signedIn(attempt);
  if (input.code !== undefined) desk.limits.codeWasRight(user.id);
  return outcome;
}

/** The user whose password it is. Throws `sign_in_refused` for every other case, after the same work. */
async function provePassword(deps: AccountDeps, desk: SignInDesk, request: SignInRequest): Promise<UserRow> {
  const { email, password } = request.input;
  const judged = deps.passwords.inTurn('stranger', async (compare) => {
    const user = await findUserByEmail(deps.db, email);
    const usable = user?.disabled_at === null ? user.password_hash : null;
    return { user, isRight: await compare(usable, password) };
  });
  const { user, isRight } = await judged.catch((error: unknown) => {
    desk.limits.noGuess({ email, peer: request.peer });
    throw error;
  });
  if (user !== null && isRight) return user;
  await recordFailure(deps, desk, request, user?.id ?? null, whyRefused(user));
  throw new AppError('sign_in_refused');
}

function whyRefused(user: UserRow | null): FailedBecause {
  if (user === null) return 'unknown-address';
  if (user.disabled_at !== null) return 'disabled';
  return user.password_hash === null ? 'no-password' : 'wrong-password';
}

/** With today's parameters, when those of the kept one are others. */
async function hashAnew({ passwords }: AccountDeps, user: UserRow, password: string): Promise<string | null> {
  const isOld = user.password_hash !== null && passwords.isOutdated(user.password_hash);
  return isOld ? passwords.hash(password, 'proven') : null;
}

interface Beginning extends SignInRequest {
  /** As the password was proven against. */
  readonly user: UserRow;
  readonly newHash: string | null;
}

async function begin(deps: AccountDeps, trx: Transaction<Database>, asked: Beginning): Promise<Outcome> {
  const { input, requestId, peer, userAgent, newHash } = asked;
  const user = await orGone(lockUser(trx, asked.user.id), 'sign_in_refused');
  if (user.disabled_at !== null || user.password_hash !== asked.user.password_hash) return 'changed';
  const proof: FactorProof | 'missing' | 'wrong' = await proveSecondFactor(deps, trx, user, input);
  if (proof === 'missing' || proof === 'wrong') return proof;
  if (newHash !== null) await updateUser(trx, user.id, { password_hash: newHash });
  if (asked.earlierToken !== null) await endSessionOfToken(trx, asked.earlierToken, { requestId });
  await tellNewPlace(trx, user, { peer, secondFactor: proof });
  const begun = await beginSession(deps, trx, { userId: user.id, kind: input.kind, peer, userAgent, requestId });
  const { endedBeyond } = begun;
  const details = {
    kind: input.kind,
    peer,
    userAgent,
    secondFactor: proof,
    ...(newHash && { hashedAnew: true }),
    ...(endedBeyond > 0 && { endedBeyond }),
  };
  const actor = `user:${user.email}`;
  await writeAudit(trx, { actor, requestId, action: 'session.begin', target: begun.session.id, details });
  return begun;
}

/** Whoever has somebody's password comes from elsewhere, as a rule. Before the session begins, by which the place is known. */
async function tellNewPlace(
  trx: Transaction<Database>,
  { email }: UserRow,
  from: { readonly peer: string; readonly secondFactor: FactorProof },
): Promise<void> {
  if (await hasSignedInFrom(trx, email, placeOf(from.peer))) return;
  const sentence = `${email} has signed in from ${from.peer}, for the first time in ${knownDays} days.`;
  await writeEvent(trx, { kind: 'user.new-place', severity: 'info', sentence, details: { email, ...from } });
}

function recordFailure(
  deps: AccountDeps,
  desk: SignInDesk,
  { input, peer, userAgent, requestId }: SignInRequest,
  userId: string | null,
  because: FailedBecause,
): Promise<void> {
  const failed = { userId, email: input.email, peer, userAgent, requestId, actor: 'system', because };
  return recordFailedProof(deps, desk, { ...failed, at: 'sign-in' });
}
