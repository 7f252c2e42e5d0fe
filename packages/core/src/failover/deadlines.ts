import { silenceOf, wasEverHeard } from '../health/hearing.ts';
import { antiFlapping, judgeBrake } from './brakes.ts';
import type { Decision, MemberEvidence, PoolEvidence } from './evidence.ts';
import { untilWindowEdgeMs } from './failback.ts';
import { neededHealthMs, readinessLimits } from './readiness.ts';

/*
 * Every threshold that evidence can cross by time alone, as the ms left until it does, assuming that we listen (R6). It may be too early,
 * never too late: listening that freezes makes silence slower, not faster.
 */

/** When the judgement of this evidence could change by time alone, in ms from now; null when only news can change it. */
export function judgeAgainInMs(evidence: PoolEvidence, decision: Decision): number | null {
  const ahead = [
    ...(decision.kind === 'wait' ? [Math.max(1, decision.forMs)] : []),
    ...evidence.members.flatMap((member) => memberDeadlines(member, evidence)),
    ...poolDeadlines(evidence),
  ].filter((ms) => ms > 0);
  return ahead.length === 0 ? null : Math.min(...ahead);
}

function memberDeadlines(member: MemberEvidence, { pool }: PoolEvidence): readonly number[] {
  const { hearing, haproxy } = member;
  const silence = silenceOf(hearing);
  return [
    ...(wasEverHeard(hearing) ? [pool.failoverDelayMs - silence.provenMs, pool.failoverDelayMs - silence.trueMs] : []),
    // heard *within* 3 s: the first instant past it
    ...(hearing.kind === 'heard' ? [readinessLimits.heardWithinMs + 1 - hearing.silentMs] : []),
    ...(haproxy.kind === 'inactive' ? [pool.haproxyGraceMs - haproxy.forMs] : []),
    ...(haproxy.kind === 'neutral' ? [haproxy.leftMs] : []),
    ...(member.healthyForMs > 0 ? [neededHealthMs(member) - member.healthyForMs] : []),
    readinessLimits.newlyEnrolledMs - member.enrolledForMs,
  ];
}

function poolDeadlines(evidence: PoolEvidence): readonly number[] {
  const { listening, lastPromotionAgeMs, pool } = evidence;
  const brake = judgeBrake(evidence);
  return [
    listening.nobodyHeardAfterMs - listening.nobodyHeardForMs,
    ...(lastPromotionAgeMs === null ? [] : [antiFlapping.apartMs - lastPromotionAgeMs]),
    ...(brake.kind === 'exhausted' ? [brake.leftMs] : []),
    ...(pool.failback.policy === 'automatic' ? [untilWindowEdgeMs(pool.failback.window, evidence.minuteOfDay)] : []),
  ];
}
