import { type Kysely, sql } from 'kysely';
import type { OpenTrouble, Told } from '../../worker/ports-told.ts';
import { stillOpen, turnKinds } from '../../worker/still-open.ts';
import type { Database } from '../schema.ts';

/**
 * What was for the event log alone in a maintenance was told to nobody. The last event of each kind and subject says all there is to know: one
 * pass over 90 days of turns without a sort of them, since who begins to lead waits for it. Hence also FILTER: of a condition on `details` in
 * WHERE the planner knows nothing, believes in a handful of rows, and sorts all of them.
 */
export async function readOpenTroubles(db: Kysely<Database>): Promise<readonly OpenTrouble[]> {
  const { rows } = await sql<Told>`
    SELECT kind, pool_id AS "poolId", member_id AS "memberId", details ->> 'bindingId' AS "bindingId", details -> 'epoch' AS epoch
    FROM event WHERE seq IN (
      SELECT max(seq) FILTER (WHERE details -> 'inMaintenance' IS NULL) FROM event
      WHERE kind = ANY(${turnKinds}::text[])
      GROUP BY kind, pool_id, member_id, details ->> 'bindingId')
    ORDER BY seq`.execute(db);
  return stillOpen(rows);
}
