import { type Instant, minuteMs, secondMs } from '@serverctl/core';
import type { SequencePoint } from '../../db/repositories/audit-seals.ts';

/*
 * Numbers are given before the commit: an entry may come late, with a smaller number than those that are sealed. To find it without reading
 * the whole log each second, a floor is kept, below which nothing can come any more. A point that was seen becomes the floor when every
 * transaction that might have held a smaller number has ended, and some seconds have passed: a number is given an instant before its
 * transaction gets its own. Now and then everything is looked at, whatever is thought of the floor.
 */

export interface SealedFloor {
  /** Entries up to here need not be looked at. */
  at(now: Instant): number;
  /** Called when all that was committed at the point, above what `at` said, was sealed. */
  rise(point: SequencePoint, now: Instant): void;
}

const settleMs = 5 * secondMs;
const everythingMs = 10 * minuteMs;

export function createSealedFloor(): SealedFloor {
  let floor = 0;
  let wholeAt = Number.NEGATIVE_INFINITY;
  let mark: { readonly point: SequencePoint; readonly at: Instant } | null = null;
  const looksAtEverything = (now: Instant) => now - wholeAt >= everythingMs;

  return {
    at: (now) => (looksAtEverything(now) ? 0 : floor),
    rise(point, now) {
      if (looksAtEverything(now)) wholeAt = now;
      mark ??= { point, at: now };
      if (point.oldestRunning < mark.point.nextTransaction || now - mark.at < settleMs) return;
      floor = mark.point.lastSeq;
      mark = { point, at: now };
    },
  };
}
