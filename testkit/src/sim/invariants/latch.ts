import type { PoolId } from '@serverctl/core';
import type { Invariant } from './invariant.ts';
import { troublesDatabase } from './sides.ts';

/** A latch that the database refused is tried again with each turn. */
const latchMs = 5_000;

interface Full {
  readonly at: number;
  readonly replica: string;
}

export const fullBucketLatches: Invariant = {
  id: 'I5',
  sentence: 'A pool whose bucket was found full makes no automatic promotion before a person has acknowledged.',
  rules: ['R11'],
  watch: (say, { truth, listening }) => {
    /** Since when a pool has been decided to be held, without the latch in its evidence, and by whom. */
    const full = new Map<PoolId, Full>();
    return {
      onDecision({ poolId, decision, evidence }, replica, at) {
        const isHeld = decision.kind === 'refuse' && decision.because === 'held';
        const since = full.get(poolId)?.at;
        if (isHeld && !evidence.pool.held && since === undefined && !truth.faults.some(troublesDatabase))
          full.set(poolId, { at, replica });
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
        const found = full.get(poolId);
        if (replica === null || found === undefined || at - found.at < latchMs) return;
        full.delete(poolId);
        // Who led already when another, woken, still believed that it did: nothing of that one's could be stored.
        const since = listening.termSince(replica);
        if (found.replica !== replica && since !== null && since <= found.at) return;
        say(
          at,
          `pool ${poolId} moved by itself ${Math.round(at - found.at)} ms after its bucket was full; nobody has acknowledged.`,
        );
      },
    };
  },
};
