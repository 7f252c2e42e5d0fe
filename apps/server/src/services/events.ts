import type { EventList, EventQuery, EventView } from '@serverctl/contract';
import type { Kysely } from 'kysely';
import type { z } from 'zod';
import { type EventRow, readEvents } from '../db/repositories/events-read.ts';
import { getPool } from '../db/repositories/pools.ts';
import type { Database } from '../db/schema.ts';
import type { Clock } from '../platform/clock.ts';

export interface EventDeps {
  readonly db: Kysely<Database>;
  readonly clock: Clock;
  /** Calls back when an event was written. Returns the unsubscriber. */
  readonly onEvent: (wake: () => void) => () => void;
}

/** An event whose transaction ends late is told about by nobody: looked for at this pace while somebody waits. */
const recheckMs = 1_000;

/** The newest events, or those after a cursor; with `waitSeconds` it waits for a first one, woken by the database. */
export async function listEvents(
  { db, clock, onEvent }: EventDeps,
  query: z.output<typeof EventQuery>,
  gone: AbortSignal,
): Promise<EventList> {
  const poolId = query.poolId === undefined ? null : (await getPool(db, query.poolId)).id;
  const range = { after: query.after ?? null, poolId, limit: query.limit };
  const until = clock.now() + query.waitSeconds * 1_000;
  let news = Promise.withResolvers<void>();
  const forget = onEvent(() => news.resolve());
  try {
    for (;;) {
      const rows = await readEvents(db, range);
      const leftMs = until - clock.now();
      const waits = rows.length === 0 && range.after !== null && leftMs > 0 && !gone.aborted;
      if (!waits) return { events: rows.map(eventView), next: rows.at(-1)?.seq ?? query.after ?? 0 };
      const turn = new AbortController();
      await Promise.race([
        news.promise,
        clock.sleep(Math.min(recheckMs, leftMs), AbortSignal.any([gone, turn.signal])),
      ]);
      turn.abort();
      news = Promise.withResolvers<void>();
    }
  } finally {
    forget();
  }
}

function eventView(row: EventRow): EventView {
  return {
    seq: row.seq,
    at: row.at.toISOString(),
    kind: row.kind,
    severity: row.severity as EventView['severity'],
    poolId: row.pool_id,
    memberId: row.member_id,
    sentence: row.sentence,
    details: row.details as EventView['details'],
  };
}
