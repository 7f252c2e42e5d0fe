import { silenceOf, wasEverHeard } from '../health/hearing.ts';
import { antiFlapping, judgeBrake } from './brakes.ts';
import type { Decision, MemberEvidence, PoolEvidence } from './evidence.ts';
import { untilWindowEdgeMs } from './failback.ts';
import { neededHealthMs, readinessLimits } from './readiness.ts';

/*
 * Every threshold that evidence can cross by time alone, as the ms left until it does, assuming that we listen (R6). It may be too early,
 * never too late: listening that freezes makes silence slower, not faster. Silence of the fleet (R9) is no threshold of this evidence:
 * it comes and goes with news.
 */

/** Is told of thresholds, in ms from now; those that are behind us are nothing. */
type Note = (leftMs: number) => void;

/** When the judgement of this evidence could change by time alone, in ms from now; null when only news can change it. */
export function judgeAgainInMs(evidence: PoolEvidence, decision: Decision): number | null {
  let soonestMs = Number.POSITIVE_INFINITY;
  const note: Note = (leftMs) => {
    if (leftMs > 0 && leftMs < soonestMs) soonestMs = leftMs;
  };
  if (decision.kind === 'wait') note(Math.max(1, decision.forMs));
  for (const member of evidence.members) noteMember(member, evidence, note);
  notePool(evidence, note);
  // what R9 and R10 let through next is the wait's own time
  if (evidence.fleet.brakesReleasedForMs !== null) note(evidence.fleet.brakesReleasedForMs);
  return soonestMs === Number.POSITIVE_INFINITY ? null : soonestMs;
}

function noteMember(member: MemberEvidence, { pool }: PoolEvidence, note: Note): void {
  const { hearing, haproxy } = member;
  if (wasEverHeard(hearing)) {
    const { provenMs, trueMs } = silenceOf(hearing);
    note(pool.failoverDelayMs - provenMs);
    note(pool.failoverDelayMs - trueMs);
  }
  // heard *within* 3 s: the first instant past it
  if (hearing.kind === 'heard') note(readinessLimits.heardWithinMs + 1 - hearing.silentMs);
  if (haproxy.kind === 'inactive') note(pool.haproxyGraceMs - haproxy.forMs);
  if (haproxy.kind === 'neutral') note(haproxy.leftMs);
  if (member.healthyForMs > 0) note(neededHealthMs(member) - member.healthyForMs);
  note(readinessLimits.newlyEnrolledMs - member.enrolledForMs);
  if (member.maintenanceLeftMs !== null) note(member.maintenanceLeftMs);
}

function notePool(evidence: PoolEvidence, note: Note): void {
  const { listening, lastPromotionAgeMs, pool } = evidence;
  note(listening.nobodyHeardAfterMs - listening.nobodyHeardForMs);
  if (lastPromotionAgeMs !== null) note(antiFlapping.apartMs - lastPromotionAgeMs);
  const brake = judgeBrake(evidence);
  if (brake.kind === 'exhausted') note(brake.leftMs);
  if (pool.failback.policy === 'automatic') note(untilWindowEdgeMs(pool.failback.window, evidence.minuteOfDay));
  if (evidence.maintenanceLeftMs !== null) note(evidence.maintenanceLeftMs);
}
