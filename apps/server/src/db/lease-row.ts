import { type Kysely, sql, type Transaction } from 'kysely';
import { atOnce, type LeaseRow } from '../worker/lease.ts';
import type { LeaseFence, LeaseTerm } from '../worker/ports.ts';
import type { Database } from './schema.ts';

/** NOTIFYed when the lease was released. */
export const leaseChannel = 'lease_released';
const leaseName = 'failover-loop';

const nowMs = sql<number>`extract(epoch FROM clock_timestamp())::float8 * 1000`;
const beganMs = sql<number>`extract(epoch FROM transaction_timestamp())::float8 * 1000`;
const renewedMs = sql<number>`extract(epoch FROM renewed_at)::float8 * 1000`;
/** Never comes twice: terms and renewals only rise. */
const stamp = sql<string>`l.term || '.' || l.renewals`;

/** The lease's row in PostgreSQL. Its wall clock gives nobody the lease: it may jump (R15). It can only make a holder begin anew. */
export function createLeaseRow(kysely: Kysely<Database>): LeaseRow {
  return {
    async acquire(holder, unrenewed) {
      const taken = await sql<{ term: number; ms: number }>`
        INSERT INTO lease AS l (name, holder, term, renewals, renewed_at)
        VALUES (${leaseName}, ${holder}, 1, 1, clock_timestamp())
        ON CONFLICT (name) DO UPDATE
        SET holder = EXCLUDED.holder, term = l.term + 1, renewals = l.renewals + 1, renewed_at = clock_timestamp()
        WHERE l.holder IS NULL OR l.holder = EXCLUDED.holder
          OR ${unrenewed}::text = ${atOnce} OR ${unrenewed}::text = ${stamp}
        RETURNING term, ${renewedMs} AS ms`.execute(kysely);
      const row = taken.rows[0];
      if (row === undefined) return { kind: 'taken', stamp: await readStamp(kysely) };
      return { kind: 'acquired', term: row.term, atMs: row.ms };
    },
    async renew({ holder, term }) {
      const { rows } = await sql<{ ms: number }>`
        UPDATE lease SET renewals = renewals + 1, renewed_at = clock_timestamp()
        WHERE name = ${leaseName} AND holder = ${holder} AND term = ${term}
        RETURNING ${renewedMs} AS ms`.execute(kysely);
      return rows[0]?.ms ?? null;
    },
    async release({ holder, term }) {
      await sql`
        WITH released AS (
          UPDATE lease SET holder = NULL, renewed_at = NULL
          WHERE name = ${leaseName} AND holder = ${holder} AND term = ${term} RETURNING term)
        SELECT pg_notify(${leaseChannel}, '') FROM released`.execute(kysely);
    },
  };
}

async function readStamp(kysely: Kysely<Database>): Promise<string> {
  const { rows } = await sql<{
    stamp: string;
  }>`SELECT ${stamp} AS stamp FROM lease AS l WHERE name = ${leaseName}`.execute(kysely);
  return rows[0]?.stamp ?? '';
}

/** How long ago the lease was renewed, on the database's clock (R15); null when nobody holds it. For people, never for a decision. */
export async function leaseAgeMs(kysely: Kysely<Database>): Promise<number | null> {
  const { rows } = await sql<{ ms: number }>`
    SELECT ${nowMs} - ${renewedMs} AS ms FROM lease WHERE name = ${leaseName} AND holder IS NOT NULL`.execute(kysely);
  return rows[0]?.ms ?? null;
}

/** Who holds the lease, whether it is renewed or not; null = nobody. For people, never for a decision. */
export async function leaseHolder(kysely: Kysely<Database>): Promise<LeaseTerm | null> {
  const row = await kysely
    .selectFrom('lease')
    .select(['holder', 'term'])
    .where('name', '=', leaseName)
    .executeTakeFirst();
  return row === undefined || row.holder === null ? null : { holder: row.holder, term: row.term };
}

/**
 * True when the fence still holds, and locks the row so that nobody takes the lease over before this transaction ends: what it writes was
 * then written under the lease (R15: a lease alone does not fence). False also when the row's clock was not what the fence's process reckoned
 * as this transaction began: it slept, and what it would write was decided before. As of the begin, and with `begunByMs`, what the fence said
 * at the reply to that: neither the wait for a connection before nor that for a lock afterwards is a sleep. For how long the transaction may
 * take `assertInTime` looks.
 */
export async function lockFence(
  trx: Transaction<Database>,
  { holder, term, rowsFromMs }: LeaseFence,
  begunByMs: number,
): Promise<boolean> {
  const row = await trx
    .selectFrom('lease')
    .select(beganMs.as('began_ms'))
    .where('name', '=', leaseName)
    .where('holder', '=', holder)
    .where('term', '=', term)
    .forShare()
    .executeTakeFirst();
  return row !== undefined && row.began_ms >= rowsFromMs && row.began_ms <= begunByMs;
}
