import type { MemberId } from '@serverctl/core';
import { type Kysely, sql } from 'kysely';
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
 * updated when nothing differs: even an UPDATE of no row would tell every reader that a pool changed.
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
  const ids = reports.map(({ memberId }) => memberId);
  const addresses = reports.map(({ address }) => address);
  const heardElsewhere = sql`EXISTS (SELECT FROM member_liveness l WHERE l.member_id = m.id AND l.listener_id <> ${listenerId})`;
  // Of two members that say the same address now, the first one gets it.
  const { rows } = await sql<{ id: MemberId; address: string; taken: boolean }>`
    SELECT m.id, told.address, row_number() OVER (PARTITION BY told.address ORDER BY m.id) > 1 OR EXISTS (
      SELECT 1 FROM member o WHERE o.id <> m.id AND o.removed_at IS NULL
        AND coalesce(o.${set}, o.${reported}) = told.address) AS taken
    FROM unnest(${ids}::text[], ${addresses}::inet[]) AS told (id, address) JOIN member m ON m.id = told.id
    WHERE m.removed_at IS NULL AND m.${reported} IS DISTINCT FROM told.address AND NOT ${heardElsewhere}`.execute(db);
  const free = rows.filter(({ taken }) => !taken);
  const again = new Set(rows.map(({ id }) => id));
  if (free.length === 0) return again;
  const freeIds = free.map(({ id }) => id);
  const written = await db.transaction().execute(async (trx) => {
    await sql`SELECT FROM member WHERE id = ANY(${freeIds}::text[]) ORDER BY id FOR NO KEY UPDATE`.execute(trx);
    return sql<{ id: MemberId }>`
      UPDATE member m SET ${reported} = told.address
      FROM unnest(${freeIds}::text[], ${free.map(({ address }) => address)}::inet[]) AS told (id, address)
      WHERE m.id = told.id AND m.removed_at IS NULL AND NOT ${heardElsewhere} RETURNING m.id`.execute(trx);
  });
  for (const { id } of written.rows) again.delete(id);
  return again;
}
