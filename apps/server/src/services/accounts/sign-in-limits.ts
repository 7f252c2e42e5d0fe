import { minuteMs, secondMs } from '@serverctl/core';
import { type BucketLimits, type Buckets, createBuckets } from '../../platform/buckets.ts';
import type { Clock } from '../../platform/clock.ts';
import { placeOf } from '../place-of.ts';

/*
 * How often somebody may try to prove who they are, in memory of this process (R39). An address that nobody has counts like one that
 * somebody has.
 *
 *   peer       all attempts from one place            whoever tries many accounts
 *   pair       one account from one place             whoever tries one account
 *   account    one account from everywhere            whoever tries one account from many places; places from which its user signed in
 *                                                     within the last 30 days are excepted: no stranger locks the user out there
 *   code       wrong codes behind the right password  whoever has the password, also within a session; a recovery code is not counted, so
 *                                                     its owner gets in
 *   step-up    proofs within one session              whoever has found an open browser; strangers have no part in it
 *
 * A right sign-in gives back its own attempt, and all of its pair; never those of others from the same place or to the same account, since
 * an attacker may have an account too (one that was excepted leaves the account an attempt more than it took: a stranger's one try for each
 * sign-in of its user). A whole new proof gives back all of its session's, the password alone or a code alone its own. At a
 * sign-in the password alone gives back its own as well: a client that learns in this way that a code is needed sends one each time.
 *
 * A used link to join or for a new password gives back all of its account and of its user's pair at this place; the other places of the
 * account, and wrong codes, wait as before. Other processes know nothing of it: theirs comes back with time.
 *
 * A pair comes back far more slowly than an account (96 against 720 a day), so that it takes eight places at work without end to hold an
 * account empty, and one place never can. What the account refuses is not counted for the pair: who waits outside loses nothing by asking.
 */
export const signInLimits = {
  peer: { burst: 30, everyMs: 6 * secondMs, most: 10_000 },
  pair: { burst: 6, everyMs: 15 * minuteMs, most: 20_000 },
  account: { burst: 30, everyMs: 2 * minuteMs, most: 10_000 },
  code: { burst: 10, everyMs: 15 * minuteMs, most: 10_000 },
  'step-up': { burst: 5, everyMs: 5 * minuteMs, most: 10_000 },
} as const satisfies Record<string, BucketLimits>;

export type LimitName = keyof typeof signInLimits;

/** Which account, as it was typed, and from where. */
export interface Attempt {
  readonly email: string;
  readonly peer: string;
}

export interface Limited {
  readonly limit: LimitName;
  readonly retryAfterSeconds: number;
  /** Nobody was told of it yet. */
  readonly isNew: boolean;
}

export interface SignInLimits {
  /** Counts one sign-in, or refuses it. `isKnownAt`: whether the account's user signed in from this place of late. */
  take(attempt: Attempt, isKnownAt: (place: string) => Promise<boolean>): Promise<Limited | null>;
  /** It was no guess: nobody looked whether it was right, since too many were waiting, or the password was, and its code is still to come. */
  noGuess(attempt: Attempt): void;
  takeCode(userId: string): Limited | null;
  takeStepUp(sessionId: string): Limited | null;
  /** A sign-in was right. */
  signedIn(attempt: Attempt): void;
  /** The account has a new password by a one-time link: what was tried at the one before counts no more, here and from everywhere. */
  linkUsed(attempt: Attempt): void;
  codeWasRight(userId: string): void;
  /** Without a number all that was counted within the session. */
  stepUpWasRight(sessionId: string, attempts?: number): void;
  /** A wrong proof within a session counts as a failed sign-in too, and refuses nothing here. */
  noteFailure(attempt: Attempt): void;
}

export function createSignInLimits(clock: Clock): SignInLimits {
  const buckets = Object.fromEntries(
    Object.entries(signInLimits).map(([name, limits]) => [name, createBuckets(clock, limits)]),
  ) as Record<LimitName, Buckets>;
  const keysOf = ({ email, peer }: Attempt) => {
    const place = placeOf(peer);
    return { place, account: email.toLowerCase(), pair: `${place} ${email.toLowerCase()}` };
  };
  const take = (limit: LimitName, key: string): Limited | null => {
    const refused = buckets[limit].take(key);
    return refused === null ? null : { limit, ...refused };
  };

  return {
    async take(attempt, isKnownAt) {
      const { place, account, pair } = keysOf(attempt);
      const crowded = take('peer', place);
      if (crowded !== null) return crowded;
      const repeated = take('pair', pair);
      if (repeated !== null) {
        // One who keeps at one account leaves the place to the others behind its address.
        buckets.peer.giveBack(place, 1);
        return repeated;
      }
      const limited = take('account', account);
      if (limited === null) return null;
      const isKnown = await isKnownAt(place).catch((error: unknown) => {
        buckets.peer.giveBack(place, 1);
        buckets.pair.giveBack(pair, 1);
        throw error;
      });
      if (isKnown) return null;
      buckets.pair.giveBack(pair, 1);
      return limited;
    },
    noGuess(attempt) {
      const { place, account, pair } = keysOf(attempt);
      buckets.peer.giveBack(place, 1);
      buckets.pair.giveBack(pair, 1);
      buckets.account.giveBack(account, 1);
    },
    takeCode: (userId) => take('code', userId),
    takeStepUp: (sessionId) => take('step-up', sessionId),
    signedIn(attempt) {
      const { place, account, pair } = keysOf(attempt);
      buckets.peer.giveBack(place, 1);
      buckets.pair.giveBack(pair);
      buckets.account.giveBack(account, 1);
    },
    linkUsed(attempt) {
      const { account, pair } = keysOf(attempt);
      buckets.pair.giveBack(pair);
      buckets.account.giveBack(account);
    },
    codeWasRight: (userId) => buckets.code.giveBack(userId, 1),
    stepUpWasRight: (sessionId, attempts) => buckets['step-up'].giveBack(sessionId, attempts),
    noteFailure(attempt) {
      const { place, account, pair } = keysOf(attempt);
      buckets.peer.note(place);
      buckets.pair.note(pair);
      buckets.account.note(account);
    },
  };
}
