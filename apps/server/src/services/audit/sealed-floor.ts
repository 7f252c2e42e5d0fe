import { type Instant, minuteMs, secondMs } from '@serverctl/core';
import type { SequencePoint } from '../../db/repositories/audit-seals.ts';

/*
 * Numbers are given before the commit: an entry may come late, with a smaller number than those that are sealed. To find it without reading
 * the whole log each second, a floor is kept, below which nothing can come any more; each turn looks at what is above it. A point that was
 * seen becomes the floor when every transaction that might have held a smaller number has ended, and some seconds have passed: a number is
 * given an instant before its transaction gets its own.
 *
 * What is below is swept as well, a range each turn, over and over with a rest, whatever is thought of the floor: entries of before this
 * process, and of a chain that was begun anew. No turn reads the whole log, which would take longer than a statement may.
 */

export interface SealedFloor {
  /** Entries up to here are left to the sweep. `lastSeq` is the highest number that is there. */
  at(lastSeq: number): number;
  /** Called when all that was committed at the point, above what `at` said, was sealed. */
  rise(point: SequencePoint, now: Instant): void;
  /** Behind which number the next range of the sweep begins; null while it rests. */
  sweepsBehind(now: Instant): number | null;
  /** Called when the range was sealed up to and with this number. */
  swept(upTo: number, now: Instant): void;
}

const settleMs = 5 * secondMs;
/** A new process looks at so many of the newest at once, and at the others by and by. */
const newest = 20_000;
const restMs = 10 * minuteMs;

interface Mark {
  readonly point: SequencePoint;
  readonly at: Instant;
}

export function createSealedFloor(): SealedFloor {
  let floor: number | null = null;
  let mark: Mark | null = null;
  let sweptTo = 0;
  let restsUntil = Number.NEGATIVE_INFINITY;

  return {
    at(lastSeq) {
      // Numbers that have vanished are those of an older copy of the database: they come a second time.
      if (floor === null || lastSeq < floor) begin(lastSeq);
      return floor ?? 0;
    },
    rise(point, now) {
      mark ??= { point, at: now };
      if (point.oldestRunning < mark.point.ownTransaction || now - mark.at < settleMs) return;
      floor = mark.point.lastSeq;
      mark = { point, at: now };
    },
    sweepsBehind: (now) => (now < restsUntil ? null : sweptTo),
    swept(upTo, now) {
      sweptTo = upTo;
      if (upTo < (floor ?? 0)) return;
      sweptTo = 0;
      restsUntil = now + restMs;
    },
  };

  function begin(lastSeq: number): void {
    floor = Math.max(0, lastSeq - newest);
    mark = null;
    sweptTo = 0;
    restsUntil = Number.NEGATIVE_INFINITY;
  }
}
