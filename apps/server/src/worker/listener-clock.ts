import type { Instant } from '@serverctl/core';

/*
 * Translates one listener's instants to ours. Its monotonic clock began elsewhere and runs a little faster or slower, so the difference
 * is estimated: a watermark cannot be read before it was written, hence the smallest `read - written` seen lately is the difference plus
 * the shortest delay. The error makes every translated instant late by that delay, never early: silence comes out too short, not too
 * long (I7). "Lately" is two windows of 30 s: the clocks drift apart by 3 ms in that time (50 ppm), but by 4 s in a day.
 *
 * A watermark that fell a second behind our clock begins a new estimate: its machine may have been suspended, and its monotonic clock with
 * it, so that everything it hears afterwards would seem to be as old as the suspension was long. So does the first one that moves before our
 * eyes: nobody knows how long it had stood when we saw it first.
 *
 * How late an estimate may be is known only once it has stood for a while. A database that hung carries out, when it goes on, what was sent
 * to it long before: a watermark of half a minute ago moves as if it were of now. What was heard then would be fresh (R7), and what was not
 * yet stored then would seem not to have been heard (I7). So an estimate is proven by watermarks of a second that did not correct it; in that
 * second a host was heard, but nobody knows when, and no silence is counted.
 */

const windowMs = 30_000;
/** A listener writes four times a second; one that does not manage to for a second answers its agents 503 (R2). */
const behindMs = 1_000;
/** So long an estimate must stand before what was heard is as old as it says. */
const provenAfterMs = 1_000;
/** A watermark that came this much faster than all before shows that they were late. */
const correctedMs = 500;

export interface ListenerClock {
  /** The newest watermark, on the listener's clock. */
  readonly watermarkMs: Instant;
  /** When we saw it move last; null while it never has: a row that a dead process left looks just like a live one until then. */
  readonly movedAt: Instant | null;
  readonly firstSeenAt: Instant;
  /** When the present estimate began, or was shown to be late. */
  readonly estimatedAt: Instant;
  readonly windowStartedAt: Instant;
  readonly smallestNowMs: number;
  readonly smallestBeforeMs: number;
}

/** A listener's watermark seen for the first time. */
export function startListenerClock(watermarkMs: Instant, now: Instant): ListenerClock {
  return {
    watermarkMs,
    movedAt: null,
    firstSeenAt: now,
    estimatedAt: now,
    windowStartedAt: now,
    smallestNowMs: now - watermarkMs,
    smallestBeforeMs: now - watermarkMs,
  };
}

/** The clock after its watermark was read at `now`. One that did not move says nothing new. */
export function noteWatermark(clock: ListenerClock, watermarkMs: Instant, now: Instant): ListenerClock {
  if (watermarkMs <= clock.watermarkMs) return clock;
  if (clock.movedAt === null || fellBehindMs(clock, clock.movedAt, watermarkMs, now) >= behindMs) {
    return { ...startListenerClock(watermarkMs, now), movedAt: now };
  }
  const differenceMs = now - watermarkMs;
  const isCorrected = differenceMs < Math.min(clock.smallestNowMs, clock.smallestBeforeMs) - correctedMs;
  const moved = { ...clock, watermarkMs, movedAt: now, estimatedAt: isCorrected ? now : clock.estimatedAt };
  if (now - clock.windowStartedAt < windowMs) {
    return { ...moved, smallestNowMs: Math.min(clock.smallestNowMs, differenceMs) };
  }
  return { ...moved, windowStartedAt: now, smallestBeforeMs: clock.smallestNowMs, smallestNowMs: differenceMs };
}

/** How much less the watermark moved than our clock: that we did not look for a while is no fault of its. */
function fellBehindMs(clock: ListenerClock, movedAt: Instant, watermarkMs: Instant, now: Instant): number {
  return now - movedAt - (watermarkMs - clock.watermarkMs);
}

/** How long the watermark has not moved: since we saw it first, while it never did. */
export function standsStillForMs({ movedAt, firstSeenAt }: ListenerClock, now: Instant): number {
  return now - (movedAt ?? firstSeenAt);
}

/** Whether instants of this clock are known to be no older than `toOurInstant` says, but for the delay of a write. */
export function isProven({ movedAt, estimatedAt }: ListenerClock): boolean {
  return movedAt !== null && movedAt - estimatedAt >= provenAfterMs;
}

/** A listener's instant on our clock, never later than `now`. */
export function toOurInstant(clock: ListenerClock, theirs: Instant, now: Instant): Instant {
  return Math.min(now, theirs + Math.min(clock.smallestNowMs, clock.smallestBeforeMs));
}
