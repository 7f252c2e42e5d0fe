import { type Kysely, sql } from 'kysely';
import type { PoolStatusRow } from '../../worker/ports.ts';
import type { Database } from '../schema.ts';

/** NOTIFYed when a judgement was stored that says something new. */
export const statusChannel = 'pool_status';

/** Keeps the last judgement of each pool for readers, and tells those who wait for news, all in one statement. */
export async function storeStatus(
  kysely: Kysely<Database>,
  statuses: readonly PoolStatusRow[],
  hasNews = false,
): Promise<void> {
  if (statuses.length === 0) return;
  const storing = kysely
    .insertInto('pool_status')
    .values(
      statuses.map((status) => ({
        pool_id: status.poolId,
        judgement: JSON.stringify(status.judgement),
        evidence: JSON.stringify(status.evidence),
        frozen_ticks: status.frozenTicks,
        at: sql<Date>`clock_timestamp()`,
      })),
    )
    .onConflict((conflict) =>
      conflict.column('pool_id').doUpdateSet((eb) => ({
        judgement: eb.ref('excluded.judgement'),
        evidence: eb.ref('excluded.evidence'),
        frozen_ticks: eb.ref('excluded.frozen_ticks'),
        at: eb.ref('excluded.at'),
      })),
    );
  if (hasNews) await sql`WITH stored AS (${storing}) SELECT pg_notify(${statusChannel}, '')`.execute(kysely);
  else await storing.execute();
}
