import { type Instant, type Judgement, judge, type PoolEvidence, silenceOf, streakNews } from '@serverctl/core';
import type { Clock } from '../platform/clock.ts';
import { type EvidenceSource, gatherEvidence, listeningOf, lossDueInMs } from './evidence.ts';
import { fleetEvidence } from './fleet-evidence.ts';
import type { Sight } from './lookout.ts';
import type { PoolWithMembers } from './ports.ts';

/** One pool judged on one sight of the fleet, with the evidence it was judged on (R14). */
export interface Verdict {
  readonly row: PoolWithMembers;
  readonly evidence: PoolEvidence;
  readonly judgement: Judgement;
  /** When the active member's silence would be complete if all watermarks had arrived; 0 = only a flush is missing. */
  readonly lossDueInMs: number | null;
  /** The instant of the sight. */
  readonly judgedAt: Instant;
}

/** What all pools of one turn share. */
export function shareEvidence(sight: Sight, clock: Clock, isUntouched: EvidenceSource['isUntouched']): EvidenceSource {
  const { observation, pools, ages, at } = sight;
  return {
    observation,
    ages,
    listening: listeningOf(observation, pools, at),
    fleet: fleetEvidence(observation, pools, ages, at),
    now: at,
    minuteOfDay: minuteOfDay(clock.wallTime()),
    isUntouched,
  };
}

export function judgePool(row: PoolWithMembers, source: EvidenceSource): Verdict {
  const evidence = gatherEvidence(row, source);
  return {
    row,
    evidence,
    judgement: judge(evidence),
    lossDueInMs: lossDueInMs(row, source.observation),
    judgedAt: source.now,
  };
}

/**
 * Keeps the health that these verdicts found in the members' streaks. Not for a judgement that a flush is about to replace: between the
 * last watermark and that flush every loss looks unheard for a moment.
 */
export function noteHealth(verdicts: readonly Verdict[], { observation }: Sight): void {
  for (const { judgement, evidence, judgedAt } of verdicts) {
    for (const member of evidence.members) {
      if (observation.member(member.id) === undefined) continue;
      const kind = judgement.health[member.id]?.kind ?? 'unknown';
      observation.noteHealth(member.id, streakNews(kind, member, evidence.pool), judgedAt);
    }
  }
}

/** Whether one more flush could change or confirm what is about to be done (R2: asked for before a loss is acted on). */
export function needsFlush({ judgement, lossDueInMs: dueMs, evidence }: Verdict): boolean {
  if (evidence.listening.blindBecause !== null) return false;
  return judgement.decision.kind === 'promote' || dueMs === 0;
}

/** When this verdict could change by time alone; infinite when only news can change it (R6). */
export function holdsUntil({ judgement, lossDueInMs: dueMs, judgedAt }: Verdict): Instant {
  const againInMs = judgement.judgeAgainInMs ?? Number.POSITIVE_INFINITY;
  return judgedAt + Math.min(againInMs, dueMs === null || dueMs === 0 ? Number.POSITIVE_INFINITY : dueMs);
}

/** How long the loop may sleep from `now`: until the first deadline of any pool (R6), at most `guardMs`. */
export function sleepAfter(verdicts: readonly Verdict[], guardMs: number, now: Instant): number {
  let until = now + guardMs;
  for (const verdict of verdicts) until = Math.min(until, holdsUntil(verdict));
  return Math.max(shortestSleepMs, until - now);
}

/** How long the trouble that a promotion answers has lasted, in ms; 0 for a failback. */
export function troubleForMs({ row, judgement, evidence }: Verdict): number {
  const { decision } = judgement;
  const active = evidence.members.find((member) => member.id === row.pool.activeMemberId);
  if (decision.kind !== 'promote' || active === undefined) return 0;
  if (decision.because === 'heartbeat-lost') return silenceOf(active.hearing).trueMs;
  return decision.because === 'haproxy-inactive' && active.haproxy.kind === 'inactive' ? active.haproxy.forMs : 0;
}

/** A deadline that comes again and again must not become a busy loop. */
const shortestSleepMs = 2;

function minuteOfDay(time: Date): number {
  return time.getUTCHours() * 60 + time.getUTCMinutes();
}
