import type { Transaction } from 'kysely';
import { consumeRecoveryCode } from '../../db/repositories/recovery-codes.ts';
import { type UserRow, useTotpStep } from '../../db/repositories/users.ts';
import type { Database } from '../../db/schema.ts';
import type { ServiceDeps } from '../deps.ts';
import { recoveryCodeDigest } from './recovery-codes.ts';
import { matchingStep, openTotpSecret } from './totp.ts';

/** What was given beside the password. */
export interface GivenFactor {
  readonly code?: string | undefined;
  readonly recoveryCode?: string | undefined;
}

/** By what the second factor was proven; `not-needed` where the account has none. */
export type FactorProof = 'not-needed' | 'code' | 'recovery-code';

/**
 * Proves the second factor and uses up what proved it, in the transaction of what it is for: when that fails, nothing was used. The user's
 * row must be locked. `missing` and `wrong` have changed nothing.
 */
export async function proveSecondFactor(
  deps: Pick<ServiceDeps, 'secrets' | 'clock'>,
  trx: Transaction<Database>,
  user: UserRow,
  { code, recoveryCode }: GivenFactor,
): Promise<FactorProof | 'missing' | 'wrong'> {
  if (user.totp_confirmed_at === null) return 'not-needed';
  if (code !== undefined) return (await useCode(deps, trx, user, code)) ? 'code' : 'wrong';
  if (recoveryCode === undefined) return 'missing';
  const isUsed = await consumeRecoveryCode(trx, user.id, recoveryCodeDigest(recoveryCode));
  return isUsed ? 'recovery-code' : 'wrong';
}

/** Uses up the step of a code, also of an authenticator that is only being added. False when it is wrong, or was used before. */
export async function useCode(
  { secrets, clock }: Pick<ServiceDeps, 'secrets' | 'clock'>,
  trx: Transaction<Database>,
  user: UserRow,
  code: string,
): Promise<boolean> {
  const secret = openTotpSecret(secrets, user);
  const step = secret === null ? null : matchingStep(secret, code, user.totp_last_step, clock);
  return step !== null && useTotpStep(trx, user.id, step);
}
