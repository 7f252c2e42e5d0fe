import type { RecoveryCodes, TotpBegun } from '@serverctl/contract';
import { AppError } from '@serverctl/core';
import type { Transaction } from 'kysely';
import { writeAudit } from '../../db/repositories/audit.ts';
import { writeEvent } from '../../db/repositories/events.ts';
import { deleteRecoveryCodes, replaceRecoveryCodes } from '../../db/repositories/recovery-codes.ts';
import { databaseNow, getUser, updateUser } from '../../db/repositories/users.ts';
import type { Database } from '../../db/schema.ts';
import type { ServiceDeps } from '../deps.ts';
import { inTransaction } from '../transaction.ts';
import type { AccountDeps } from './deps.ts';
import { lockSignedIn, orGone } from './lock-caller.ts';
import { newRecoveryCodes, recoveryCodeDigest } from './recovery-codes.ts';
import { useCode } from './second-factor.ts';
import type { SignInDesk } from './sign-in-desk.ts';
import { failOwnProof, limitOwnProofs, type OwnRequest } from './step-up.ts';
import { newTotpSecret, totpPlace } from './totp.ts';

/*
 * The second factor of one's own account:
 *
 *   none  --begin-->  begun: a secret is kept, and nothing asks for it yet  --confirm with its code-->  on  --remove-->  none
 *
 * Beginning anew replaces a secret that was only begun.
 */

/** Throws `totp_already_on`. */
export async function beginTotp(deps: AccountDeps, { user, requestId }: OwnRequest): Promise<TotpBegun> {
  return inTransaction(deps.db, async (trx) => {
    const row = await lockSignedIn(trx, user, { proven: true });
    if (row.totp_confirmed_at !== null) throw new AppError('totp_already_on');
    const begun = newTotpSecret(deps.random, row.email);
    const version = row.totp_version + 1;
    await updateUser(trx, row.id, {
      totp_secret: deps.secrets.seal(begun.secret, totpPlace(row.id, version)),
      totp_version: version,
      totp_last_step: 0,
    });
    await writeAudit(trx, { actor: user.actor, requestId, action: 'user.begin-totp', target: row.id });
    return begun;
  });
}

/** In force from now on, with the first recovery codes. Throws `totp_not_begun`, `totp_already_on`, `second_factor_wrong`. */
export async function confirmTotp(
  deps: AccountDeps,
  desk: SignInDesk,
  request: OwnRequest,
  code: string,
): Promise<RecoveryCodes> {
  const { user, peer, requestId } = request;
  const known = await orGone(getUser(deps.db, user.userId), 'session_ended');
  await limitOwnProofs(deps, desk, request, known);
  const recoveryCodes = await inTransaction(deps.db, async (trx) => {
    const row = await lockSignedIn(trx, user, { proven: false });
    if (row.totp_confirmed_at !== null) throw new AppError('totp_already_on');
    if (row.totp_secret === null) throw new AppError('totp_not_begun');
    if (!(await useCode(deps, trx, row, code))) return null;
    await updateUser(trx, row.id, { totp_confirmed_at: databaseNow });
    await writeAudit(trx, { actor: user.actor, requestId, action: 'user.confirm-totp', target: row.id });
    const sentence = `${row.email} has added a second factor to the account, from ${peer}.`;
    await writeEvent(trx, {
      kind: 'user.second-factor-added',
      severity: 'info',
      sentence,
      details: { email: row.email, peer },
    });
    return writeNewCodes(deps, trx, row.id);
  });
  if (recoveryCodes === null) return failOwnProof(deps, desk, request, known, { because: 'wrong-code', at: 'totp' });
  desk.limits.stepUpWasRight(user.sessionId, 1); // who adds an authenticator of their own has not proven the password again
  return { recoveryCodes };
}

/** Throws `totp_not_begun` where there is nothing to remove. */
export async function removeTotp(deps: AccountDeps, { user, requestId }: OwnRequest): Promise<{ done: true }> {
  return inTransaction(deps.db, async (trx) => {
    const row = await lockSignedIn(trx, user, { proven: true });
    if (row.totp_secret === null) throw new AppError('totp_not_begun');
    await updateUser(trx, row.id, { totp_secret: null, totp_confirmed_at: null });
    await deleteRecoveryCodes(trx, row.id);
    await writeAudit(trx, { actor: user.actor, requestId, action: 'user.remove-totp', target: row.id });
    if (row.totp_confirmed_at !== null) {
      const sentence = `${row.email} has removed the second factor of the account: the password alone signs in.`;
      await writeEvent(trx, {
        kind: 'user.second-factor-removed',
        severity: 'warning',
        sentence,
        details: { email: row.email },
      });
    }
    return { done: true };
  });
}

/** Ten new ones; all before are void. Throws `totp_not_begun`. */
export async function makeRecoveryCodes(deps: AccountDeps, { user, requestId }: OwnRequest): Promise<RecoveryCodes> {
  return inTransaction(deps.db, async (trx) => {
    const row = await lockSignedIn(trx, user, { proven: true });
    if (row.totp_confirmed_at === null) throw new AppError('totp_not_begun');
    await writeAudit(trx, { actor: user.actor, requestId, action: 'user.new-recovery-codes', target: row.id });
    return { recoveryCodes: await writeNewCodes(deps, trx, row.id) };
  });
}

async function writeNewCodes(
  { random }: Pick<ServiceDeps, 'random'>,
  trx: Transaction<Database>,
  userId: string,
): Promise<string[]> {
  const codes = newRecoveryCodes(random);
  await replaceRecoveryCodes(trx, userId, codes.map(recoveryCodeDigest));
  return [...codes];
}
