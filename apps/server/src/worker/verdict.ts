import { type Instant, type Judgement, judge, type Listening, type PoolEvidence } from '@serverctl/core';
import type { Clock } from '../platform/clock.ts';
import { gatherEvidence, listeningOf, lossDueInMs } from './evidence.ts';
import type { Sight } from './lookout.ts';
import type { PoolWithMembers } from './ports.ts';

/** One pool judged in one turn of the loop, with the evidence it was judged on (R14). */
export interface Verdict {
  readonly row: PoolWithMembers;
  readonly evidence: PoolEvidence;
  readonly judgement: Judgement;
  /** When the active member's silence would be complete if all watermarks had arrived; 0 = only a flush is missing. */
  readonly lossDueInMs: number | null;
}

/** Every pool judged on one sight of the fleet. */
export function judgePools(sight: Sight, clock: Clock): readonly Verdict[] {
  const { observation, pools } = sight;
  const now = clock.now();
  const listening = listeningOf(observation, pools, now);
  const time = { now, readAt: pools.at, minuteOfDay: minuteOfDay(clock.wallTime()) };
  return pools.rows.map((row) => {
    const evidence = gatherEvidence(row, observation, listening, time);
    return { row, evidence, judgement: judge(evidence), lossDueInMs: lossDueInMs(row, observation) };
  });
}

/**
 * Keeps the health that these verdicts found in the members' streaks. Not for a judgement that a flush is about to replace: between the
 * last watermark and that flush every loss looks unheard for a moment.
 */
export function noteHealth(verdicts: readonly Verdict[], { observation }: Sight, now: Instant): void {
  for (const { judgement, evidence } of verdicts) {
    for (const { id } of evidence.members) {
      if (observation.member(id) !== undefined)
        observation.noteHealth(id, judgement.health[id]?.kind ?? 'unknown', now);
    }
  }
}

/** Whether one more flush could change or confirm what is about to be done (R2: asked for before a loss is acted on). */
export function needsFlush({ judgement, lossDueInMs: dueMs, evidence }: Verdict): boolean {
  if (evidence.listening.blindBecause !== null) return false;
  return judgement.decision.kind === 'promote' || dueMs === 0;
}

/** How long the loop may sleep: until the first deadline of any pool (R6), at most `guardMs`. */
export function sleepAfter(verdicts: readonly Verdict[], guardMs: number): number {
  const deadlines = verdicts.flatMap(({ judgement, lossDueInMs: dueMs }) => [
    ...(judgement.judgeAgainInMs === null ? [] : [judgement.judgeAgainInMs]),
    ...(dueMs === null || dueMs === 0 ? [] : [dueMs]),
  ]);
  return Math.max(shortestSleepMs, Math.min(guardMs, ...deadlines));
}

/** The listening that all verdicts of one turn share; null when there is no pool. */
export function sharedListening(verdicts: readonly Verdict[]): Listening | null {
  return verdicts[0]?.evidence.listening ?? null;
}

/** A deadline that comes again and again must not become a busy loop. */
const shortestSleepMs = 2;

function minuteOfDay(time: Date): number {
  return time.getUTCHours() * 60 + time.getUTCMinutes();
}
