import * as argon2 from '@node-rs/argon2';
import { AppError } from '@serverctl/core';
import { createGate, type GateLimits, type Lane } from './gate.ts';
import { guessableBecause, type PasswordOwner } from './password-guess.ts';

/*
 * Passwords are kept as argon2id (R39). Each hash takes its memory and a thread of the pool that the failover's own DNS look-ups and file
 * reads use as well (four threads): so at most two are computed at once, and who waits for one waits in a bounded line. A flood of sign-ins
 * takes no more than those two threads, whatever it sends.
 */

export interface Passwords {
  /** PHC text with its own salt and parameters. Throws `rate_limited` when too many wait. */
  hash(password: string, lane?: Lane): Promise<string>;
  /** With `hash` null, of nobody, it takes as long and is false. Throws `rate_limited` when too many wait. */
  verify(hash: string | null, password: string, lane?: Lane): Promise<boolean>;
  /**
   * The same with what has to be looked up for it, within one place of the line: as many strangers ask the database at once as hashes are
   * computed, so that a flood of sign-ins takes no more of its connections either. Throws `rate_limited` when too many wait.
   */
  inTurn<Result>(lane: Lane, work: (compare: Compare) => Promise<Result>): Promise<Result>;
  /** Whether the hash was made with other parameters than today's: to be made anew when the password is next at hand. */
  isOutdated(hash: string): boolean;
}

/** Whether it is the password; of nobody (`hash` null) it takes as long and is false. */
export type Compare = (hash: string | null, password: string) => Promise<boolean>;

/** Memory in KiB, passes, threads. */
export interface HashParameters {
  readonly memoryCost: number;
  readonly timeCost: number;
  readonly parallelism: number;
}

/** OWASP Password Storage Cheat Sheet: argon2id with 19 MiB, two passes, one thread. */
export const hashParameters: HashParameters = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };
/** Thirty-two that wait are answered within about a second by one core. */
export const hashLimits: GateLimits = { atOnce: 2, waiting: 32 };

/** What computes: the library, or one of a test's own. */
export interface HashWork {
  hash(password: string, parameters: HashParameters): Promise<string>;
  verify(hash: string, password: string): Promise<boolean>;
}

const work: HashWork = {
  hash: (password, parameters) => argon2.hash(normalised(password), parameters),
  verify: (hash, password) => argon2.verify(hash, normalised(password)),
};

export function createPasswords(
  options: { readonly parameters?: HashParameters; readonly limits?: GateLimits; readonly work?: HashWork } = {},
): Passwords {
  const { parameters = hashParameters, limits = hashLimits, work: computing = work } = options;
  const gate = createGate(limits);
  const nobodys = decoy(parameters);
  const compare: Compare = async (hash, password) =>
    (await computing.verify(hash ?? nobodys, password)) && hash !== null;
  return {
    hash: (password, lane = 'stranger') => gate.run(lane, () => computing.hash(password, parameters)),
    verify: (hash, password, lane = 'stranger') => gate.run(lane, () => compare(hash, password)),
    inTurn: (lane, work) => gate.run(lane, () => work(compare)),
    isOutdated(hash) {
      const made = argon2.parseOptions(hash);
      const same = (['memoryCost', 'timeCost', 'parallelism'] as const).every((key) => made[key] === parameters[key]);
      return !same || !hash.startsWith('$argon2id$v=19$');
    },
  };
}

/** One password typed on two keyboards may come as different code points (NIST SP 800-63B-4 section 3.1.1.2). */
function normalised(password: string): string {
  return password.normalize('NFKC');
}

/** A hash of no password, with the parameters of the others: who has no account costs as much as who has one. */
function decoy({ memoryCost, timeCost, parallelism }: HashParameters): string {
  const text = (bytes: number) => Buffer.alloc(bytes).toString('base64').replace(/=+$/, '');
  return `$argon2id$v=19$m=${memoryCost},t=${timeCost},p=${parallelism}$${text(16)}$${text(32)}`;
}

/** Throws `password_compromised` when it is easy to guess for this user. Its length is checked where it comes in (NewPassword). */
export function judgePassword(password: string, owner: PasswordOwner): void {
  const because = guessableBecause(password, owner);
  if (because !== null) throw new AppError('password_compromised', { because: `it ${because}` });
}
