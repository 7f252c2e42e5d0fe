import type { EventKind } from '@serverctl/core';
import { type Kysely, type Selectable, sql, type Transaction } from 'kysely';
import type { Database } from '../schema.ts';

export type EventRow = Selectable<Database['event']>;

export interface EventRange {
  /** Only events with a greater seq, oldest first; null = the newest ones, still oldest first. */
  readonly after: number | null;
  /** Only events with a smaller seq. */
  readonly before?: number | undefined;
  /** Only events from this instant on. */
  readonly since?: string | undefined;
  /** Only events of these pools; `all` = of every pool, and of none. */
  readonly pools: 'all' | readonly string[];
  /** Only events of these kinds; `all` = also of kinds that are no more. */
  readonly kinds: 'all' | readonly EventKind[];
  readonly limit: number;
}

/*
 * Numbers are given before the commit, so a row may become visible after one with a greater number: a cursor would pass over it for ever.
 * Hence a reader with a cursor waits at the oldest transaction that still runs; no transaction of ours runs for a minute.
 */
const settled = sql<boolean>`(
  at < clock_timestamp() - interval '1 minute'
  OR age(event.xmin) > age(pg_snapshot_xmin(pg_current_snapshot())::xid)
)`;

export async function readEvents(
  db: Kysely<Database>,
  { after, before, since, pools, kinds, limit }: EventRange,
): Promise<EventRow[]> {
  const query = db
    .selectFrom('event')
    .selectAll()
    .$if(pools !== 'all', (some) => some.where('pool_id', 'in', [...pools]))
    .$if(kinds !== 'all', (some) => some.where('kind', 'in', [...kinds]))
    .$if(before !== undefined, (some) => some.where('seq', '<', before ?? 0))
    .$if(since !== undefined, (some) => some.where('at', '>=', new Date(since ?? 0)))
    .limit(limit);
  if (after !== null) return query.where('seq', '>', after).where(settled).orderBy('seq').execute();
  return (await query.orderBy('seq', 'desc').execute()).toReversed();
}

/** Whether an event of this kind and error code was written about the member in the last so many seconds. */
export async function toldLately(
  trx: Transaction<Database>,
  what: { readonly kind: string; readonly memberId: string; readonly code: string; readonly seconds: number },
): Promise<boolean> {
  const found = await trx
    .selectFrom('event')
    .select('seq')
    .where('member_id', '=', what.memberId)
    .where('kind', '=', what.kind)
    .where(sql<string>`details->>'code'`, '=', what.code)
    .where('at', '>', sql<Date>`now() - make_interval(secs => ${what.seconds})`)
    .limit(1)
    .executeTakeFirst();
  return found !== undefined;
}
