import { type Kysely, sql, type Transaction } from 'kysely';
import type { LeaseRow } from '../worker/lease.ts';
import type { LeaseFence } from '../worker/ports.ts';
import type { Database } from './schema.ts';

/** NOTIFYed when the lease was released. */
export const leaseChannel = 'lease_released';
const leaseName = 'failover-loop';

const age = sql`clock_timestamp() - renewed_at`;
const milliseconds = (ms: number) => sql`make_interval(secs => ${ms / 1_000})`;

/** The lease's row in PostgreSQL. */
export function createLeaseRow(kysely: Kysely<Database>): LeaseRow {
  return {
    async acquire(holder, takeoverMs) {
      const taken = await sql<{ term: number }>`
        INSERT INTO lease AS l (name, holder, term, renewed_at) VALUES (${leaseName}, ${holder}, 1, clock_timestamp())
        ON CONFLICT (name) DO UPDATE SET holder = EXCLUDED.holder, term = l.term + 1, renewed_at = clock_timestamp()
        WHERE l.holder IS NULL OR l.holder = EXCLUDED.holder
          OR clock_timestamp() - l.renewed_at >= ${milliseconds(takeoverMs)}
        RETURNING term`.execute(kysely);
      const term = taken.rows[0]?.term;
      return term === undefined
        ? { kind: 'taken', freeInMs: await freeInMs(kysely, takeoverMs) }
        : { kind: 'acquired', term };
    },
    async renew(fence, leaseMs) {
      const { rows } = await sql`
        UPDATE lease SET renewed_at = clock_timestamp()
        WHERE name = ${leaseName} AND holder = ${fence.holder} AND term = ${fence.term} AND ${age} < ${milliseconds(leaseMs)}
        RETURNING term`.execute(kysely);
      return rows.length === 1;
    },
    async release(fence) {
      await sql`
        WITH released AS (
          UPDATE lease SET holder = NULL, renewed_at = NULL
          WHERE name = ${leaseName} AND holder = ${fence.holder} AND term = ${fence.term} RETURNING term)
        SELECT pg_notify(${leaseChannel}, '') FROM released`.execute(kysely);
    },
  };
}

/**
 * A renewal that lies in the future means that the server's clock was set back. The row is then aged from now: a living holder renews it
 * within two seconds, and a dead one does not keep the lease for the years of the jump.
 */
async function freeInMs(kysely: Kysely<Database>, takeoverMs: number): Promise<number> {
  await sql`UPDATE lease SET renewed_at = clock_timestamp() WHERE name = ${leaseName} AND renewed_at > clock_timestamp()`.execute(
    kysely,
  );
  const { rows } = await sql<{ ms: number }>`
    SELECT greatest(0, ${takeoverMs}::float8 - extract(epoch FROM ${age})::float8 * 1000) AS ms
    FROM lease WHERE name = ${leaseName} AND holder IS NOT NULL`.execute(kysely);
  return rows[0]?.ms ?? 0;
}

/** How long ago the lease was renewed, on the database's clock (R15); null when nobody holds it. For people, never for a decision. */
export async function leaseAgeMs(kysely: Kysely<Database>): Promise<number | null> {
  const { rows } = await sql<{ ms: number }>`
    SELECT extract(epoch FROM ${age})::float8 * 1000 AS ms FROM lease WHERE name = ${leaseName} AND holder IS NOT NULL`.execute(
    kysely,
  );
  return rows[0]?.ms ?? null;
}

/**
 * True when the fence still holds, and locks the row so that nobody takes the lease over before this transaction ends: what it writes was
 * then written under the lease (R15: a lease alone does not fence).
 */
export async function lockFence(trx: Transaction<Database>, fence: LeaseFence): Promise<boolean> {
  const row = await trx
    .selectFrom('lease')
    .select('term')
    .where('name', '=', leaseName)
    .where('holder', '=', fence.holder)
    .where('term', '=', fence.term)
    .forShare()
    .executeTakeFirst();
  return row !== undefined;
}
