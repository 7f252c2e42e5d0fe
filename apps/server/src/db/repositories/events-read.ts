import type { EventKind } from '@serverctl/core';
import { type Kysely, type Selectable, sql, type Transaction } from 'kysely';
import type { Database } from '../schema.ts';
import { together } from '../together.ts';
import { completeUpTo } from './event-order.ts';

export type EventRow = Selectable<Database['event']>;

export interface EventRange {
  /** Only events with a greater seq, oldest first; null = the newest ones, still oldest first. */
  readonly after: number | null;
  /** Only events with a smaller seq. Whoever names it was told up to there already: nothing below is held back. */
  readonly before?: number | undefined;
  /** Only events from this instant on. */
  readonly since?: string | undefined;
  /** Only events of these pools; `all` = of every pool, and of none. */
  readonly pools: 'all' | readonly string[];
  /** Only events of these kinds; `all` = also of kinds that are no more. */
  readonly kinds: 'all' | readonly EventKind[];
  readonly limit: number;
}

/** None is told before all below it are, so that a cursor passes over nothing (event-order.ts). Not for a transaction that keeps its snapshot. */
export async function readEvents(
  db: Kysely<Database>,
  { after, before, since, pools, kinds, limit }: EventRange,
): Promise<EventRow[]> {
  const upTo = before === undefined ? await sharedEnd(db) : before - 1;
  if (upTo <= (after ?? 0)) return [];
  const query = db
    .selectFrom('event')
    .selectAll()
    .where('seq', '<=', upTo)
    .$if(pools !== 'all', (some) => some.where('pool_id', 'in', [...pools]))
    .$if(kinds !== 'all', (some) => some.where('kind', 'in', [...kinds]))
    .$if(since !== undefined, (some) => some.where('at', '>=', new Date(since ?? 0)))
    .limit(limit);
  if (after !== null) return query.where('seq', '>', after).orderBy('seq').execute();
  return (await query.orderBy('seq', 'desc').execute()).toReversed();
}

const ends = new WeakMap<Kysely<Database>, (what: 'end') => Promise<number | undefined>>();

/** Every stream and every client that waits looks at the same moment, at a notice: they look once. */
async function sharedEnd(db: Kysely<Database>): Promise<number> {
  const known = ends.get(db) ?? together(async () => new Map([['end', await completeUpTo(db)] as const]));
  ends.set(db, known);
  return (await known('end')) ?? 0;
}

/** The greatest number there is, whether it is told already or not; 0 = none. */
export async function newestEvent(db: Kysely<Database>): Promise<number> {
  const { newest } = await db
    .selectFrom('event')
    .select((e) => e.fn.max('seq').as('newest'))
    .executeTakeFirstOrThrow();
  return newest ?? 0;
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
