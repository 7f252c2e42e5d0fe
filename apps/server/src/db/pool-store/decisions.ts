import type { Kysely } from 'kysely';
import type { DecisionRecord } from '../../worker/ports.ts';
import type { Database } from '../schema.ts';

/** Keeps each changed decision with its evidence (R14), all in one statement; also that of a pool which is gone meanwhile. */
export async function recordDecisions(kysely: Kysely<Database>, decisions: readonly DecisionRecord[]): Promise<void> {
  if (decisions.length === 0) return;
  await kysely
    .insertInto('decision')
    .values(
      decisions.map(({ poolId, decision, sentence, evidence }) => ({
        pool_id: poolId,
        decision: JSON.stringify(decision),
        sentence,
        evidence: JSON.stringify(evidence),
      })),
    )
    .execute();
}
