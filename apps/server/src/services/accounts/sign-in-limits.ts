import type { Clock } from '../../platform/clock.ts';
import { type BucketLimits, type Buckets, createBuckets, placeOf } from './attempts.ts';

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
 * sign-in of its user). A whole new proof gives back all of its session's, the password alone or a code alone its own.
 *
 * A pair comes back far more slowly than an account (96 against 720 a day), so that it takes eight places at work without end to hold an
 * account empty, and one place never can. What the account refuses is not counted for the pair: who waits outside loses nothing by asking.
 */
export const signInLimits = {
  peer: { burst: 30, everySeconds: 6, most: 10_000 },
  pair: { burst: 6, everySeconds: 900, most: 20_000 },
  account: { burst: 30, everySeconds: 120, most: 10_000 },
  code: { burst: 10, everySeconds: 900, most: 10_000 },
  'step-up': { burst: 5, everySeconds: 300, most: 10_000 },
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
  /** Nobody looked whether it was right: too many were waiting. */
  notJudged(attempt: Attempt): void;
  takeCode(userId: string): Limited | null;
  takeStepUp(sessionId: string): Limited | null;
  /** A sign-in was right. */
  signedIn(attempt: Attempt): void;
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
    notJudged(attempt) {
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
