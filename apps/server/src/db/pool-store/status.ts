import { type Kysely, sql } from 'kysely';
import type { PoolStatusRow } from '../../worker/ports.ts';
import type { Database } from '../schema.ts';

/** NOTIFYed when a judgement was stored that says something new. */
export const statusChannel = 'pool_status';

/**
 * Keeps the last judgement of each pool for readers, and tells those who wait for news, all in one statement. As one parameter: two hundred
 * rows of four each cost the event loop several times as much.
 */
export async function storeStatus(
  kysely: Kysely<Database>,
  statuses: readonly PoolStatusRow[],
  hasNews = false,
): Promise<void> {
  if (statuses.length === 0) return;
  const rows = statuses.map(({ poolId, frozenTicks, ...said }) => ({
    pool_id: poolId,
    frozen_ticks: frozenTicks,
    ...said,
  }));
  const storing = sql`
    INSERT INTO pool_status (pool_id, judgement, evidence, frozen_ticks, at)
    SELECT pool_id, judgement, evidence, frozen_ticks, clock_timestamp()
    FROM json_to_recordset(${JSON.stringify(rows)}::json) AS row (pool_id text, judgement jsonb, evidence jsonb, frozen_ticks bigint)
    ON CONFLICT (pool_id) DO UPDATE SET
      judgement = excluded.judgement, evidence = excluded.evidence, frozen_ticks = excluded.frozen_ticks, at = excluded.at`;
  if (hasNews) await sql`WITH stored AS (${storing}) SELECT pg_notify(${statusChannel}, '')`.execute(kysely);
  else await storing.execute(kysely);
}
