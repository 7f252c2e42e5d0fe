import type { PoolId, PromotionKind } from '@serverctl/core';
import { automaticKinds } from '../../memory-house.ts';
import type { Observer } from '../observer.ts';

/** A promotion as the brakes see it. */
export interface PastPromotion {
  readonly poolId: PoolId;
  readonly epoch: number;
  readonly kind: PromotionKind;
  /** R11 may count it. */
  readonly isAutomatic: boolean;
  /** R9 and R10 neither bind nor count it. */
  readonly isUnbraked: boolean;
  readonly calledAt: number;
  readonly at: number;
}

export interface PromotionLedger extends Observer {
  /** Of one pool, oldest first; those that a restored database forgot are gone. */
  ofPool(poolId: PoolId): readonly PastPromotion[];
  /** Of all pools. */
  all(): readonly PastPromotion[];
  /** Whether the database's wall clock was set in `[from, to]`: ages read for the first time after that are wrong (ADR 0015). */
  clockSetIn(from: number, to: number): boolean;
  /** When a person released the brakes last; null = nobody did. */
  brakesReleasedAt(): number | null;
}

/** The fault that sets the database's wall clock. */
const clockFault = 'database-clock-jumps';
const keptMs = 2 * 3_600_000;

export function keepPromotionLedger(): PromotionLedger {
  let past: PastPromotion[] = [];
  const clockSetAt: number[] = [];
  let releasedAt: number | null = null;
  return {
    onPromotion({ poolId, epoch, kind, decision }, { calledAt }, at) {
      const isUnbraked = decision.kind === 'promote' && decision.unbraked !== undefined;
      const isAutomatic = automaticKinds.has(kind) && kind !== 'address';
      past.push({ poolId, epoch, kind, isAutomatic, isUnbraked, calledAt, at });
      const [oldest] = past;
      if (oldest !== undefined && at - oldest.at > keptMs) past = past.filter((one) => at - one.at <= keptMs);
    },
    onRestored(lost) {
      const ids = new Set(lost.map(({ poolId, epoch }) => `${poolId} ${epoch}`));
      past = past.filter(({ poolId, epoch }) => !ids.has(`${poolId} ${epoch}`));
    },
    onFault({ kind }, at) {
      if (kind === clockFault) clockSetAt.push(at);
    },
    onOperator({ kind }, at) {
      if (kind === 'release-brakes') releasedAt = at;
    },
    brakesReleasedAt: () => releasedAt,
    ofPool: (poolId) => past.filter((one) => one.poolId === poolId),
    all: () => past,
    clockSetIn: (from, to) => clockSetAt.some((at) => at >= from && at <= to),
  };
}
