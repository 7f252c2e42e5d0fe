import { isInForce } from '../../memory-house.ts';
import { mayMisjudgeAge } from './first-sight.ts';
import { countFleet, type ZoneCount } from './fleet-count.ts';
import type { Invariant } from './invariant.ts';
import type { PastPromotion } from './promotion-ledger.ts';
import { type Committed, watchPromotions } from './promotion-watch.ts';

/*
 * R9 and R10 for failovers and failbacks. Members at the edge of 3 s may be counted either way by an honest loop, so a breach is one
 * under the reading that is kindest to it.
 */

const apartMs = 10_000;
const roundingMs = 2;
const velocity = { withinMs: 60_000, least: 10, share: 0.2 } as const;
const mass = { share: 0.55, least: 3 } as const;
const dead = { share: 0.9, least: 3, othersBelow: 0.1 } as const;

export const fleetIsBraked: Invariant = {
  id: 'I5',
  sentence:
    'Under mass silence one promotion in 10 s; at most max(10, 20 % of the pools) in a minute; a dead zone or a release excepts one only where there is one.',
  rules: ['R9', 'R10'],
  watch: (say, ledgers) =>
    watchPromotions(say, ledgers, (committed) => {
      const { decision, kind } = committed.promotion;
      if (kind === 'withdrawal' || decision.kind !== 'promote') return [];
      if (decision.unbraked === 'dead-zone') return judgeDeadZone(committed);
      if (decision.unbraked === 'released') return judgeRelease(committed);
      return [...judgeMass(committed), ...judgeVelocity(committed)];
    }),
};

function judgeMass(committed: Committed): readonly string[] {
  const zones = countFleet(committed);
  const silent = sum(zones, ({ silentLeast }) => silentLeast);
  const members = sum(zones, ({ most }) => most);
  if (silent < mass.least || silent < mass.share * members) return [];
  const last = countedBefore(committed).at(-1);
  if (last === undefined || committed.calledAt - last.at >= apartMs - roundingMs) return [];
  return [
    `${silent} of ${members} members are silent, and another promotion was ${Math.round(committed.calledAt - last.at)} ms ago.`,
  ];
}

function judgeVelocity(committed: Committed): readonly string[] {
  const limit = Math.max(velocity.least, Math.floor(velocity.share * committed.truth.house.pools.size));
  const recent = countedBefore(committed).filter(({ at }) => committed.calledAt - at < velocity.withinMs - roundingMs);
  return recent.length < limit
    ? []
    : [`${recent.length} promotions of the fleet came before it within a minute; ${limit} may.`];
}

function judgeDeadZone(committed: Committed): readonly string[] {
  const { promotion, truth } = committed;
  const zones = countFleet(committed);
  const zone = promotion.from === null ? undefined : truth.house.members.get(promotion.from)?.zone;
  const own = zones.find((one) => one.zone === zone);
  const canBeDead =
    own !== undefined && own.most >= dead.least && own.silentMost >= dead.share * Math.max(dead.least, own.least);
  const canBeAlone = zones.some((other) => other.zone !== zone && isAlive(other));
  return canBeDead && canBeAlone ? [] : [`the zone ${zone} is not dead: ${JSON.stringify(zones)}.`];
}

function isAlive({ most, silentLeast }: ZoneCount): boolean {
  return most >= 1 && silentLeast < dead.othersBelow * most;
}

function judgeRelease({ truth, promotion, promotions, at }: Committed): readonly string[] {
  const { brakeRelease } = truth.house;
  // A release that ended while the transaction was on its way was in force when it was decided.
  if (isInForce(brakeRelease, promotion.at - releaseLagMs) || isInForce(brakeRelease, promotion.at)) return [];
  const releasedAt = promotions.brakesReleasedAt();
  // Its end is told by the database's clock, and counted down by the loop's (ADR 0015).
  if (releasedAt !== null && promotions.clockSetIn(releasedAt, at)) return [];
  return ['no person has released the brakes.'];
}

/** Reads of the release may be this old. */
const releaseLagMs = 10_000;

function countedBefore(committed: Committed): readonly PastPromotion[] {
  return committed.promotions
    .all()
    .filter(({ kind, isUnbraked }) => (kind === 'failover' || kind === 'failback') && !isUnbraked)
    .filter(({ at }) => !mayMisjudgeAge(committed, at));
}

function sum(zones: readonly ZoneCount[], of: (zone: ZoneCount) => number): number {
  return zones.reduce((total, zone) => total + of(zone), 0);
}
