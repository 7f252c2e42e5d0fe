import type { MemberId, PoolId } from '@serverctl/core';

/** Whose trouble a fault is: invariant I10 is about those of `control-plane` alone. */
export type FaultSide = 'control-plane' | 'host' | 'network' | 'provider' | 'person';

export interface FaultEvent {
  /** Of its kind in this world: `begin` and `end` of one fault bear the same. */
  readonly id: number;
  /** As in the catalogue (fault-catalogue.ts). */
  readonly kind: string;
  readonly phase: 'begin' | 'end';
  readonly side: FaultSide;
  readonly poolId: PoolId | null;
  /** Null = none, or many: hosts are then told one by one by what strikes them, and a fault of the network is everybody's. */
  readonly memberId: MemberId | null;
  readonly replica: string | null;
  /** Lasts no time: a restart, an edit, a jump. Its `end` follows at once. */
  readonly momentary: boolean;
}
