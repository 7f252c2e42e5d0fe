import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { Database } from '../schema.ts';

/*
 * Events are numbered when they are written and seen when they are committed, so one may appear below others that were told already: a
 * cursor would pass over it for ever. Hence whoever writes one says first from where on its number may be, and holds that word to the end
 * of its transaction, whatever that is:
 *
 *   writer   reads the last number that was given ──→ holds it as its floor (an advisory lock, shared: nobody waits) ──→ takes its number
 *   reader   the greatest number that it sees, then the lowest floor that is held ──→ tells events up to the smaller of the two, on a
 *            snapshot taken after that
 *
 * Whoever took a number up to the greatest one seen had its floor, which is below that number, before the reader looked. If it is not among
 * those that hold one it has ended: what it wrote is in the later snapshot, or there will never be anything. Numbers that were rolled back
 * or removed are no gaps to be judged, processes and restarts do not matter, and of all transactions only those that write events are
 * waited for (ADR 0023).
 */

/** The upper 24 bits of our locks' keys; the floor is in the other 40. Any number below 2^23 will do, as long as nothing else locks by it. */
const floors = 4_543_061;
const floorBits = 40;

/**
 * Who stands still between two statements for a minute is gone: ours are ended after ten seconds. One that is at work is waited for however
 * long that takes: it may be its commit. Of a session that we may not look at (another role's), or that is none (a prepared transaction),
 * is known only that events came after its floor: it is waited for until the first of those is ten minutes old.
 */
const longest = { idleSeconds: 60, unknownSeconds: 600 };

/** A row once this transaction holds its floor: to be read before a number is taken, in the same statement or an earlier one. */
export const heldFloor: RawBuilder<unknown> = sql`
  SELECT pg_advisory_xact_lock_shared(
    (${sql.lit(floors)}::bigint << ${sql.lit(floorBits)}) + last_value - CASE WHEN is_called THEN 0 ELSE 1 END) AS held
  FROM event_seq_seq`;

/**
 * Up to this number every event is committed that ever will be; 0 = none. Read the events by a later statement, and not in a transaction
 * that keeps its snapshot.
 */
export async function completeUpTo(db: Kysely<Database>, wait: Partial<typeof longest> = {}): Promise<number> {
  const { idleSeconds, unknownSeconds } = { ...longest, ...wait };
  const key = sql`(lock.classid::bigint << 32 | lock.objid::bigint)`;
  const { rows } = await sql<{ upTo: number }>`
    SELECT least(
      coalesce((SELECT max(seq) FROM event), 0),
      (SELECT min(held.floor)
        FROM (
          SELECT ${key} & ((1::bigint << ${sql.lit(floorBits)}) - 1) AS floor, activity.state, activity.state_change
          FROM pg_locks AS lock LEFT JOIN pg_stat_activity AS activity USING (pid)
          WHERE lock.locktype = 'advisory' AND lock.objsubid = 1
            AND lock.database = (SELECT oid FROM pg_database WHERE datname = current_database())
            AND ${key} >> ${sql.lit(floorBits)} = ${sql.lit(floors)}) AS held
        WHERE CASE
          WHEN held.state LIKE 'idle in transaction%'
            THEN clock_timestamp() - held.state_change < make_interval(secs => ${idleSeconds})
          WHEN held.state IS NULL OR held.state = 'disabled'
            THEN clock_timestamp() - (SELECT at FROM event WHERE seq > held.floor ORDER BY seq LIMIT 1)
              < make_interval(secs => ${unknownSeconds})
          ELSE true END)
    ) AS "upTo"`.execute(db);
  return rows[0]?.upTo ?? 0;
}
