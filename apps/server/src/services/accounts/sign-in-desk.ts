import { AppError, durationText, minuteMs, secondMs } from '@serverctl/core';
import { writeAudit } from '../../db/repositories/audit.ts';
import { writeEvent } from '../../db/repositories/events.ts';
import type { UserRow } from '../../db/repositories/users.ts';
import { createBuckets } from '../../platform/buckets.ts';
import type { Clock } from '../../platform/clock.ts';
import type { ServiceDeps } from '../deps.ts';
import { placeOf } from '../place-of.ts';
import { inTransaction } from '../transaction.ts';
import type { AskedFrom } from './sessions.ts';
import { type Attempt, createSignInLimits, type Limited, type LimitName, type SignInLimits } from './sign-in-limits.ts';

/*
 * Where everybody proves who they are: the limits, and the record of what failed. Failed proofs are in the audit log, and a flood of them
 * must not fill it (R41): a hundred are written at once and one more every 10 s. What is beyond is counted, and so is what the limits
 * refused; the next entry says how many came unwritten before it (`unwritten`). A right password without its code, by which a client learns
 * that one is needed, is no guess and free: of one user at one place it is written once an hour, and counted beyond. Of a limit that is
 * reached people are told once, until the attempts have ended long enough for it to be whole again, and of ten limits in a row, then of one
 * every ten minutes.
 */

export interface SignInDesk {
  readonly limits: SignInLimits;
  /** How many came unwritten before this one, which may be written; null = this one may not either. With a key once an hour for that. */
  mayWrite(what: 'failure' | 'limit', onceFor?: string): number | null;
  /** One more that is not written: a limit refused it, and people were told of that limit already. */
  notWritten(): void;
}

/** Why a proof failed: for the audit log alone, a reply never tells. */
export type FailedBecause =
  | 'unknown-address'
  | 'disabled'
  | 'no-password'
  | 'wrong-password'
  | 'wrong-code'
  | 'wrong-recovery-code'
  /** The password was right, and no code came with it. */
  | 'missing-code';

export interface FailedProof extends Attempt, AskedFrom {
  /** Null where nobody has this address. */
  readonly userId: string | null;
  /** Who asked, where a session was proven before; `system` where not. */
  readonly actor: string;
  readonly because: FailedBecause;
  readonly at: 'sign-in' | 'step-up' | 'password' | 'totp';
}

const writtenLimits = {
  failure: { burst: 100, everyMs: 10 * secondMs, most: 1 },
  limit: { burst: 10, everyMs: 10 * minuteMs, most: 1 },
  once: { burst: 1, everyMs: 60 * minuteMs, most: 10_000 },
} as const;

export function createSignInDesk(clock: Clock): SignInDesk {
  const buckets = {
    failure: createBuckets(clock, writtenLimits.failure),
    limit: createBuckets(clock, writtenLimits.limit),
    once: createBuckets(clock, writtenLimits.once),
  };
  let unwritten = 0;
  return {
    limits: createSignInLimits(clock),
    mayWrite(what, onceFor) {
      const isRepeated = onceFor !== undefined && buckets.once.take(onceFor) !== null;
      if (isRepeated || buckets[what].take(what) !== null) {
        if (onceFor !== undefined && !isRepeated) buckets.once.giveBack(onceFor);
        unwritten += 1;
        return null;
      }
      const before = unwritten;
      unwritten = 0;
      return before;
    },
    notWritten() {
      unwritten += 1;
    },
  };
}

/** Writes a failed proof into the audit log, as far as a flood leaves room. */
export async function recordFailedProof(
  deps: Pick<ServiceDeps, 'db'>,
  desk: SignInDesk,
  { userId, email, peer, userAgent, requestId, actor, because, at }: FailedProof,
): Promise<void> {
  const unwritten = desk.mayWrite(
    'failure',
    because === 'missing-code' ? `${at} ${userId} ${placeOf(peer)}` : undefined,
  );
  if (unwritten === null) return;
  const details = { at, because, email, peer, userAgent, ...(unwritten > 0 && { unwritten }) };
  await inTransaction(deps.db, (trx) =>
    writeAudit(trx, { actor, requestId, action: 'session.refuse', target: userId ?? email, details }),
  );
}

/** Tells people of a limit that was reached, once; then throws `rate_limited` with the time to wait. */
export async function refuseLimited(
  deps: Pick<ServiceDeps, 'db'>,
  desk: SignInDesk,
  { limit, retryAfterSeconds, isNew }: Limited,
  { email, peer, requestId }: Attempt & Pick<AskedFrom, 'requestId'>,
): Promise<never> {
  if (!isNew) desk.notWritten();
  const unwritten = isNew ? desk.mayWrite('limit') : null;
  if (unwritten !== null) {
    const details = { limit, email, peer, retryAfterSeconds, ...(unwritten > 0 && { unwritten }) };
    const sentence = `${limitWords[limit]({ email, peer })} The next attempt is possible in ${durationText(retryAfterSeconds * secondMs)}.`;
    await inTransaction(deps.db, async (trx) => {
      await writeAudit(trx, { actor: 'system', requestId, action: 'session.limit', target: email, details });
      await writeEvent(trx, { kind: 'user.sign-in-limited', severity: 'warning', sentence, details });
    });
  }
  throw new AppError('rate_limited', { retryAfterSeconds });
}

/** Six digits are found by trying, so who has the password has few tries; a recovery code is not found so, and is not counted. */
export async function limitCodes(
  deps: Pick<ServiceDeps, 'db'>,
  desk: SignInDesk,
  { code, peer, requestId }: { readonly code: string | undefined } & Pick<AskedFrom, 'peer' | 'requestId'>,
  { id, email, totp_confirmed_at: isOn }: UserRow,
): Promise<void> {
  if (isOn === null || code === undefined) return;
  const limited = desk.limits.takeCode(id);
  if (limited !== null) await refuseLimited(deps, desk, limited, { email, peer, requestId });
}

const limitWords: Readonly<Record<LimitName, (attempt: Attempt) => string>> = {
  peer: ({ peer }) => `Too many sign-ins from ${peer} have failed.`,
  pair: ({ email, peer }) => `Too many sign-ins as ${email} from ${peer} have failed.`,
  account: ({ email }) => `Too many sign-ins as ${email} have failed, from several places.`,
  code: ({ email, peer }) =>
    `Somebody at ${peer} has the password of ${email} and gave too many wrong codes: unless that was its user, change the password.`,
  'step-up': ({ email, peer }) => `Somebody at ${peer} is signed in as ${email} and gave too many proofs.`,
};
