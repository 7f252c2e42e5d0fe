import type { PoolEvidence } from '@serverctl/core';
import { type Kysely, sql } from 'kysely';
import type { Database } from '../schema.ts';

export interface StoredEvidence {
  readonly evidence: PoolEvidence;
  /** On the database's clock. */
  readonly ageMs: number;
}

/** What the failover loop judged the pool by last; null when no loop has yet. */
export async function storedEvidence(db: Kysely<Database>, poolId: string): Promise<StoredEvidence | null> {
  const row = await db
    .selectFrom('pool_status')
    .select('evidence')
    .select(sql<number>`greatest(0, extract(epoch FROM clock_timestamp() - at) * 1000)::float8`.as('ageMs'))
    .where('pool_id', '=', poolId)
    .executeTakeFirst();
  return row === undefined ? null : { evidence: row.evidence as PoolEvidence, ageMs: row.ageMs };
}
