import type { PoolId } from '@serverctl/core';
import type { Invariant } from './invariant.ts';
import { troublesDatabase } from './sides.ts';

/** A latch that the database refused is tried again with each turn. */
const latchMs = 5_000;

interface Full {
  readonly at: number;
  readonly poolId: PoolId;
  readonly replica: string;
}

export const fullBucketLatches: Invariant = {
  id: 'I5',
  sentence: 'A pool whose bucket was found full makes no automatic promotion before a person has acknowledged.',
  rules: ['R11'],
  watch: (say, { truth, listening }) => {
    /** Since when a pool has been decided to be held, without the latch in its evidence, by each who found so. */
    const full = new Map<string, Full>();
    const keyOf = (poolId: PoolId, replica: string) => `${poolId} ${replica}`;
    const foundOf = (poolId: PoolId) => [...full.values()].filter((one) => one.poolId === poolId);
    const forget = (one: Full) => full.delete(keyOf(one.poolId, one.replica));
    /** Who led already when another, woken, still believed that it did: nothing of that one's could be stored. */
    const isVoidFor = (replica: string, found: Full) => {
      const since = listening.termSince(replica);
      return found.replica !== replica && since !== null && since <= found.at;
    };
    return {
      onDecision({ poolId, decision, evidence }, replica, at) {
        const isHeld = decision.kind === 'refuse' && decision.because === 'held';
        const key = keyOf(poolId, replica);
        if (isHeld && !evidence.pool.held && !full.has(key) && !truth.faults.some(troublesDatabase))
          full.set(key, { at, poolId, replica });
        if (isHeld) return;
        for (const found of foundOf(poolId)) if (at - found.at < latchMs && !isVoidFor(replica, found)) forget(found);
      },
      onFault(fault) {
        if (troublesDatabase(fault)) full.clear();
      },
      onOperator({ kind, poolId }) {
        if (kind === 'acknowledge' && poolId !== null) for (const found of foundOf(poolId)) forget(found);
      },
      onRestored: () => full.clear(),
      onPromotion({ poolId, kind }, { replica }, at) {
        if (replica === null || kind === 'address') return;
        const due = foundOf(poolId).filter((found) => at - found.at >= latchMs);
        for (const found of due) forget(found);
        const [first] = due.filter((found) => !isVoidFor(replica, found));
        if (first === undefined) return;
        say(
          at,
          `pool ${poolId} moved by itself ${Math.round(at - first.at)} ms after its bucket was full; nobody has acknowledged.`,
        );
      },
    };
  },
};
