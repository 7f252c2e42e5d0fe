import type { Listening } from '../failover/evidence.ts';
import type { MemberId } from '../ids.ts';
import type { Instant } from '../time.ts';

/** R2's limits in ms: a tick counts only below every one of them. */
export const listeningLimits = {
  tickGapMs: 2_000,
  worstEventLoopDelayMs: 500,
  databaseWriteAgeMs: 1_000,
  otherHeardWithinMs: 3_000,
} as const;

/** What the failover loop measured about itself in one tick. */
export interface TickMeasures {
  readonly leaseHeld: boolean;
  /** Time since the previous tick. */
  readonly tickGapMs: number;
  /** Worst delay of the event loop in the last second. */
  readonly worstEventLoopDelayMs: number;
  /** Time since the last successful database write. */
  readonly databaseWriteAgeMs: number;
}

/** Null when this process could hear heartbeats in the tick, else the first of R2's conditions that failed. */
export function judgeTick(measures: TickMeasures): Listening['blindBecause'] {
  if (!measures.leaseHeld) return 'lease';
  if (!(measures.tickGapMs < listeningLimits.tickGapMs)) return 'late-tick';
  if (!(measures.worstEventLoopDelayMs < listeningLimits.worstEventLoopDelayMs)) return 'event-loop';
  if (!(measures.databaseWriteAgeMs <= listeningLimits.databaseWriteAgeMs)) return 'database';
  return null;
}

/** One member's latest stored beat. */
export interface HeardBeat {
  readonly memberId: MemberId;
  readonly heardAt: Instant;
}

/** The two members of the fleet heard last, of two different members: enough to answer R2's "one other member" for anybody. */
export interface LatestHeard {
  readonly newest: HeardBeat | null;
  readonly second: HeardBeat | null;
}

/** Nobody heard yet. */
export const nobodyHeard: LatestHeard = { newest: null, second: null };

/** The two latest after one more stored beat. */
export function noteHeard(latest: LatestHeard, beat: HeardBeat): LatestHeard {
  const { newest, second } = latest;
  const known = [newest, second].find((one) => one?.memberId === beat.memberId) ?? null;
  const own = known !== null && known.heardAt > beat.heardAt ? known : beat;
  const other = newest?.memberId === beat.memberId ? second : newest;
  if (other === null || own.heardAt >= other.heardAt) return { newest: own, second: other };
  // `second` is a third member's only where this one was not among the two
  const third = known === null ? second : null;
  return { newest: other, second: third !== null && third.heardAt > own.heardAt ? third : own };
}

/**
 * Whether a beat of another member than `memberId` was stored less than 3 s before `now` (R2): the proof that the network let us hear
 * somebody. In a fleet of one it never holds, so that member's silence is never proven.
 */
export function otherHeardWithin(
  memberId: MemberId,
  latest: LatestHeard,
  now: Instant,
  withinMs: number = listeningLimits.otherHeardWithinMs,
): boolean {
  const other = latest.newest?.memberId === memberId ? latest.second : latest.newest;
  return other !== null && now - other.heardAt < withinMs;
}

/** Whether nobody in the fleet has been heard for so long that it is a state with an alert of its own (R2). */
export function isNobodyHeard(listening: Listening): boolean {
  return listening.heardMembers === 0 && listening.nobodyHeardForMs >= listening.nobodyHeardAfterMs;
}
