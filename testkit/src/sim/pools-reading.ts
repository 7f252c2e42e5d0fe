import type { PoolId } from '@serverctl/core';
import type { PoolWithMembers } from '../../../apps/server/src/worker/ports.ts';

/** What one process knows of its pools' epochs: its loop takes the rows in when both of its questions are answered (lookout.ts). */
export interface PoolsReading {
  /** Passes the answer on, and notes it. */
  rows(asked: Promise<readonly PoolWithMembers[]>): Promise<readonly PoolWithMembers[]>;
  /** The question that goes beside it. */
  beside<Answer>(asked: Promise<Answer>): Promise<Answer>;
  epochOf(poolId: PoolId): number | null;
}

/** The loop's own limit: what comes later it does not take in. */
const readWithinMs = 1_000;

export function poolsReading(now: () => number): PoolsReading {
  const known = new Map<PoolId, number>();
  let last: Promise<readonly PoolWithMembers[]> | null = null;

  return {
    rows(asked) {
      last = asked;
      return asked;
    },
    beside(asked) {
      const rows = last;
      const askedAt = now();
      last = null;
      Promise.all([rows, asked]).then(
        ([answered]) => {
          if (now() - askedAt >= readWithinMs) return;
          for (const { pool } of answered ?? []) known.set(pool.id, pool.epoch);
        },
        () => undefined, // told to whoever asked
      );
      return asked;
    },
    epochOf: (poolId) => known.get(poolId) ?? null,
  };
}
