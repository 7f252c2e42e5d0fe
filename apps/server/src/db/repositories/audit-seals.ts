import { type Kysely, sql, type Transaction } from 'kysely';
import type { Database } from '../schema.ts';

/** An audit entry with all that was written, exactly: its time in microseconds, its details as the text of jsonb. */
export interface StoredEntry {
  readonly seq: number;
  /** Since 1970, as digits: also times that JavaScript cannot hold are told apart. */
  readonly atMicros: string;
  readonly actor: string;
  readonly action: string;
  readonly target: string;
  readonly poolId: string | null;
  readonly reason: string | null;
  readonly requestId: string | null;
  readonly details: string;
}

/** An entry that is not part of the chain yet, with its time as PostgreSQL takes it back. */
export interface UnsealedEntry extends StoredEntry {
  readonly at: string;
}

export interface NewSeal {
  readonly position: number;
  readonly seq: number;
  /** As PostgreSQL wrote it. */
  readonly entryAt: string;
  readonly entryMac: Buffer;
  readonly hash: Buffer;
}

/** A seal and the entry that it belongs to, null when that is not there. */
export interface SealedRow {
  readonly position: number;
  readonly seq: number;
  readonly entryAtMicros: string;
  readonly entryMac: Buffer;
  readonly hash: Buffer;
  readonly entry: StoredEntry | null;
}

/** Where numbers stand: by this a reader knows from where on no smaller one can still come. */
export interface SequencePoint {
  /** The highest number that is there. */
  readonly lastSeq: number;
  /** Transactions below this one have ended. */
  readonly oldestRunning: number;
  /** The reader's own: all that had got theirs before are below it. */
  readonly ownTransaction: number;
}

/** Entries by their numbers: those above one, up to and with another; null = all that follow. */
export interface EntryRange {
  readonly above: number;
  readonly upTo: number | null;
}

/** Any number will do, as long as nothing else locks by it. */
const sealerLock = 4_105_041;

/** True when nobody else seals until this transaction ends. Never waits. */
export async function lockSealing(trx: Transaction<Database>): Promise<boolean> {
  const { rows } = await sql<{ locked: boolean }>`SELECT pg_try_advisory_xact_lock(${sealerLock}) AS locked`.execute(
    trx,
  );
  return rows[0]?.locked === true;
}

/** pg_snapshot_xmax would not do as the mark: it is behind the last one that has *ended*, so one that is open may be above it. */
export async function readSequencePoint(trx: Transaction<Database>): Promise<SequencePoint> {
  const { rows } = await sql<SequencePoint>`
    SELECT coalesce((SELECT max(seq) FROM audit_entry), 0) AS "lastSeq",
      pg_snapshot_xmin(pg_current_snapshot())::text::bigint AS "oldestRunning",
      pg_current_xact_id()::text::bigint AS "ownTransaction"`.execute(trx);
  const point = rows[0];
  if (point === undefined) throw new Error('a snapshot is always there');
  return point;
}

/** The highest number that is there; 0 before there is one. */
export async function lastEntry(db: Kysely<Database>): Promise<number> {
  const { last } = await db
    .selectFrom('audit_entry')
    .select((e) => e.fn.max('seq').as('last'))
    .executeTakeFirstOrThrow();
  return last ?? 0;
}

/** The number of the last of the next `size` entries above one; null where none is. Numbers have gaps, so a range is counted, not reckoned. */
export async function endOfRange(db: Kysely<Database>, above: number, size: number): Promise<number | null> {
  const { rows } = await sql<{ last: number | null }>`
    SELECT max(seq) AS last FROM (
      SELECT seq FROM audit_entry WHERE seq > ${above} ORDER BY seq LIMIT ${size}) AS next_ones`.execute(db);
  return rows[0]?.last ?? null;
}

const micros = (column: string) => sql<string>`trunc(extract(epoch FROM ${sql.ref(column)}) * 1000000)::text`;
const entryColumns = sql`${micros('e.at')} AS "atMicros", e.actor, e.action, e.target, e.pool_id AS "poolId", e.reason,
  e.request_id AS "requestId", e.details::text AS details`;

const isUnsealedIn = ({ above, upTo }: EntryRange) => sql<boolean>`e.seq > ${above}
  AND e.seq <= coalesce(${upTo}::bigint, 9223372036854775807) AND NOT EXISTS (SELECT FROM audit_seal AS s WHERE s.seq = e.seq)`;

/** Committed entries that no seal belongs to, in the order of their numbers. Reads the whole range: keep it short. */
export async function readUnsealed(db: Kysely<Database>, range: EntryRange, limit: number): Promise<UnsealedEntry[]> {
  const { rows } = await sql<UnsealedEntry>`
    SELECT e.seq, e.at::text AS at, ${entryColumns} FROM audit_entry AS e
    WHERE ${isUnsealedIn(range)}
    ORDER BY e.seq LIMIT ${limit}`.execute(db);
  return rows;
}

export async function insertSeals(trx: Transaction<Database>, seals: readonly NewSeal[]): Promise<void> {
  await trx
    .insertInto('audit_seal')
    .values(
      seals.map(({ position, seq, entryAt, entryMac, hash }) => ({
        position,
        seq,
        entry_at: sql<Date>`${entryAt}::timestamptz`,
        entry_mac: entryMac,
        hash,
      })),
    )
    .execute();
}

/** The position of the last seal; 0 before there is one. */
export async function lastPosition(db: Kysely<Database>): Promise<number> {
  const { last } = await db
    .selectFrom('audit_seal')
    .select((e) => e.fn.max('position').as('last'))
    .executeTakeFirstOrThrow();
  return last ?? 0;
}

/**
 * The seals behind a position up to another one, each with its entry, in the order of the chain. Each entry is looked up by its number
 * (OFFSET 0): joined as the planner likes, every batch would read the whole log.
 */
export async function readSealed(
  db: Kysely<Database>,
  { after, upTo, limit }: { readonly after: number; readonly upTo: number; readonly limit: number },
): Promise<SealedRow[]> {
  const { rows } = await sql<Omit<SealedRow, 'entry'> & Omit<StoredEntry, 'seq'> & { readonly isThere: boolean }>`
    WITH s AS MATERIALIZED (
      SELECT * FROM audit_seal WHERE position > ${after} AND position <= ${upTo} ORDER BY position LIMIT ${limit})
    SELECT s.position, s.seq, ${micros('s.entry_at')} AS "entryAtMicros", s.entry_mac AS "entryMac", s.hash,
      e.seq IS NOT NULL AS "isThere", ${entryColumns}
    FROM s LEFT JOIN LATERAL (SELECT * FROM audit_entry WHERE seq = s.seq OFFSET 0) AS e ON true
    ORDER BY s.position`.execute(db);
  return rows.map(({ isThere, position, seq, entryAtMicros, entryMac, hash, ...entry }) => ({
    position,
    seq,
    entryAtMicros,
    entryMac,
    hash,
    entry: isThere ? { seq, ...entry } : null,
  }));
}

/** How many entries of a range no seal belongs to, and which of them have waited longer than they should, the first of them. */
export async function countUnsealed(
  db: Kysely<Database>,
  range: EntryRange,
  { overdueSeconds, limit }: { readonly overdueSeconds: number; readonly limit: number },
): Promise<{ readonly count: number; readonly overdue: readonly number[] }> {
  const { rows } = await sql<{ count: number; overdue: number[] | null }>`
    WITH unsealed AS MATERIALIZED (
      SELECT e.seq, e.at < clock_timestamp() - make_interval(secs => ${overdueSeconds}) AS is_overdue FROM audit_entry AS e
      WHERE ${isUnsealedIn(range)})
    SELECT (SELECT count(*) FROM unsealed) AS count,
      (SELECT array_agg(seq::float8 ORDER BY seq) FROM (
        SELECT seq FROM unsealed WHERE is_overdue ORDER BY seq LIMIT ${limit}) AS first_ones) AS overdue`.execute(db);
  return { count: rows[0]?.count ?? 0, overdue: rows[0]?.overdue ?? [] };
}

/** Which of these entries have no seal even now. */
export async function stillUnsealed(db: Kysely<Database>, seqs: readonly number[]): Promise<number[]> {
  const { rows } = await sql<{ seq: number }>`
    SELECT e.seq FROM audit_entry AS e
    WHERE e.seq = ANY(${seqs}::bigint[]) AND NOT EXISTS (SELECT FROM audit_seal AS s WHERE s.seq = e.seq)
    ORDER BY e.seq`.execute(db);
  return rows.map(({ seq }) => seq);
}
