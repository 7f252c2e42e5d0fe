import type { MemberId } from '@serverctl/core';
import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { Database } from '../db/schema.ts';
import type { AddressStore, ReportedAddress } from './ports.ts';

/** Keeps the reported addresses on the members themselves. */
export function createAddressStore(db: Kysely<Database>): AddressStore {
  return { write: (listenerId, type, reports) => writeAddresses(db, listenerId, columnsOf[type], reports) };
}

const columnsOf = {
  A: { reported: sql.ref('reported_ipv4'), set: sql.ref('public_ipv4') },
  AAAA: { reported: sql.ref('reported_ipv6'), set: sql.ref('public_ipv6') },
} as const;

/**
 * Returns the members that are to be written again. The rows are locked in the order of their ids first, as a promotion locks its members
 * (db/pool-store/promote.ts): in another order each might wait for the other, and the promotion be the one that fails. Nothing is locked or
 * updated when nothing differs: even an UPDATE of no row would tell every reader that a pool changed. Of a member that may have been
 * another listener's until now a change that is not committed yet is waited for: it would not be seen otherwise, and stay.
 *
 * Who heard a member last is looked at once more under the locks, by a statement of its own: another listener may have stored a later word
 * while they were waited for, and writes its address after us.
 */
async function writeAddresses(
  db: Kysely<Database>,
  listenerId: string,
  { reported, set }: (typeof columnsOf)[keyof typeof columnsOf],
  reports: readonly ReportedAddress[],
): Promise<ReadonlySet<MemberId>> {
  const heardElsewhere = sql`EXISTS (SELECT FROM member_liveness l WHERE l.member_id = m.id AND l.listener_id <> ${sql.lit(listenerId)})`;
  // Of two members that say the same address now, the first one gets it.
  const rows = await underLocks<{ id: MemberId; address: Told['address']; taken: boolean }>(db, {
    locked: reports.filter(({ isDoubted }) => isDoubted),
    lock: sql`FOR SHARE`,
    statement: sql`
      SELECT m.id, told.address, row_number() OVER (PARTITION BY told.address ORDER BY m.id) > 1 OR EXISTS (
        SELECT 1 FROM member o WHERE o.id <> m.id AND o.removed_at IS NULL
          AND coalesce(o.${set}, o.${reported}) = told.address) AS taken
      FROM ${toldBy(reports)} JOIN member m ON m.id = told.id
      WHERE m.removed_at IS NULL AND m.${reported} IS DISTINCT FROM told.address AND NOT ${heardElsewhere}`,
  });
  const free = rows.filter(({ taken }) => !taken).map(({ id, address }) => ({ memberId: id, address }));
  const again = new Set(rows.map(({ id }) => id));
  if (free.length === 0) return again;
  const written = await underLocks<{ id: MemberId }>(db, {
    locked: free,
    lock: sql`FOR NO KEY UPDATE`,
    statement: sql`
      UPDATE member m SET ${reported} = told.address FROM ${toldBy(free)}
      WHERE m.id = told.id AND m.removed_at IS NULL AND NOT ${heardElsewhere} RETURNING m.id`,
  });
  for (const { id } of written) again.delete(id);
  return again;
}

type Told = Pick<ReportedAddress, 'memberId' | 'address'>;

interface UnderLocks {
  readonly locked: readonly Told[];
  readonly lock: RawBuilder<unknown>;
  readonly statement: RawBuilder<unknown>;
}

/**
 * Both statements in one message: PostgreSQL carries them out as one transaction, and ends it without another word of ours. A process that
 * stands still amid it would hold the locks otherwise, and a promotion wait for them (R2). The second statement sees what was committed
 * while the locks were waited for, as one of both would not; and a message of two has no parameters, hence the literals.
 */
async function underLocks<Row>(db: Kysely<Database>, { locked, lock, statement }: UnderLocks): Promise<readonly Row[]> {
  const ids = locked.map(({ memberId }) => memberId);
  const locking = sql`SELECT FROM member WHERE id = ANY(${textArray(ids)}) ORDER BY id ${lock};`;
  const { rows } = await sql<Row>`${ids.length > 0 ? locking : sql``}${statement}`.execute(db);
  return rows;
}

function toldBy(reports: readonly Told[]): RawBuilder<unknown> {
  const addresses = reports.map(({ address }) => address);
  return sql`unnest(${textArray(reports.map(({ memberId }) => memberId))}, ${textArray(addresses)}::inet[]) AS told (id, address)`;
}

function textArray(values: readonly string[]): RawBuilder<unknown> {
  return sql`ARRAY[${sql.join(values.map((value) => sql.lit(value)))}]::text[]`;
}
