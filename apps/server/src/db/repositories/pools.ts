import {
  AppError,
  type FailbackSettings,
  type Ipv6Policy,
  type MemberId,
  type PauseReason,
  type Pool,
  type PoolId,
  type Preset,
} from '@serverctl/core';
import { type Insertable, type Kysely, type Selectable, sql, type Transaction, type UpdateObject } from 'kysely';
import type { Database } from '../schema.ts';

export type PoolRow = Selectable<Database['pool']>;
export type PoolStatusStored = Selectable<Database['pool_status']>;

export function listPools(db: Kysely<Database>): Promise<PoolRow[]> {
  return db.selectFrom('pool').selectAll().orderBy(sql`lower(name)`).execute();
}

/** By id, else by name whatever its case. Throws `pool_not_found`. */
export async function getPool(db: Kysely<Database>, ref: string): Promise<PoolRow> {
  const row = await byRef(db, ref).executeTakeFirst();
  return row ?? notFound(ref);
}

/** Which pool an id or a name means; null = none. */
export async function findPoolId(db: Kysely<Database>, ref: string): Promise<PoolId | null> {
  const row = await byRef(db, ref).clearSelect().select('id').executeTakeFirst();
  return (row?.id as PoolId | undefined) ?? null;
}

/** Like `getPool`, locked until the transaction ends: no second change of this pool runs beside it. */
export async function lockPool(trx: Transaction<Database>, ref: string): Promise<PoolRow> {
  const row = await byRef(trx, ref).forUpdate().executeTakeFirst();
  return row ?? notFound(ref);
}

export async function insertPool(trx: Transaction<Database>, row: Insertable<Database['pool']>): Promise<PoolRow> {
  await refuseTakenName(trx, row.name, row.id);
  return trx.insertInto('pool').values(row).returningAll().executeTakeFirstOrThrow();
}

export async function updatePool(
  trx: Transaction<Database>,
  id: string,
  change: UpdateObject<Database, 'pool'>,
): Promise<PoolRow> {
  if (typeof change.name === 'string') await refuseTakenName(trx, change.name, id);
  return trx.updateTable('pool').set(change).where('id', '=', id).returningAll().executeTakeFirstOrThrow();
}

/** The last judgements, of one pool or of all; a pool that no loop has judged yet has none. */
export function readStatuses(db: Kysely<Database>, poolId?: string): Promise<PoolStatusStored[]> {
  const all = db.selectFrom('pool_status').selectAll();
  return (poolId === undefined ? all : all.where('pool_id', '=', poolId)).execute();
}

/** The same; of the evidence, which is large, only what a view shows. */
export function readShownStatuses(db: Kysely<Database>, poolId?: string) {
  const listening = sql<unknown>`jsonb_build_object('listening', evidence -> 'listening')`.as('evidence');
  const all = db.selectFrom('pool_status').select(['pool_id', 'judgement', 'frozen_ticks', 'at', listening]);
  return (poolId === undefined ? all : all.where('pool_id', '=', poolId)).execute();
}

/** What `poolOf` needs of a row, however it was read: as a row of its own, or as JSON with others. */
export const poolColumns = [
  'id',
  'name',
  'preset',
  'failover_delay_ms',
  'haproxy_grace_ms',
  'automatic_failover',
  'dynamic_dns',
  'failback',
  'ipv6',
  'active_member_id',
  'epoch',
  'held_at',
  'paused_because',
] as const satisfies readonly (keyof PoolRow)[];
type PoolColumns = Omit<Pick<PoolRow, (typeof poolColumns)[number]>, 'held_at'> & {
  readonly held_at: Date | string | null;
};

/** A row as core knows it: its constraints hold what the types say, so nothing is parsed a second time. */
export function poolOf(row: PoolColumns): Pool {
  return {
    id: row.id as PoolId,
    name: row.name,
    preset: row.preset as Preset,
    failoverDelayMs: row.failover_delay_ms,
    haproxyGraceMs: row.haproxy_grace_ms,
    automaticFailover: row.automatic_failover,
    dynamicDns: row.dynamic_dns,
    failback: row.failback as FailbackSettings,
    ipv6: row.ipv6 as Ipv6Policy,
    activeMemberId: row.active_member_id as MemberId | null,
    epoch: row.epoch,
    held: row.held_at !== null,
    paused: row.paused_because as PauseReason | null,
  };
}

function byRef(db: Kysely<Database>, ref: string) {
  return db
    .selectFrom('pool')
    .selectAll()
    .where((where) => where.or([where('id', '=', ref), where(sql`lower(name)`, '=', ref.toLowerCase())]))
    .orderBy(sql`id = ${ref}`, 'desc')
    .limit(1);
}

async function refuseTakenName(trx: Transaction<Database>, name: string, ownId: string): Promise<void> {
  const other = await trx
    .selectFrom('pool')
    .select(['id', 'name'])
    .where(sql`lower(name)`, '=', name.toLowerCase())
    .where('id', '<>', ownId)
    .executeTakeFirst();
  if (other !== undefined) throw new AppError('pool_name_taken', { name: other.name, poolId: other.id });
}

function notFound(ref: string): never {
  throw new AppError('pool_not_found', { pool: ref });
}
