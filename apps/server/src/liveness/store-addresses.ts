import type { MemberId } from '@serverctl/core';
import { type Kysely, sql } from 'kysely';
import type { Database } from '../db/schema.ts';
import type { AddressStore, ReportedAddress } from './ports.ts';

/** Keeps the reported addresses on the members themselves. */
export function createAddressStore(db: Kysely<Database>): AddressStore {
  return { write: (type, reports) => writeAddresses(db, columnsOf[type], reports) };
}

const columnsOf = {
  A: { reported: sql.ref('reported_ipv4'), set: sql.ref('public_ipv4') },
  AAAA: { reported: sql.ref('reported_ipv6'), set: sql.ref('public_ipv6') },
} as const;

/**
 * Returns the members whose address another one has. The rows are locked in the order of their ids first, as a promotion locks its members
 * (db/pool-store/promote.ts): in another order each might wait for the other, and the promotion be the one that fails. The UPDATE is skipped when nothing differs: even one of no row would tell every
 * reader that a pool changed.
 */
async function writeAddresses(
  db: Kysely<Database>,
  { reported, set }: (typeof columnsOf)[keyof typeof columnsOf],
  reports: readonly ReportedAddress[],
): Promise<ReadonlySet<MemberId>> {
  const ids = reports.map(({ memberId }) => memberId);
  const addresses = reports.map(({ address }) => address);
  // Of two members that say the same address now, the first one gets it.
  const { rows } = await sql<{ id: MemberId; address: string; taken: boolean }>`
    SELECT m.id, told.address, row_number() OVER (PARTITION BY told.address ORDER BY m.id) > 1 OR EXISTS (
      SELECT 1 FROM member o WHERE o.id <> m.id AND o.removed_at IS NULL
        AND coalesce(o.${set}, o.${reported}) = told.address) AS taken
    FROM unnest(${ids}::text[], ${addresses}::inet[]) AS told (id, address) JOIN member m ON m.id = told.id
    WHERE m.removed_at IS NULL AND m.${reported} IS DISTINCT FROM told.address`.execute(db);
  const free = rows.filter(({ taken }) => !taken);
  if (free.length > 0)
    await sql`
      WITH locked AS MATERIALIZED (
        SELECT id FROM member WHERE id = ANY(${free.map(({ id }) => id)}::text[]) ORDER BY id FOR NO KEY UPDATE)
      UPDATE member m SET ${reported} = told.address
      FROM unnest(${free.map(({ id }) => id)}::text[], ${free.map(({ address }) => address)}::inet[]) AS told (id, address)
      JOIN locked ON locked.id = told.id
      WHERE m.id = locked.id AND m.removed_at IS NULL`.execute(db);
  return new Set(rows.filter(({ taken }) => taken).map(({ id }) => id));
}
