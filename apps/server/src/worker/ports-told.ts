import type { BindingId, EventKind, MemberId, PoolId } from '@serverctl/core';

/* What people were told, as whoever begins to lead reads it (told-before.ts). */

/** An event of which people were told: of what turns, and ends (still-open.ts). */
export interface Told {
  readonly kind: EventKind;
  readonly poolId: PoolId | null;
  readonly memberId: MemberId | null;
  /** Where it is a name's. */
  readonly bindingId: BindingId | null;
  /** The promotion that it was told of, where it is a name's. */
  readonly epoch: number | null;
}

/** Of which people were not told yet that it is over; of one thread (`threadOf`) each kind once, as it was told last. */
export type OpenTrouble = Told;

/** The ends that whoever leads tells of. */
export const turnEnds: readonly EventKind[] = [
  'member.healthy',
  'member.maintenance-over',
  'pool.recovered',
  'pool.maintenance-over',
  'dns.recovered',
  'dns.complete',
  'fleet.heard-again',
  'fleet.mass-silence-over',
  'fleet.velocity-over',
];
