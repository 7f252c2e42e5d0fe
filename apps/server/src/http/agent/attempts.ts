import { AppError, secondMs } from '@serverctl/core';
import { type BucketLimits, type Buckets, createBuckets } from '../../platform/buckets.ts';
import type { Clock } from '../../platform/clock.ts';
import { placeOf } from '../../services/place-of.ts';

/*
 * Unauthenticated attempts, counted per place before any cryptography (R5): one bucket per IPv4 address or IPv6 /64, as people's are.
 * Whoever then proves a secret or a key gets its tokens back, so a fleet behind one NAT or in one /64 that reconnects at once is slowed only
 * while it proves itself.
 */

/** 256 at once, 32 a second. */
export const attemptLimits: BucketLimits = { burst: 256, everyMs: secondMs / 32, most: 10_000 };

export class Attempts {
  readonly #buckets: Buckets;

  constructor(clock: Clock, limits: BucketLimits = attemptLimits) {
    this.#buckets = createBuckets(clock, limits);
  }

  /** Counts one attempt; throws `rate_limited` when too many came from the same place. */
  take(peer: string): void {
    const refused = this.#buckets.take(placeOf(peer));
    if (refused !== null) throw new AppError('rate_limited', { retryAfterSeconds: refused.retryAfterSeconds });
  }

  /** The attempts turned out to be an honest agent's. */
  giveBack(peer: string, attempts: number): void {
    this.#buckets.giveBack(placeOf(peer), attempts);
  }
}
