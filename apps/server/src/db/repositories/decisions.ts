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
