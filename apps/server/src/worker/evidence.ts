import {
  addressFor,
  addressNeeds,
  type FleetEvidence,
  failuresLastHour,
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
  type StreakNews,
  secondMs,
  streakNews,
  type UnpublishedPromotion,
} from '@serverctl/core';
import type { AgedPromotion, Ages } from './ages.ts';
import { wasEverHeardOf } from './fleet-evidence.ts';
import type { Observation } from './observation.ts';
import type { PoolsRead } from './pools-read.ts';
import type { PoolWithMembers } from './ports.ts';

/** What every pool's evidence of one turn is made from. */
export interface EvidenceSource {
  readonly observation: Observation;
  readonly ages: Ages;
  readonly listening: Listening;
  readonly fleet: FleetEvidence;
  readonly now: Instant;
  readonly minuteOfDay: number;
  /** No call that replaces a record was ever sent under the pool's present epoch, and its names are blocked. */
  readonly isUntouched: (poolId: PoolWithMembers['pool']['id']) => boolean;
}

/** "Heard in the last 3 s" (R2, R7). */
const heardWithinMs = 3 * secondMs;
/** The least time without anybody before we say `nobody-heard` (R2). */
const nobodyHeardAtLeastMs = 30 * secondMs;

/** Could we have heard anybody? The same answer for every pool (R2). */
export function listeningOf(observation: Observation, pools: PoolsRead, now: Instant): Listening {
  let heardMembers = 0;
  for (const memberId of pools.enrolled) if (heardLately(observation, memberId, now)) heardMembers += 1;
  return {
    blindBecause: observation.blind?.because ?? null,
    blindForMs: observation.blind === null ? 0 : now - observation.blind.since,
    heardMembers,
    enrolledMembers: pools.enrolled.size,
    nobodyHeardForMs: nobodyHeardForMs(observation, now),
    nobodyHeardAfterMs: Math.max(nobodyHeardAtLeastMs, pools.smallestDelayMs),
  };
}

/** Nobody can be missed before somebody is enrolled: a plane that waited for its first agent has not lost it. */
function nobodyHeardForMs({ enrolledSince, latest }: Observation, now: Instant): number {
  if (enrolledSince === null) return 0;
  return now - Math.max(enrolledSince, latest.newest?.heardAt ?? Number.NEGATIVE_INFINITY);
}

/** Everything one decision about this pool may use (R14). Changes nothing: streaks are as if this health had been noted. */
export function gatherEvidence(row: PoolWithMembers, source: EvidenceSource): PoolEvidence {
  const { observation, ages, now } = source;
  const { id } = row.pool;
  const settingsChangedAt = observation.settingsChangedAt(id);
  const promotions = ages.promotions(id, now);
  const evidence: PoolEvidence = {
    pool: row.pool,
    members: row.members.map((member) => memberEvidence(member, row, source)),
    listening: source.listening,
    automaticPromotionAgesMs: promotions.filter(countsForBucket).map(({ ageMs }) => ageMs),
    lastPromotionAgeMs: promotions.find(countsAsMove)?.ageMs ?? null,
    addressPromotionAgesMs: promotions.filter(({ kind }) => kind === 'address').map(({ ageMs }) => ageMs),
    presentAddresses: row.present?.addresses ?? null,
    ...(settingsChangedAt === undefined ? {} : { settingsAgeMs: now - settingsChangedAt }),
    minuteOfDay: source.minuteOfDay,
    fleet: source.fleet,
    maintenanceLeftMs: ages.poolMaintenanceLeftMs(id, now),
    unpublished: unpublishedOf(row, source),
    ...(row.bindings.some(({ isLeft }) => isLeft) ? { namesLeft: true } : {}),
    needs: addressNeeds(row.bindings, row.pool.ipv6),
  };
  const health = judgeMembers(evidence);
  const withStreaks = evidence.members.map((member) =>
    withStreak(member, streakNews(health[member.id]?.kind ?? 'unknown', member, row.pool), observation, now),
  );
  return { ...evidence, members: withStreaks };
}

function memberEvidence(member: Member, row: PoolWithMembers, source: EvidenceSource): MemberEvidence {
  const { observation, ages, now } = source;
  const seen = observation.member(member.id);
  const everHeard = wasEverHeardOf(member.id, row, observation);
  return {
    id: member.id,
    hostname: member.hostname,
    priority: member.priority,
    monitored: member.monitored,
    zone: member.zone,
    publicIpv4: member.publicIpv4,
    publicIpv6: member.publicIpv6,
    hearing: seen === undefined ? { kind: 'never', waitedMs: 0 } : hearingOf(seen.silence, now, everHeard),
    haproxy:
      seen === undefined
        ? { kind: member.monitored ? 'unreported' : 'unmonitored' }
        : haproxyEvidence(seen.tracker, member, now),
    refusal: seen?.refusal ?? null,
    healthyForMs: 0,
    enrolledForMs: ages.enrolledForMs(member.id, now),
    failuresLastHour: 0,
    maintenanceLeftMs: ages.memberMaintenanceLeftMs(member.id, now),
    quarantined: row.quarantined.has(member.id),
  };
}

function withStreak(member: MemberEvidence, kind: StreakNews, observation: Observation, now: Instant): MemberEvidence {
  if (observation.member(member.id) === undefined) return member;
  const streak = observation.streakWith(member.id, kind, now);
  return { ...member, healthyForMs: healthyForMs(streak, now), failuresLastHour: failuresLastHour(streak, now) };
}

function heardLately(observation: Observation, memberId: MemberId, now: Instant): boolean {
  const heardAt = observation.member(memberId)?.silence.heardAt ?? null;
  return heardAt !== null && now - heardAt <= heardWithinMs;
}

/**
 * For R11's 10 s between two: a new address of the same member (dynamic DNS) is no move. One of unknown age hides all that were made before
 * it, so it counts whatever it was.
 */
function countsAsMove({ kind, isAgeKnown }: AgedPromotion): boolean {
  return kind !== 'address' || !isAgeKnown;
}

/** R11's bucket: automatic moves of which it is known when, until a person acknowledges them. A withdrawal undoes one and is none. */
function countsForBucket({ kind, acknowledged, isAgeKnown }: AgedPromotion): boolean {
  return (kind === 'failover' || kind === 'failback') && isAgeKnown && !acknowledged;
}

/**
 * An automatic failover that no managed name shows yet, and that no call may have put there, while all of them name the member that it
 * left (PRODUCT.md section 4, *Cases*). After two that were blocked they name neither: who comes back then is no reason to move again.
 */
function unpublishedOf(
  { pool, present, bindings, members }: PoolWithMembers,
  source: EvidenceSource,
): UnpublishedPromotion | null {
  if (present?.kind !== 'failover' || present.from === null || bindings.length === 0) return null;
  const left = members.find(({ id }) => id === present.from);
  if (left === undefined || bindings.every(({ publishedAddress }) => publishedAddress === null)) return null;
  const nameIt = bindings.every(
    ({ publishedEpoch, publishedAddress, type }) =>
      publishedEpoch < pool.epoch && publishedAddress === addressFor(left, type),
  );
  if (!nameIt) return null;
  return source.isUntouched(pool.id) ? { from: present.from } : null;
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
