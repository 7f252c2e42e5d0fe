import { type Kysely, sql } from 'kysely';
import type { DecisionToKeep } from '../../worker/ports.ts';
import type { Database } from '../schema.ts';

/**
 * Keeps each changed decision with its evidence (R14), all in one statement; also that of a pool which is gone meanwhile. One that is kept
 * already gets the earlier of both times: a delay on the way here makes a decision look later than it was, never earlier.
 */
export async function recordDecisions(kysely: Kysely<Database>, decisions: readonly DecisionToKeep[]): Promise<void> {
  if (decisions.length === 0) return;
  await kysely
    .insertInto('decision')
    .values(
      decisions.map(({ id, poolId, decision, sentence, evidence, decidedAgoMs }) => ({
        id,
        pool_id: poolId,
        // Counted back from the statement's begin, the moment nearest to the one in which the age was true.
        at: sql<Date>`now() - make_interval(secs => ${decidedAgoMs / 1_000})`,
        decision: JSON.stringify(decision),
        sentence,
        evidence: JSON.stringify(evidence),
      })),
    )
    .onConflict((conflict) => conflict.column('id').doUpdateSet({ at: sql<Date>`least(decision.at, excluded.at)` }))
    .execute();
}
