import type { MemberId, PoolId, PromotionId, PromotionKind, PublicAddresses } from '@serverctl/core';

/* What the store tells of a pool's promotions and maintenances, by a clock that may be set (ADR 0015). */

/** One promotion of the last hour, or the newest one. */
export interface RecentPromotion {
  readonly epoch: number;
  /** By the database's clock when it was read; null = that clock stands before it, so nobody knows. */
  readonly ageMs: number | null;
  readonly kind: PromotionKind;
  /** A person has acknowledged it: R11's bucket does not count it any more. */
  readonly acknowledged: boolean;
  /** Made outside of R9 and R10, which do not count it. */
  readonly unbraked: boolean;
}

/** The promotion that made the present epoch. */
export interface PresentPromotion {
  readonly id: PromotionId;
  readonly kind: PromotionKind;
  readonly from: MemberId | null;
  /** What it gave the records (ADR 0009). */
  readonly addresses: PublicAddresses;
}

/** A maintenance that a person began, for as long as the store has it: it is over when it was ended there (R13). */
export interface Maintenance {
  /** Names this one: begun anew, as to extend it, it is another. */
  readonly stamp: string;
  /** What is left by the database's clock when it was read. 0 or less = over by that clock, which may have been set: it ends nothing alone. */
  readonly leftMs: number;
}

/** A maintenance that is over by the loop's own clock. */
export interface OverMaintenance {
  readonly poolId: PoolId;
  /** Null = the pool's. */
  readonly memberId: MemberId | null;
  readonly stamp: string;
}
