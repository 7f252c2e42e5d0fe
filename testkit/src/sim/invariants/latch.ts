import type { PoolId } from '@serverctl/core';
import type { Invariant } from './invariant.ts';
import { troublesDatabase } from './sides.ts';

/** A latch that the database refused is tried again with each turn. */
const latchMs = 5_000;

export const fullBucketLatches: Invariant = {
  id: 'I5',
  sentence: 'A pool whose bucket was found full makes no automatic promotion before a person has acknowledged.',
  rules: ['R11'],
  watch: (say, { truth }) => {
    /** Since when a pool has been decided to be held, without the latch in its evidence. */
    const full = new Map<PoolId, number>();
    return {
      onDecision({ poolId, decision, evidence }, _replica, at) {
        const isHeld = decision.kind === 'refuse' && decision.because === 'held';
        const since = full.get(poolId);
        if (isHeld && !evidence.pool.held && since === undefined && !truth.faults.some(troublesDatabase))
          full.set(poolId, at);
        if (!isHeld && since !== undefined && at - since < latchMs) full.delete(poolId);
      },
      onFault(fault) {
        if (troublesDatabase(fault)) full.clear();
      },
      onOperator({ kind, poolId }) {
        if (kind === 'acknowledge' && poolId !== null) full.delete(poolId);
      },
      onRestored: () => full.clear(),
      onPromotion({ poolId }, { replica }, at) {
        const since = full.get(poolId);
        if (replica === null || since === undefined || at - since < latchMs) return;
        full.delete(poolId);
        say(
          at,
          `pool ${poolId} moved by itself ${Math.round(at - since)} ms after its bucket was full; nobody has acknowledged.`,
        );
      },
    };
  },
};
