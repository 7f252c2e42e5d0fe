import type { BrakesView } from '@serverctl/contract';
import {
  countedPromotions,
  deadZones,
  type FleetEvidence,
  isMassSilence,
  type Judgement,
  type PoolEvidence,
  tallyFleet,
  untilVelocityMs,
  velocityLimit,
} from '@serverctl/core';
import type { PresentRelease } from '../../db/repositories/brakes.ts';
import type { PoolRow, PoolStatusStored } from '../../db/repositories/pools.ts';
import { agedSentence } from './judgement-age.ts';

export interface BrakesInput {
  readonly statuses: readonly PoolStatusStored[];
  readonly pools: readonly PoolRow[];
  readonly release: PresentRelease | null;
  readonly now: Date;
  /** Whose pools and zones are named. The figures are of the whole fleet for everybody: they say why one's own pool waits. */
  readonly readable: 'all' | ReadonlySet<string>;
}

const howToRelease = 'serverctl brakes release --reason "…" lets every failover pass for 10 minutes.';

/**
 * The figures of the last judgement of any pool: R9 and R10 see the same fleet for all of them. While no failover loop judges, nothing is
 * known of now: an old judgement is told by its age, never as if it held.
 */
export function brakesView({ statuses, pools, release, now, readable }: BrakesInput): BrakesView {
  const latest = statuses.toSorted((a, b) => b.at.getTime() - a.at.getTime())[0];
  const unjudged = unjudgedSentence(latest, now);
  const fleet = latest === undefined || unjudged !== null ? nobody(pools.length) : fleetOf(latest, now);
  const massSilence = isMassSilence(fleet.zones);
  const velocity = untilVelocityMs(fleet) > 0;
  const judged = statuses.filter(({ at }) => agedSentence(at, now, 'it') === null);
  const isReadable = (poolId: string) => readable === 'all' || readable.has(poolId);
  const braked = brakedPools(judged, pools).filter(({ poolId }) => isReadable(poolId));
  const named = readable === 'all' ? null : zonesOf(statuses.filter(({ pool_id: poolId }) => isReadable(poolId)));
  const dead = new Set(deadZones(fleet.zones));
  const tally = tallyFleet(fleet.zones);
  return {
    sentence: sentenceOf({ fleet, massSilence, velocity, released: release !== null, unjudged }),
    released: release === null ? null : releaseView(release),
    massSilence: {
      holds: massSilence && release === null,
      ...tally,
      zones: fleet.zones
        .filter(({ zone }) => named?.has(zone) ?? true)
        .map((zone) => ({ ...zone, dead: dead.has(zone.zone) })),
    },
    velocity: {
      holds: velocity && release === null,
      promotions: countedPromotions(fleet),
      limit: velocityLimit(fleet.poolCount),
    },
    braked,
    judgedAt: latest?.at.toISOString() ?? null,
    howToRelease,
  };
}

/** Null while the last judgement is fresh. */
function unjudgedSentence(latest: PoolStatusStored | undefined, now: Date): string | null {
  if (latest === undefined) return 'No failover loop has judged any pool yet.';
  return agedSentence(latest.at, now, 'any pool');
}

function releaseView({ until_at: until, actor: by, reason }: PresentRelease): BrakesView['released'] {
  return { until: until.toISOString(), by, reason };
}

/** Written by our own loop from these very types; the promotions have grown older since. */
function fleetOf({ evidence, at }: PoolStatusStored, now: Date): FleetEvidence {
  const { fleet } = evidence as PoolEvidence;
  const ageMs = Math.max(0, now.getTime() - at.getTime());
  return { ...fleet, promotionAgesMs: fleet.promotionAgesMs.map((one) => one + ageMs) };
}

function zonesOf(statuses: readonly PoolStatusStored[]): ReadonlySet<string> {
  return new Set(statuses.flatMap(({ evidence }) => (evidence as PoolEvidence).members.map(({ zone }) => zone)));
}

function nobody(poolCount: number): FleetEvidence {
  return { zones: [], poolCount, promotionAgesMs: [], brakesReleasedForMs: null };
}

function brakedPools(statuses: readonly PoolStatusStored[], pools: readonly PoolRow[]): BrakesView['braked'] {
  const names = new Map(pools.map((pool) => [pool.id, pool.name]));
  return statuses.flatMap(({ pool_id: poolId, judgement }) => {
    const { decision } = judgement as Judgement;
    const pool = names.get(poolId);
    if (pool === undefined || decision.kind !== 'wait') return [];
    if (decision.because !== 'mass-silence' && decision.because !== 'velocity') return [];
    return [{ poolId, pool, because: decision.because }];
  });
}

interface Held {
  readonly fleet: FleetEvidence;
  readonly massSilence: boolean;
  readonly velocity: boolean;
  readonly released: boolean;
  /** Why nothing is known of now; null = something is. */
  readonly unjudged: string | null;
}

function sentenceOf({ fleet, massSilence, velocity, released, unjudged }: Held): string {
  if (unjudged !== null) return released ? `${unjudged} A person released the brakes.` : unjudged;
  const { members, silent } = tallyFleet(fleet.zones);
  const limit = velocityLimit(fleet.poolCount);
  const held = [
    massSilence && `${silent} of ${members} members are silent: one failover every 10 seconds`,
    velocity && `${countedPromotions(fleet)} failovers within a minute: no more than ${limit} are made`,
  ].filter((part) => part !== false);
  if (released) {
    const instead = held.length === 0 ? '' : ` Without that: ${held.join('; ')}.`;
    return `A person released the brakes, so no failover is held back.${instead}`;
  }
  if (held.length === 0) return `Nothing is held back: ${silent} of ${members} members are silent.`;
  return `${held.join('; ')}.`;
}
