import type { EventList, EventQuery, EventView } from '@serverctl/contract';
import { type Access, AppError, kindsSeen, mayDo, poolsWith } from '@serverctl/core';
import type { Kysely } from 'kysely';
import type { z } from 'zod';
import { type EventRow, readEvents } from '../db/repositories/events-read.ts';
import { findPoolId } from '../db/repositories/pools.ts';
import type { Database } from '../db/schema.ts';
import type { Clock } from '../platform/clock.ts';
import type { Caller } from './deps.ts';

export interface EventDeps {
  readonly db: Kysely<Database>;
  readonly clock: Clock;
  /** Calls back when an event was written. Returns the unsubscriber. */
  readonly onEvent: (wake: () => void) => () => void;
}

/** An event whose transaction ends late is told about by nobody: looked for at this pace while somebody waits. */
const recheckMs = 1_000;

/**
 * The newest events, or those after a cursor; with `waitSeconds` it waits for a first one, woken by the database. Only those of pools that the
 * caller may see; what belongs to no pool is for who may see all of them. Of users, channels and the audit log only who may see those too.
 */
export async function listEvents(
  { db, clock, onEvent }: EventDeps,
  { access }: Pick<Caller, 'access'>,
  query: z.output<typeof EventQuery>,
  gone: AbortSignal,
): Promise<EventList> {
  const pools = await poolsAsked(db, access, query.poolId);
  const { before, since, limit } = query;
  const range = { after: query.after ?? null, before, since, pools, kinds: kindsSeen(access), limit };
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

/** Throws `pool_not_found` for a pool that the caller may not see, as for one that is none. */
async function poolsAsked(
  db: Kysely<Database>,
  access: Access,
  ref: string | undefined,
): Promise<'all' | readonly string[]> {
  const seen = poolsWith(access, 'event:read');
  if (ref === undefined) return seen === 'all' ? seen : [...seen];
  const id = await findPoolId(db, ref);
  if (id === null || !mayDo(access, 'event:read', id)) throw new AppError('pool_not_found', { pool: ref });
  return [id];
}

export function eventView(row: EventRow): EventView {
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
