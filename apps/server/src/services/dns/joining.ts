import type { RecordType } from '@serverctl/core';
import type { Kysely } from 'kysely';
import { listMembers } from '../../db/repositories/members.ts';
import type { PoolRow } from '../../db/repositories/pools.ts';
import { promotionOfEpoch } from '../../db/repositories/promotions.ts';
import type { Database } from '../../db/schema.ts';

/** The pool that a name joins, by the addresses of one family: which of those that stand there could be its own. */
export interface Joining {
  readonly id: string;
  readonly name: string;
  readonly isActive: boolean;
  /** What its names of this type answer now; null = nobody is active, or the active member has none. */
  readonly desired: string | null;
  /** Hostnames of its members by their address. */
  readonly members: ReadonlyMap<string, string>;
}

/** Of a pool as it is now. */
export async function joiningOf(db: Kysely<Database>, pool: PoolRow, type: RecordType): Promise<Joining> {
  const isActive = pool.active_member_id !== null;
  const present = isActive ? await promotionOfEpoch(db, pool.id, pool.epoch) : undefined;
  const members = (await listMembers(db, pool.id)).flatMap((row): [string, string][] => {
    const address = type === 'A' ? (row.public_ipv4 ?? row.reported_ipv4) : (row.public_ipv6 ?? row.reported_ipv6);
    return address === null ? [] : [[address, row.hostname]];
  });
  const desired = (type === 'A' ? present?.address : present?.address6) ?? null;
  return { id: pool.id, name: pool.name, isActive, desired, members: new Map(members) };
}
