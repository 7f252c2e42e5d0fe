import { type Kysely, sql } from 'kysely';
import type { Database } from '../schema.ts';

/** What a name in drift held when that was found, in the words in which it was told, and when. */
export interface DriftFound {
  readonly sentence: string;
  readonly since: string;
}

/**
 * For each name in drift, of one pool or of all, by binding id. The binding's row keeps the state only; the event keeps what was found. A
 * name whose drift was settled since it was told, and is in another one that is not told yet, is left out.
 */
export async function readDriftsFound(db: Kysely<Database>, poolId?: string): Promise<ReadonlyMap<string, DriftFound>> {
  const { rows } = await sql<{ id: string; kind: string; sentence: string; at: Date }>`
    SELECT binding.id, told.kind, told.sentence, told.at
    FROM dns_binding AS binding CROSS JOIN LATERAL (
      SELECT kind, sentence, at FROM event
      WHERE pool_id = binding.pool_id AND details->>'bindingId' = binding.id
        AND kind IN ('dns.drift', 'dns.recovered', 'dns.published')
      ORDER BY seq DESC LIMIT 1
    ) AS told
    WHERE binding.state = 'drift' AND (${poolId ?? null}::text IS NULL OR binding.pool_id = ${poolId ?? null})`.execute(
    db,
  );
  const found = rows.filter(({ kind }) => kind === 'dns.drift');
  return new Map(found.map(({ id, sentence, at }) => [id, { sentence, since: at.toISOString() }]));
}
