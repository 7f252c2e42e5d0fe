import { AppError, type Member } from '@serverctl/core';
import { type Insertable, type Kysely, type Selectable, sql, type Transaction, type UpdateObject } from 'kysely';
import { toMember } from '../pool-store/rows.ts';
import type { Database } from '../schema.ts';

export type MemberRow = Selectable<Database['member']>;
export type LivenessRow = Selectable<Database['member_liveness']>;
/** Reckoned on the database's clock; without traffic its age means nothing. */
export type LivenessAges = { readonly age_ms: number; readonly traffic_age_ms: number };

/** Members that were not removed, of one pool or of all. */
export function listMembers(db: Kysely<Database>, poolId?: string): Promise<MemberRow[]> {
  return db
    .selectFrom('member')
    .selectAll()
    .where('removed_at', 'is', null)
    .$if(poolId !== undefined, (query) => query.where('pool_id', '=', poolId ?? ''))
    .orderBy('priority')
    .orderBy('hostname')
    .execute();
}

/** By id or hostname within its pool. Throws `member_not_found`. */
export async function getMember(db: Kysely<Database>, poolId: string, ref: string): Promise<MemberRow> {
  const row = await db
    .selectFrom('member')
    .selectAll()
    .where('pool_id', '=', poolId)
    .where('removed_at', 'is', null)
    .where((where) => where.or([where('id', '=', ref), where('hostname', '=', ref.toLowerCase())]))
    .orderBy(sql`id = ${ref}`, 'desc')
    .limit(1)
    .executeTakeFirst();
  if (row === undefined) throw new AppError('member_not_found', { pool: poolId, member: ref });
  return row;
}

/** Whoever wants the same member's lock waits until this transaction ends. */
export async function lockMember(trx: Transaction<Database>, id: string): Promise<void> {
  await trx.selectFrom('member').select('id').where('id', '=', id).forNoKeyUpdate().execute();
}

export async function insertMember(
  trx: Transaction<Database>,
  row: Insertable<Database['member']>,
): Promise<MemberRow> {
  await refuseTakenHostname(trx, row.hostname, row.id);
  await refuseTakenAddress(trx, 'ipv4', row.public_ipv4 ?? null, row.id);
  await refuseTakenAddress(trx, 'ipv6', row.public_ipv6 ?? null, row.id);
  return trx.insertInto('member').values(row).returningAll().executeTakeFirstOrThrow();
}

export async function updateMember(
  trx: Transaction<Database>,
  id: string,
  change: UpdateObject<Database, 'member'>,
): Promise<MemberRow> {
  if (typeof change.hostname === 'string') await refuseTakenHostname(trx, change.hostname, id);
  for (const family of ['ipv4', 'ipv6'] as const) {
    const address = change[`public_${family}`];
    if (typeof address === 'string') await refuseTakenAddress(trx, family, address, id);
    if (address === null) await refuseTakenAddress(trx, family, await reportedAddress(trx, family, id), id);
  }
  return trx.updateTable('member').set(change).where('id', '=', id).returningAll().executeTakeFirstOrThrow();
}

/** The row stays, so that history can name it; its key and its open enrolment end now. */
export async function retireMember(trx: Transaction<Database>, id: string): Promise<void> {
  await trx.updateTable('member').set({ removed_at: sql<Date>`now()` }).where('id', '=', id).execute();
  await trx
    .updateTable('member_key')
    .set({ revoked_at: sql<Date>`now()` })
    .where('member_id', '=', id)
    .where('revoked_at', 'is', null)
    .execute();
  await trx
    .updateTable('enrollment')
    .set({ replaced_at: sql<Date>`now()` })
    .where('member_id', '=', id)
    .where('used_at', 'is', null)
    .where('replaced_at', 'is', null)
    .execute();
  await trx.deleteFrom('member_liveness').where('member_id', '=', id).execute();
}

/** Ids of the members that have a valid key: only they can be heard. */
export async function enrolledMembers(db: Kysely<Database>): Promise<ReadonlySet<string>> {
  const rows = await db.selectFrom('member_key').select('member_id').where('revoked_at', 'is', null).execute();
  return new Set(rows.map((row) => row.member_id));
}

/** The last word of each member, or of one, with its age on the database's clock: for people, never for a decision. */
export function readLiveness(db: Kysely<Database>, memberId?: string): Promise<(LivenessRow & LivenessAges)[]> {
  return db
    .selectFrom('member_liveness')
    .selectAll()
    .select(sql<number>`greatest(0, extract(epoch FROM clock_timestamp() - heard_at) * 1000)::float8`.as('age_ms'))
    .select(
      sql<number>`greatest(0, extract(epoch FROM clock_timestamp() - traffic_at) * 1000)::float8`.as('traffic_age_ms'),
    )
    .$if(memberId !== undefined, (query) => query.where('member_id', '=', memberId ?? ''))
    .execute();
}

/** The member with the addresses that records get: as a person set them, else as reported. */
export function memberWithAddress(
  row: Parameters<typeof toMember>[0] & Pick<MemberRow, 'reported_ipv4' | 'reported_ipv6'>,
): Member {
  return {
    ...toMember(row),
    publicIpv4: row.public_ipv4 ?? row.reported_ipv4,
    publicIpv6: row.public_ipv6 ?? row.reported_ipv6,
  };
}

/** A host is in one pool only; the other one is named. */
async function refuseTakenHostname(trx: Transaction<Database>, hostname: string, ownId: string): Promise<void> {
  const other = await others(trx, ownId).where('member.hostname', '=', hostname).executeTakeFirst();
  if (other !== undefined) throw new AppError('member_hostname_taken', other);
}

type Family = 'ipv4' | 'ipv6';

/** Two members behind one address cannot be told apart in DNS; the other one is named. */
async function refuseTakenAddress(
  trx: Transaction<Database>,
  family: Family,
  address: string | null,
  ownId: string,
): Promise<void> {
  if (address === null) return;
  const present = sql<string>`coalesce(${sql.ref(`member.public_${family}`)}, ${sql.ref(`member.reported_${family}`)})`;
  const other = await others(trx, ownId).where(present, '=', sql<string>`${address}::inet`).executeTakeFirst();
  if (other !== undefined) throw new AppError('member_address_taken', { ...other, address });
}

/** What a record gets when nobody sets an address any more. */
async function reportedAddress(trx: Transaction<Database>, family: Family, id: string): Promise<string | null> {
  const row = await trx.selectFrom('member').selectAll().where('id', '=', id).executeTakeFirst();
  return row?.[`reported_${family}`] ?? null;
}

function others(trx: Transaction<Database>, ownId: string) {
  return trx
    .selectFrom('member')
    .innerJoin('pool', 'pool.id', 'member.pool_id')
    .select(['member.hostname as member', 'member.id as memberId', 'pool.name as pool', 'pool.id as poolId'])
    .where('member.removed_at', 'is', null)
    .where('member.id', '<>', ownId);
}
