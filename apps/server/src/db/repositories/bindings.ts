import { AppError } from '@serverctl/core';
import { type Insertable, type Kysely, type Selectable, sql, type Transaction } from 'kysely';
import type { Database } from '../schema.ts';

export type BindingRow = Selectable<Database['dns_binding']>;

/** Managed names, of one pool or of all. */
export function listBindings(db: Kysely<Database>, poolId?: string): Promise<BindingRow[]> {
  return db
    .selectFrom('dns_binding')
    .selectAll()
    .$if(poolId !== undefined, (query) => query.where('pool_id', '=', poolId ?? ''))
    .orderBy('created_at')
    .orderBy('name')
    .execute();
}

/** By id or name within its pool. Throws `binding_not_found`. */
export async function getBinding(db: Kysely<Database>, poolId: string, ref: string): Promise<BindingRow> {
  const row = await db
    .selectFrom('dns_binding')
    .selectAll()
    .where('pool_id', '=', poolId)
    .where((where) => where.or([where('id', '=', ref), where('name', '=', ref.toLowerCase())]))
    .orderBy(sql`id = ${ref}`, 'desc')
    .limit(1)
    .executeTakeFirst();
  if (row === undefined) throw new AppError('binding_not_found', { pool: poolId, name: ref });
  return row;
}

/** A name is unique over all pools: throws `binding_exists` in its own pool, else `binding_name_taken`, which names the other one. */
export async function refuseTakenBinding(db: Kysely<Database>, name: string, poolId: string): Promise<void> {
  const other = await db
    .selectFrom('dns_binding')
    .innerJoin('pool', 'pool.id', 'dns_binding.pool_id')
    .select(['pool.name as pool', 'pool.id as poolId'])
    .where('dns_binding.name', '=', name)
    .executeTakeFirst();
  if (other === undefined) return;
  throw new AppError(other.poolId === poolId ? 'binding_exists' : 'binding_name_taken', { ...other, name });
}

export async function insertBinding(
  trx: Transaction<Database>,
  row: Insertable<Database['dns_binding']>,
): Promise<BindingRow> {
  await refuseTakenBinding(trx, row.name, row.pool_id);
  return trx.insertInto('dns_binding').values(row).returningAll().executeTakeFirstOrThrow();
}

export async function deleteBinding(trx: Transaction<Database>, id: string): Promise<void> {
  await trx.deleteFrom('dns_binding').where('id', '=', id).execute();
}
