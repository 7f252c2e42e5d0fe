import { AppError, judge, type Pool } from '@serverctl/core';
import type { Kysely } from 'kysely';
import type { Database } from '../../db/schema.ts';
import { freshEvidence } from '../promotions/fresh-evidence.ts';

/**
 * Switching automatic failover on while the active member is lost would move the record at once: says so and asks (PRODUCT.md section 4).
 * Throws `failover_would_move_now`. Nothing judged yet = nothing would move.
 */
export async function refuseSurprisingMove(db: Kysely<Database>, pool: Pool): Promise<void> {
  const evidence = await freshEvidence(db, pool.id);
  const judgement = judge({ ...evidence, pool });
  const { decision } = judgement;
  if (decision.kind !== 'promote') return;
  const to = evidence.members.find((member) => member.id === decision.to);
  throw new AppError('failover_would_move_now', { because: judgement.sentence, to: to?.hostname ?? decision.to });
}
