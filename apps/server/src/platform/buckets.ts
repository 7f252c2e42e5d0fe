import { type Instant, secondMs } from '@serverctl/core';
import type { Clock } from './clock.ts';

/*
 * Buckets of attempts, in memory: each holds `burst` tokens, an attempt takes one, and they come back one every `everyMs`. An attempt is
 * counted before it is judged, so a thousand at once are counted as a thousand; who turns out to be right gets it back.
 */

export interface BucketLimits {
  /** Attempts at once. */
  readonly burst: number;
  /** So long until one more. */
  readonly everyMs: number;
  /** Keys remembered; beyond it the one idle longest is forgotten. */
  readonly most: number;
}

interface Bucket {
  /** What is left, as the time in which so much comes back, so that nothing is lost by rounding. */
  leftMs: number;
  filledAt: Instant;
  /** Whether this emptiness was told of. */
  told: boolean;
}

/** Why an attempt is not allowed now. */
export interface Refused {
  readonly retryAfterSeconds: number;
  /** The first refusal since the bucket was last full. */
  readonly isNew: boolean;
}

export interface Buckets {
  /** Counts one attempt, or refuses it; null = it is allowed, and counted. */
  take(key: string): Refused | null;
  /** Counts one without refusing: what was done already. */
  note(key: string): void;
  /** The attempts were honest; without a number all of them. */
  giveBack(key: string, attempts?: number): void;
}

export function createBuckets(clock: Clock, { burst, everyMs, most }: BucketLimits): Buckets {
  const buckets = new Map<string, Bucket>();
  const fullMs = burst * everyMs;

  /** The key's bucket, filled up to now and moved to the young end of the map. */
  function bucketOf(key: string): Bucket {
    const now = clock.now();
    const bucket = buckets.get(key) ?? { leftMs: fullMs, filledAt: now, told: false };
    bucket.leftMs = Math.min(fullMs, bucket.leftMs + now - bucket.filledAt);
    bucket.filledAt = now;
    if (bucket.leftMs === fullMs) bucket.told = false;
    buckets.delete(key);
    buckets.set(key, bucket);
    if (buckets.size > most) buckets.delete(buckets.keys().next().value ?? '');
    return bucket;
  }

  return {
    take(key) {
      const bucket = bucketOf(key);
      if (bucket.leftMs < everyMs) {
        const isNew = !bucket.told;
        bucket.told = true;
        return { retryAfterSeconds: Math.ceil((everyMs - bucket.leftMs) / secondMs), isNew };
      }
      bucket.leftMs -= everyMs;
      return null;
    },
    note(key) {
      const bucket = bucketOf(key);
      bucket.leftMs = Math.max(0, bucket.leftMs - everyMs);
    },
    giveBack(key, attempts = burst) {
      const bucket = bucketOf(key);
      bucket.leftMs = Math.min(fullMs, bucket.leftMs + attempts * everyMs);
    },
  };
}
