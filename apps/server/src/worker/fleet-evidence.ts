import {
  type FleetEvidence,
  type Instant,
  type MemberId,
  minuteMs,
  secondMs,
  type ZoneEvidence,
} from '@serverctl/core';
import type { AgedPromotion, Ages } from './ages.ts';
import type { Observation } from './observation.ts';
import type { PoolsRead } from './pools-read.ts';
import type { PoolWithMembers } from './ports.ts';

/*
 * Who counts for R9 (ADR 0014): enrolled, heard once, in no maintenance, silent for ten minutes at most. A member that was not heard in
 * this term of the lease is as silent as the term is old, so the brake does not lapse with a change of the loop.
 */

/** Silence counts for R9 from here, whatever the pools' delays. */
const silentAfterMs = 3 * secondMs;
/** Whoever is silent for longer is no news, and counts no more. */
const countedForMs = 10 * minuteMs;

/** The whole fleet as R9 and R10 see it at `now`. */
export function fleetEvidence(observation: Observation, pools: PoolsRead, ages: Ages, now: Instant): FleetEvidence {
  return {
    zones: zonesOf(observation, pools, ages, now),
    poolCount: pools.rows.length,
    promotionAgesMs: ages
      .promotionsOfLastMinute(now)
      .filter(countsForBrakes)
      .map(({ ageMs }) => ageMs)
      .toSorted((a, b) => a - b),
    brakesReleasedForMs: ages.brakesReleasedForMs(now),
  };
}

/** Whether any process ever heard it. The active member was heard once, or a person insisted on it: the cache may be lost. */
export function wasEverHeardOf(memberId: MemberId, row: PoolWithMembers, observation: Observation): boolean {
  return observation.member(memberId)?.everHeard === true || memberId === row.pool.activeMemberId;
}

function zonesOf(observation: Observation, pools: PoolsRead, ages: Ages, now: Instant): readonly ZoneEvidence[] {
  const zones = new Map<string, { members: number; silent: number }>();
  for (const row of pools.rows) {
    if (ages.isResting(row.pool.id, now)) continue;
    for (const { id, zone } of row.members) {
      const silentForMs = countedSilenceMs(id, row, observation, now);
      if (silentForMs === null || ages.isResting(id, now)) continue;
      const counted = zones.get(zone) ?? { members: 0, silent: 0 };
      counted.members += 1;
      if (silentForMs > silentAfterMs) counted.silent += 1;
      zones.set(zone, counted);
    }
  }
  return [...zones].map(([zone, counted]) => ({ zone, ...counted })).toSorted((a, b) => (a.zone < b.zone ? -1 : 1));
}

function countedSilenceMs(id: MemberId, row: PoolWithMembers, observation: Observation, now: Instant): number | null {
  const seen = observation.member(id);
  if (seen === undefined || !row.enrolledForMs.has(id) || !wasEverHeardOf(id, row, observation)) return null;
  const silentForMs = Math.max(0, now - seen.silence.silentSince);
  return silentForMs > countedForMs ? null : silentForMs;
}

/** An acknowledgement is R11's: it does not refill R10's limit. */
function countsForBrakes({ kind, unbraked }: AgedPromotion): boolean {
  return (kind === 'failover' || kind === 'failback') && !unbraked;
}
