import type { Kysely, Selectable } from 'kysely';
import type { Database } from '../schema.ts';

export type EventRow = Selectable<Database['event']>;

export interface EventRange {
  /** Only events with a greater seq, oldest first; null = the newest ones, still oldest first. */
  readonly after: number | null;
  readonly poolId: string | null;
  readonly limit: number;
}

export async function readEvents(db: Kysely<Database>, { after, poolId, limit }: EventRange): Promise<EventRow[]> {
  const query = db
    .selectFrom('event')
    .selectAll()
    .$if(poolId !== null, (some) => some.where('pool_id', '=', poolId))
    .limit(limit);
  if (after !== null) return query.where('seq', '>', after).orderBy('seq').execute();
  return (await query.orderBy('seq', 'desc').execute()).toReversed();
}
