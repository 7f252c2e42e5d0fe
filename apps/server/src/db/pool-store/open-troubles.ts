import { type EventKind, endedBy } from '@serverctl/core';
import { type Kysely, sql } from 'kysely';
import type { OpenTrouble } from '../../worker/ports.ts';
import type { Database } from '../schema.ts';

/** The ends that the loop tells of. Names have their own memory: their state is kept with them. */
const endings: readonly EventKind[] = [
  'member.healthy',
  'member.maintenance-over',
  'pool.recovered',
  'pool.maintenance-over',
  'fleet.heard-again',
  'fleet.mass-silence-over',
  'fleet.velocity-over',
];
const families = endings.flatMap((ending) => [ending, ...endedBy(ending)].map((kind) => ({ kind, ending })));

/** The last word of each thread, where it is no end; what was for the event log alone in a maintenance was told to nobody. */
export async function readOpenTroubles(db: Kysely<Database>): Promise<readonly OpenTrouble[]> {
  const kinds = families.map(({ kind }) => kind);
  const ends = families.map(({ ending }) => ending);
  const { rows } = await sql<OpenTrouble>`
    SELECT kind, pool_id AS "poolId", member_id AS "memberId" FROM (
      SELECT DISTINCT ON (ending, subject) event.kind, ending, pool_id, member_id
      FROM unnest(${kinds}::text[], ${ends}::text[]) AS family(kind, ending)
      JOIN event ON event.kind = family.kind
      CROSS JOIN LATERAL (
        SELECT CASE split_part(event.kind, '.', 1) WHEN 'member' THEN member_id WHEN 'pool' THEN pool_id END AS subject) AS about
      WHERE event.details -> 'inMaintenance' IS NULL
      ORDER BY ending, subject, seq DESC) AS last
    WHERE kind <> ending`.execute(db);
  return rows;
}
