import type { Instant } from '../time.ts';
import type { Span } from './silence.ts';
import type { UnitVerdict } from './unit-verdict.ts';

/*
 * One unit over time. A *stretch* is the time in which the unit was not running without a break. In it every millisecond is either
 * covered by something that makes it neutral, or it counts as inactive:
 *
 *   covered by        | bound                                              | covers
 *   package lock      | 60 s in all until seen running without a lock      | everything
 *   being `between`   | 15 s in all within any 60 s                        | only the states that are `between`
 *
 * `inactive.forMs` is the uncovered time of the present stretch: a failed start after 3 neutral seconds does not count those three, and
 * what was uncovered before them is not forgotten. Running ends the stretch.
 *
 * All time spent `between` uses up the 15 s, covered or not, so a crash loop that exhausted them does not become neutral again while it
 * goes on; and a stretch that exhausted them gets no more until the unit has run.
 */

/** R4's bounds in ms. */
export const neutralLimits = {
  betweenMs: 15_000,
  windowMs: 60_000,
  packageLockMs: 60_000,
} as const;

/** One unit's debouncing state. Opaque outside health/. */
export interface UnitTrack {
  readonly unit: string;
  readonly verdict: UnitVerdict;
  /** Up to where time has been counted. */
  readonly at: Instant;
  /** Uncovered time of the present stretch. */
  readonly uncoveredMs: number;
  /** The 15 s ran out in the present stretch. */
  readonly exhausted: boolean;
  /** Time spent `between`, the last 60 s of it, oldest first. */
  readonly between: readonly Span[];
  readonly lockCoveredMs: number;
}

/** What else covers the time being counted. */
export interface Cover {
  readonly packageLock: boolean;
}

/** A unit seen for the first time at `now`. */
export function startTrack(unit: string, verdict: UnitVerdict, now: Instant): UnitTrack {
  return { unit, verdict, at: now, uncoveredMs: 0, exhausted: false, between: [], lockCoveredMs: 0 };
}

/** The track with the time up to `now` counted under its present verdict. */
export function advanceTrack(track: UnitTrack, cover: Cover, now: Instant): UnitTrack {
  if (now <= track.at) return track;
  if (track.verdict.kind === 'running' || track.verdict.kind === 'absent') return { ...track, at: now };
  let leftMs = now - track.at;
  const lockMs = Math.min(leftMs, lockLeftMs(track, cover));
  leftMs -= lockMs;
  const counted = { ...track, at: now, lockCoveredMs: track.lockCoveredMs + lockMs };
  if (track.verdict.kind === 'down') return { ...counted, uncoveredMs: track.uncoveredMs + leftMs };

  const from = now - leftMs;
  const budgetMs = betweenLeftMs(track, from);
  const between = leftMs === 0 ? track.between : [...track.between, { from, to: now }];
  return {
    ...counted,
    uncoveredMs: track.uncoveredMs + Math.max(0, leftMs - budgetMs),
    exhausted: track.exhausted || (leftMs > 0 && leftMs >= budgetMs),
    between: between.filter((span) => span.to > now - neutralLimits.windowMs),
  };
}

/** The track with a new verdict from `track.at` on: running ends the stretch. */
export function turnTrack(track: UnitTrack, verdict: UnitVerdict, packageLock: boolean): UnitTrack {
  if (verdict.kind !== 'running' && verdict.kind !== 'absent') return { ...track, verdict };
  const lockCoveredMs = packageLock ? track.lockCoveredMs : 0;
  return { ...track, verdict, uncoveredMs: 0, exhausted: false, lockCoveredMs };
}

/** For how long yet the present state is neutral if nothing changes; 0 when it counts as inactive. */
export function neutralLeftMs(track: UnitTrack, cover: Cover): number {
  const betweenMs = track.verdict.kind === 'between' ? betweenLeftMs(track, track.at) : 0;
  return lockLeftMs(track, cover) + betweenMs;
}

function lockLeftMs(track: UnitTrack, cover: Cover): number {
  return cover.packageLock ? Math.max(0, neutralLimits.packageLockMs - track.lockCoveredMs) : 0;
}

function betweenLeftMs(track: UnitTrack, from: Instant): number {
  if (track.exhausted) return 0;
  const oldest = from - neutralLimits.windowMs;
  const usedMs = track.between.reduce((sum, span) => sum + Math.max(0, span.to - Math.max(span.from, oldest)), 0);
  return Math.max(0, neutralLimits.betweenMs - usedMs);
}
