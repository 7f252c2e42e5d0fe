import { minuteMs, secondMs } from '../time.ts';
import type { Decision, FleetEvidence, ZoneEvidence } from './evidence.ts';

/*
 * R9 and R10 for one automatic promotion of one pool. The first row that holds:
 *
 *   for      | the fleet                                                   | answer
 *   both     | a person released the brakes                                | free, unbraked: released
 *   failover | the active member's zone is dead                            | free, unbraked: dead-zone
 *   failback | mass silence                                                | mass-silence: looked at again in 10 s, however long it lasts
 *   failover | mass silence, the newest counted promotion is < 10 s old    | mass-silence, for the rest of the 10 s
 *   both     | max(10, 20 % of the pools) counted promotions within 60 s   | velocity, until the oldest of so many is 60 s old
 *   both     | else                                                        | free
 *
 * Mass silence: >= 55 % of all counted members, and at least 3, are silent, over all zones together. A zone is dead: >= 90 % of its >= 3
 * members are silent while another zone has < 10 % silent - then the fault is there and not ours, and its pools are to leave it quickly.
 * A failback is never urgent, so it gets none of the promotions that mass silence lets pass, and no dead zone excuses it.
 *
 * A withdrawal and a new address of the same member (dynamic DNS) move no traffic: they are neither braked nor counted.
 * What is unbraked is not counted either (`countPromotion`): a dead zone must not use up what the rest may need.
 */

/** R9's and R10's figures. Shares are whole per cents. */
export const fleetLimits = {
  massSilence: { leastPercent: 55, leastMembers: 3, apartMs: 10 * secondMs },
  deadZone: { leastPercent: 90, leastMembers: 3, otherBelowPercent: 10 },
  velocity: { withinMs: minuteMs, least: 10, percentOfPools: 20 },
} as const;

/** Counted members of all zones together, and how many of them are silent for more than 3 s. */
export interface FleetTally {
  readonly members: number;
  readonly silent: number;
}

/** Whether R9 and R10 let an automatic promotion happen now; `leftMs` counts down by time alone. */
export type FleetBrake =
  | { readonly kind: 'free'; readonly unbraked?: 'dead-zone' | 'released' }
  | { readonly kind: 'mass-silence'; readonly leftMs: number }
  | { readonly kind: 'velocity'; readonly leftMs: number };

/** R9 and R10 for a failover of a pool whose active member lies in `zone`. */
export function brakeFailover(fleet: FleetEvidence, zone: string): FleetBrake {
  if (isDeadZone(fleet.zones, zone)) return { kind: 'free', unbraked: 'dead-zone' };
  if (isReleased(fleet)) return { kind: 'free', unbraked: 'released' };
  const apartLeftMs = untilApartMs(fleet);
  if (apartLeftMs > 0 && isMassSilence(fleet.zones)) return { kind: 'mass-silence', leftMs: apartLeftMs };
  return brakeVelocity(fleet);
}

/** R9 and R10 for a failback. */
export function brakeFailback(fleet: FleetEvidence): FleetBrake {
  if (isReleased(fleet)) return { kind: 'free', unbraked: 'released' };
  if (isMassSilence(fleet.zones)) return { kind: 'mass-silence', leftMs: fleetLimits.massSilence.apartMs };
  return brakeVelocity(fleet);
}

/** The fleet as the pools judged later in the same turn see it: R9 and R10 count each promotion that they bind. */
export function countPromotion(fleet: FleetEvidence, decision: Decision): FleetEvidence {
  if (decision.kind !== 'promote' || decision.unbraked !== undefined) return fleet;
  if (decision.because === 'withdrawn' || decision.because === 'address-changed') return fleet;
  return { ...fleet, promotionAgesMs: [0, ...fleet.promotionAgesMs] };
}

/** Members and silent members of all zones together. */
export function tallyFleet(zones: readonly ZoneEvidence[]): FleetTally {
  let members = 0;
  let silent = 0;
  for (const zone of zones) {
    members += zone.members;
    silent += zone.silent;
  }
  return { members, silent };
}

/** Whether so many members are silent at once that the fault may be ours (R9). */
export function isMassSilence(zones: readonly ZoneEvidence[]): boolean {
  const { leastPercent, leastMembers } = fleetLimits.massSilence;
  const { members, silent } = tallyFleet(zones);
  return silent >= leastMembers && silent * 100 >= members * leastPercent;
}

/** The zones that are silent while another one is heard (R9). */
export function deadZones(zones: readonly ZoneEvidence[]): readonly string[] {
  return zones.filter(({ zone }) => isDeadZone(zones, zone)).map(({ zone }) => zone);
}

/** How many automatic promotions a fleet of so many pools may make in a minute (R10). */
export function velocityLimit(poolCount: number): number {
  const { least, percentOfPools } = fleetLimits.velocity;
  return Math.max(least, Math.floor((poolCount * percentOfPools) / 100));
}

/** The counted promotions of the last minute. */
export function countedPromotions({ promotionAgesMs }: FleetEvidence): number {
  return promotionAgesMs.filter((ageMs) => ageMs < fleetLimits.velocity.withinMs).length;
}

/** Time until R10 has room for one more; 0 when it has. */
export function untilVelocityMs({ promotionAgesMs, poolCount }: FleetEvidence): number {
  const limit = velocityLimit(poolCount);
  if (promotionAgesMs.length < limit) return 0;
  const decisiveAgeMs = promotionAgesMs.toSorted((a, b) => a - b)[limit - 1] ?? 0;
  return Math.max(0, fleetLimits.velocity.withinMs - decisiveAgeMs);
}

/** Whether a person's release of both brakes still lasts. */
export function isReleased({ brakesReleasedForMs }: FleetEvidence): boolean {
  return brakesReleasedForMs !== null && brakesReleasedForMs > 0;
}

function brakeVelocity(fleet: FleetEvidence): FleetBrake {
  const leftMs = untilVelocityMs(fleet);
  return leftMs > 0 ? { kind: 'velocity', leftMs } : { kind: 'free' };
}

/** Time until the newest counted promotion is 10 s old; 0 when it is, or when there was none. */
function untilApartMs({ promotionAgesMs }: FleetEvidence): number {
  return Math.max(0, fleetLimits.massSilence.apartMs - Math.min(...promotionAgesMs));
}

function isDeadZone(zones: readonly ZoneEvidence[], name: string): boolean {
  const { leastPercent, leastMembers, otherBelowPercent } = fleetLimits.deadZone;
  const own = zones.find(({ zone }) => zone === name);
  if (own === undefined || own.members < leastMembers || own.silent * 100 < own.members * leastPercent) return false;
  return zones.some((other) => other.zone !== name && other.silent * 100 < other.members * otherBelowPercent);
}
