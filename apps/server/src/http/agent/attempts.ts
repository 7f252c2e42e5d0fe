import { AppError, type Instant, secondMs } from '@serverctl/core';
import type { Clock } from '../../platform/clock.ts';

/*
 * Unauthenticated attempts, counted per peer address before any cryptography (R5): one token bucket per address. Whoever then proves a
 * secret or a key gets its tokens back, so a fleet behind one NAT that reconnects at once is slowed only while it proves itself.
 */

export interface AttemptLimits {
  /** Attempts an address may make at once. */
  readonly burst: number;
  readonly perSecond: number;
  /** Addresses remembered; beyond it the one idle longest is forgotten. */
  readonly addresses: number;
}

export const attemptLimits: AttemptLimits = { burst: 256, perSecond: 32, addresses: 10_000 };

interface Bucket {
  left: number;
  filledAt: Instant;
}

export class Attempts {
  readonly #clock: Clock;
  readonly #limits: AttemptLimits;
  readonly #buckets = new Map<string, Bucket>();

  constructor(clock: Clock, limits: AttemptLimits = attemptLimits) {
    this.#clock = clock;
    this.#limits = limits;
  }

  /** Counts one attempt; throws `rate_limited` when the address made too many. */
  take(peer: string): void {
    const bucket = this.#bucket(peer);
    if (bucket.left < 1) {
      const retryAfterSeconds = Math.ceil((1 - bucket.left) / this.#limits.perSecond);
      throw new AppError('rate_limited', { retryAfterSeconds });
    }
    bucket.left -= 1;
  }

  /** The attempts turned out to be an honest agent's. */
  giveBack(peer: string, attempts: number): void {
    const bucket = this.#bucket(peer);
    bucket.left = Math.min(this.#limits.burst, bucket.left + attempts);
  }

  /** The address's bucket, filled up to now and moved to the young end of the map. */
  #bucket(peer: string): Bucket {
    const { burst, perSecond, addresses } = this.#limits;
    const now = this.#clock.now();
    const bucket = this.#buckets.get(peer) ?? { left: burst, filledAt: now };
    bucket.left = Math.min(burst, bucket.left + ((now - bucket.filledAt) * perSecond) / secondMs);
    bucket.filledAt = now;
    this.#buckets.delete(peer);
    this.#buckets.set(peer, bucket);
    if (this.#buckets.size > addresses) this.#buckets.delete(this.#buckets.keys().next().value ?? '');
    return bucket;
  }
}
