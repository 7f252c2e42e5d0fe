import type { Kysely } from 'kysely';
import type { Database } from '../schema.ts';
import type { DecisionRow } from './decisions.ts';

/** A change as a line of a timeline: without the evidence, which is large. */
export type DecisionChangeRow = Pick<DecisionRow, 'at' | 'decision' | 'sentence'>;

/** The last changes of a pool's decision up to this instant, or of all when it is null; oldest first. */
export async function changesUpTo(
  db: Kysely<Database>,
  poolId: string,
  at: Date | null,
  limit: number,
): Promise<DecisionChangeRow[]> {
  const newestFirst = await db
    .selectFrom('decision')
    .select(['at', 'decision', 'sentence'])
    .where('pool_id', '=', poolId)
    .$if(at !== null, (query) => query.where('at', '<=', at as Date))
    .orderBy('at', 'desc')
    .orderBy('seq', 'desc')
    .limit(limit)
    .execute();
  return newestFirst.reverse();
}

/** The instant of the first change that is still kept; null = none is. */
export async function firstDecisionAt(db: Kysely<Database>, poolId: string): Promise<Date | null> {
  const row = await db
    .selectFrom('decision')
    .select('at')
    .where('pool_id', '=', poolId)
    .orderBy('at')
    .limit(1)
    .executeTakeFirst();
  return row?.at ?? null;
}
