import {
  failuresLastHour,
  type HealthKind,
  haproxyEvidence,
  healthyForMs,
  hearingOf,
  type Instant,
  judgeMembers,
  type Listening,
  type Member,
  type MemberEvidence,
  type MemberId,
  type PoolEvidence,
  secondMs,
} from '@serverctl/core';
import type { Observation } from './observation.ts';
import type { PoolWithMembers } from './ports.ts';

/** What the store last said of all pools, and when on our clock: its ages are older by now. */
export interface PoolsRead {
  readonly rows: readonly PoolWithMembers[];
  readonly at: Instant;
}

/** "Heard in the last 3 s" (R2, R7). */
const heardWithinMs = 3 * secondMs;
/** The least time without anybody before we say `nobody-heard` (R2). */
const nobodyHeardAtLeastMs = 30 * secondMs;

/** Every member of the fleet that has a key: only they can be heard. */
export function enrolledMembers({ rows }: PoolsRead): ReadonlySet<MemberId> {
  return new Set(rows.flatMap((row) => [...row.enrolledForMs.keys()]));
}

/** Could we have heard anybody? The same answer for every pool (R2). */
export function listeningOf(observation: Observation, pools: PoolsRead, now: Instant): Listening {
  const enrolled = enrolledMembers(pools);
  const heard = [...enrolled].filter((memberId) => heardLately(observation, memberId, now));
  const delays = pools.rows.map((row) => row.pool.failoverDelayMs);
  return {
    blindBecause: observation.blind?.because ?? null,
    blindForMs: observation.blind === null ? 0 : now - observation.blind.since,
    heardMembers: heard.length,
    enrolledMembers: enrolled.size,
    nobodyHeardForMs: nobodyHeardForMs(observation, now),
    nobodyHeardAfterMs: Math.max(nobodyHeardAtLeastMs, delays.length === 0 ? 0 : Math.min(...delays)),
  };
}

/** Nobody can be missed before somebody is enrolled: a plane that waited for its first agent has not lost it. */
function nobodyHeardForMs({ enrolledSince, latest }: Observation, now: Instant): number {
  if (enrolledSince === null) return 0;
  return now - Math.max(enrolledSince, latest.newest?.heardAt ?? Number.NEGATIVE_INFINITY);
}

/** Everything one decision about this pool may use (R14). Changes nothing: streaks are as if this health had been noted. */
export function gatherEvidence(
  row: PoolWithMembers,
  observation: Observation,
  listening: Listening,
  time: { readonly now: Instant; readonly readAt: Instant; readonly minuteOfDay: number },
): PoolEvidence {
  const sinceReadMs = time.now - time.readAt;
  const settingsChangedAt = observation.settingsChangedAt(row.pool.id);
  const evidence: PoolEvidence = {
    pool: row.pool,
    members: row.members.map((member) => memberEvidence(member, row, observation, time.now, sinceReadMs)),
    listening,
    automaticPromotionAgesMs: row.automaticPromotionAgesMs.map((ageMs) => ageMs + sinceReadMs),
    lastPromotionAgeMs: row.lastPromotionAgeMs === null ? null : row.lastPromotionAgeMs + sinceReadMs,
    ...(settingsChangedAt === undefined ? {} : { settingsAgeMs: time.now - settingsChangedAt }),
    minuteOfDay: time.minuteOfDay,
  };
  const health = judgeMembers(evidence);
  const withStreaks = evidence.members.map((member) =>
    withStreak(member, health[member.id]?.kind ?? 'unknown', observation, time.now),
  );
  return { ...evidence, members: withStreaks };
}

function memberEvidence(
  member: Member,
  row: PoolWithMembers,
  observation: Observation,
  now: Instant,
  sinceReadMs: number,
): MemberEvidence {
  const seen = observation.member(member.id);
  const enrolledForMs = row.enrolledForMs.get(member.id);
  // The active member was heard once, or a person insisted on it: the cache that says so may be lost with the database's crash.
  const everHeard = seen?.everHeard === true || member.id === row.pool.activeMemberId;
  return {
    id: member.id,
    hostname: member.hostname,
    priority: member.priority,
    monitored: member.monitored,
    publicIpv4: member.publicIpv4,
    hearing: seen === undefined ? { kind: 'never', waitedMs: 0 } : hearingOf(seen.silence, now, everHeard),
    haproxy:
      seen === undefined
        ? { kind: member.monitored ? 'unreported' : 'unmonitored' }
        : haproxyEvidence(seen.tracker, member, now),
    refusal: seen?.refusal ?? null,
    healthyForMs: 0,
    enrolledForMs: enrolledForMs === undefined ? 0 : Math.max(0, enrolledForMs) + sinceReadMs,
    failuresLastHour: 0,
  };
}

function withStreak(member: MemberEvidence, kind: HealthKind, observation: Observation, now: Instant): MemberEvidence {
  if (observation.member(member.id) === undefined) return member;
  const streak = observation.streakWith(member.id, kind, now);
  return { ...member, healthyForMs: healthyForMs(streak, now), failuresLastHour: failuresLastHour(streak, now) };
}

function heardLately(observation: Observation, memberId: MemberId, now: Instant): boolean {
  const heardAt = observation.member(memberId)?.silence.heardAt ?? null;
  return heardAt !== null && now - heardAt <= heardWithinMs;
}

/**
 * When a silence would be complete if every watermark had arrived, in ms from now: 0 = only a flush is missing (R2); null = nobody's.
 * Asked of active members alone: no other silence moves a record.
 */
export function lossDueInMs(row: PoolWithMembers, observation: Observation): number | null {
  const { activeMemberId, failoverDelayMs } = row.pool;
  const silence = activeMemberId === null ? undefined : observation.member(activeMemberId)?.silence;
  if (silence === undefined || silence.provenMs >= failoverDelayMs) return null;
  const pendingMs = silence.pending.reduce((sum, span) => sum + span.to - span.from, 0);
  return Math.max(0, failoverDelayMs - silence.provenMs - pendingMs);
}
