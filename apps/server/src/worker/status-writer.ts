import type { Instant, Judgement, PoolId } from '@serverctl/core';
import type { Clock } from '../platform/clock.ts';
import type { PoolStatusRow, PoolStore, WorkerLog } from './ports.ts';
import type { Verdict } from './verdict.ts';

/*
 * Judgements for whoever looks: on a change at once, else once a second (ages grow), of one pool never more than one change a second, one
 * write at a time. Whoever shows pools is told of a change with its write. The loop never waits for it, and a failed write is only logged: it is a cache that may vanish.
 */

const everyMs = 1_000;

export interface StatusWriter {
  write(verdicts: readonly Verdict[], frozenTicks: number): void;
}

export function createStatusWriter(clock: Clock, store: PoolStore, log: WorkerLog): StatusWriter {
  const written = new Map<PoolId, Written>();
  let writing = false;

  return {
    write(verdicts, frozenTicks) {
      if (writing) return;
      const now = clock.now();
      const rows: PoolStatusRow[] = [];
      let hasNews = false;
      for (const { row, judgement, evidence } of verdicts) {
        const poolId = row.pool.id;
        const before = written.get(poolId) ?? never;
        const print = printOf(judgement);
        const isNews = print !== before.print && now - before.changedAt >= everyMs;
        if (!isNews && now - before.at < everyMs) continue;
        hasNews ||= isNews;
        written.set(poolId, isNews ? { at: now, changedAt: now, print } : { ...before, at: now });
        rows.push({ poolId, judgement, evidence, frozenTicks });
      }
      if (rows.length === 0) return;
      writing = true;
      store
        .storeStatus(rows, hasNews)
        .catch((error: unknown) => log.warn({ err: error }, 'The status of the pools could not be stored.'))
        .finally(() => {
          writing = false;
        });
    },
  };
}

interface Written {
  readonly at: Instant;
  readonly changedAt: Instant;
  readonly print: string;
}
const never: Written = { at: Number.NEGATIVE_INFINITY, changedAt: Number.NEGATIVE_INFINITY, print: '' };

/** What somebody waits for: sentences and ages change by themselves. */
function printOf({ decision, health, standings, nextInLine }: Judgement): string {
  const members = Object.entries(health).map(([id, { kind }]) => `${id} ${kind}`);
  const ready = standings.map((one) => `${one.memberId} ${one.place}`);
  return [decision.kind, nextInLine, ...members, ...ready].join();
}
