import type { Instant, PoolId } from '@serverctl/core';
import type { Clock } from '../platform/clock.ts';
import type { PoolStatusRow, PoolStore, WorkerLog } from './ports.ts';
import type { Verdict } from './verdict.ts';

/*
 * Judgements for whoever looks: on a change at once, else once a second (ages grow), never more than once a second for one pool, one
 * write at a time. The loop never waits for it, and a failed write is only logged: it is a cache that may vanish.
 */

const everyMs = 1_000;

export interface StatusWriter {
  write(verdicts: readonly Verdict[], frozenTicks: number): void;
}

export function createStatusWriter(clock: Clock, store: PoolStore, log: WorkerLog): StatusWriter {
  const writtenAt = new Map<PoolId, Instant>();
  let writing = false;

  function due(verdicts: readonly Verdict[], now: Instant): readonly Verdict[] {
    return verdicts.filter(({ row }) => now - (writtenAt.get(row.pool.id) ?? Number.NEGATIVE_INFINITY) >= everyMs);
  }

  return {
    write(verdicts, frozenTicks) {
      const now = clock.now();
      const rows = due(verdicts, now).map(({ row, judgement, evidence }): PoolStatusRow => {
        return { poolId: row.pool.id, judgement, evidence, frozenTicks };
      });
      if (writing || rows.length === 0) return;
      for (const { poolId } of rows) writtenAt.set(poolId, now);
      writing = true;
      store
        .storeStatus(rows)
        .catch((error: unknown) => log.warn({ err: error }, 'The status of the pools could not be stored.'))
        .finally(() => {
          writing = false;
        });
    },
  };
}
