import type { Kysely, Selectable } from 'kysely';
import type { Database } from '../schema.ts';

/** A change of a pool's decision, with the evidence it was made from (R14). Both were written by core: `Decision`, `PoolEvidence`. */
export type DecisionRow = Selectable<Database['decision']>;

/**
 * The pool's decision in force at this instant; null when it is older than what is kept, or the pool was not judged yet. Found by the
 * instant, not by the number: it is asked for by the clock on the wall, which may have jumped.
 */
export async function decisionAt(db: Kysely<Database>, poolId: string, at: Date): Promise<DecisionRow | null> {
  const row = await db
    .selectFrom('decision')
    .selectAll()
    .where('pool_id', '=', poolId)
    .where('at', '<=', at)
    .orderBy('at', 'desc')
    .orderBy('seq', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row ?? null;
}

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
