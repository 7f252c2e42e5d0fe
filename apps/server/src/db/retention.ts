import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { Database } from './schema.ts';

/*
 * The retention that the migration says beside each table, enforced once a day. Kept whatever their age are the promotion of a pool's
 * present epoch, since the publisher reads it (R17), and its decision of 30 days ago; the audit log's 400 days a trigger holds as well.
 * Decisions are bounded by number too: each has its whole evidence, and a pool whose network loses half of everything decides thousands of
 * times a day.
 *
 * A wall clock that has jumped by years must not empty the tables: a run that comes much later than the one before it, and the very first,
 * only notes the time. What is due then goes a day later, when the clock has been believed for a day.
 */

interface Rule {
  readonly table: keyof Database;
  /** Which rows may go. */
  readonly due: RawBuilder<unknown>;
}

const before = (age: string) => sql`clock_timestamp() - ${sql.lit(age)}::interval`;

/** Of each pool the newest ones, in the order in which they came: the wall clock may have been set in between. */
const decisionsPerPool = 5_000;

const rules: readonly Rule[] = [
  { table: 'member_key', due: sql`revoked_at < ${before('90 days')}` },
  { table: 'enrollment', due: sql`least(used_at, replaced_at, expires_at) < ${before('30 days')}` },
  { table: 'listener', due: sql`written_at < ${before('1 day')}` },
  { table: 'member_liveness', due: sql`NOT EXISTS (SELECT FROM member WHERE id = member_id AND removed_at IS NULL)` },
  { table: 'pool_status', due: sql`NOT EXISTS (SELECT FROM pool WHERE id = pool_id)` },
  {
    table: 'promotion', // its evidence and steps go with it
    due: sql`decided_at < ${before('400 days')}
      AND NOT EXISTS (SELECT FROM pool WHERE id = promotion.pool_id AND pool.epoch = promotion.epoch)`,
  },
  {
    table: 'decision', // the one that was in force 30 days ago stays: it is what may be asked for then
    due: sql`at < ${before('30 days')} AND (
      NOT EXISTS (SELECT FROM pool WHERE id = pool_id)
      OR EXISTS (SELECT FROM decision AS later
        WHERE later.pool_id = decision.pool_id AND later.at < ${before('30 days')}
          AND (later.at, later.seq) > (decision.at, decision.seq)))`,
  },
  {
    table: 'decision',
    due: sql`seq IN (SELECT seq FROM (
      SELECT seq, row_number() OVER (PARTITION BY pool_id ORDER BY seq DESC) AS place FROM decision) AS ranked
      WHERE place > ${sql.lit(decisionsPerPool)})`,
  },
  { table: 'brake_release', due: sql`until_at < ${before('400 days')}` },
  { table: 'event', due: sql`at < ${before('90 days')}` },
  { table: 'session', due: sql`expires_at < ${before('1 day')}` },
  { table: 'sign_in_place', due: sql`last_at < ${before('30 days')}` },
  { table: 'api_token', due: sql`expires_at < ${before('365 days')}` },
  { table: 'invitation', due: sql`least(used_at, expires_at) < ${before('30 days')}` },
  { table: 'notification_delivery', due: sql`created_at < ${before('30 days')}` },
  { table: 'audit_entry', due: sql`at < ${before('400 days')}` },
];

/** Small enough that nobody waits for a batch's locks. */
const batchRows = 2_000;
const settingKey = 'retention_ran_at';

/** Removes what is past its retention; called daily. Returns how many rows went from each table, or null when it only noted the time. */
export async function enforceRetention(kysely: Kysely<Database>): Promise<Readonly<Record<string, number>> | null> {
  if (!(await isClockBelieved(kysely))) return null;
  const removed: Record<string, number> = {};
  for (const { table, due } of rules) {
    removed[table] ??= 0;
    for (let batch = batchRows; batch === batchRows; ) {
      batch = await removeBatch(kysely, table, due);
      removed[table] += batch;
    }
  }
  return removed;
}

async function removeBatch(kysely: Kysely<Database>, table: string, due: RawBuilder<unknown>): Promise<number> {
  const name = sql.table(table);
  const batch = sql`SELECT ctid FROM ${name} WHERE ${due} LIMIT ${batchRows}`;
  const { numAffectedRows } = await sql`DELETE FROM ${name} WHERE ctid = ANY (ARRAY(${batch}))`.execute(kysely);
  return Number(numAffectedRows ?? 0);
}

/** Notes this run, and says whether the one before it was less than three days ago, by the server's wall clock. */
async function isClockBelieved(kysely: Kysely<Database>): Promise<boolean> {
  const { rows } = await sql<{ believed: boolean }>`
    WITH earlier AS (SELECT changed_at FROM setting WHERE key = ${settingKey}),
    noted AS (
      INSERT INTO setting (key, value, changed_at) VALUES (${settingKey}, 'null', clock_timestamp())
      ON CONFLICT (key) DO UPDATE SET changed_at = excluded.changed_at)
    SELECT coalesce(clock_timestamp() - (SELECT changed_at FROM earlier) BETWEEN interval '0' AND interval '3 days', false) AS believed
  `.execute(kysely);
  return rows[0]?.believed === true;
}
