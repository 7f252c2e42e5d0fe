import { AppError, type RecordType } from '@serverctl/core';
import { type Insertable, type Kysely, type Selectable, sql, type Transaction, type UpdateObject } from 'kysely';
import type { Database } from '../schema.ts';

/** One record of a managed name, with what says how its provider treats a TTL: read along, so that no list opens a provider. */
export type BindingRow = Selectable<Database['dns_binding']> & {
  /** The credential's kind of provider. */
  readonly provider: string;
  /** The plan in the credential's settings; null where the kind has none. */
  readonly plan: string | null;
};

/** Managed names, of one pool or of all; a name's A before its AAAA. */
export function listBindings(db: Kysely<Database>, poolId?: string): Promise<BindingRow[]> {
  return rows(db)
    .$if(poolId !== undefined, (query) => query.where('dns_binding.pool_id', '=', poolId ?? ''))
    .orderBy('dns_binding.created_at')
    .orderBy('dns_binding.name')
    .orderBy('dns_binding.type')
    .execute();
}

/** Of a pool: the one with this id, else all of this name, or the one of `type`; A first, never none. Throws `binding_not_found`. */
export async function findBindings(
  db: Kysely<Database>,
  poolId: string,
  ref: string,
  type?: RecordType,
): Promise<BindingRow[]> {
  const meant = await rows(db)
    .where('dns_binding.pool_id', '=', poolId)
    .where((where) => where.or([where('dns_binding.id', '=', ref), where('dns_binding.name', '=', ref.toLowerCase())]))
    .orderBy('dns_binding.type')
    .execute();
  const byId = meant.filter(({ id }) => id === ref);
  const found = (byId.length > 0 ? byId : meant).filter((row) => type === undefined || row.type === type);
  if (found.length > 0) return found;
  throw new AppError('binding_not_found', { pool: poolId, name: ref, ...(type === undefined ? {} : { type }) });
}

/** By id, or the name's A before its AAAA. Throws `binding_not_found`. */
export async function getBinding(db: Kysely<Database>, poolId: string, ref: string): Promise<BindingRow> {
  const [row] = await findBindings(db, poolId, ref);
  if (row === undefined) throw new Error('findBindings throws before this');
  return row;
}

/**
 * A name is in one pool only, and has one record of a type: throws `binding_name_taken`, which names the other pool, or `binding_exists` for
 * a type in its own.
 */
export async function refuseTakenBinding(
  db: Kysely<Database>,
  { name, types }: { readonly name: string; readonly types: readonly string[] },
  poolId: string,
): Promise<void> {
  const others = await db
    .selectFrom('dns_binding')
    .innerJoin('pool', 'pool.id', 'dns_binding.pool_id')
    .select(['pool.name as pool', 'pool.id as poolId', 'dns_binding.type'])
    .where('dns_binding.name', '=', name)
    .orderBy('dns_binding.type')
    .execute();
  const elsewhere = others.find((one) => one.poolId !== poolId);
  if (elsewhere !== undefined) throw new AppError('binding_name_taken', { ...elsewhere, name });
  const same = others.find(({ type }) => types.includes(type));
  if (same !== undefined) throw new AppError('binding_exists', { ...same, name });
}

export async function insertBinding(
  trx: Transaction<Database>,
  row: Insertable<Database['dns_binding']> & { readonly type: RecordType },
): Promise<void> {
  await refuseTakenBinding(trx, { name: row.name, types: [row.type] }, row.pool_id);
  await trx.insertInto('dns_binding').values(row).execute();
}

export async function updateBinding(
  trx: Transaction<Database>,
  id: string,
  change: UpdateObject<Database, 'dns_binding'>,
): Promise<void> {
  await trx.updateTable('dns_binding').set(change).where('id', '=', id).execute();
}

export async function deleteBinding(trx: Transaction<Database>, id: string): Promise<void> {
  await trx.deleteFrom('dns_binding').where('id', '=', id).execute();
}

/** Of the settings nothing but the plan: those of an account with many zones are large, and a list has many rows. */
function rows(db: Kysely<Database>) {
  return db
    .selectFrom('dns_binding')
    .innerJoin('dns_credential', 'dns_credential.id', 'dns_binding.credential_id')
    .selectAll('dns_binding')
    .select(['dns_credential.provider', sql<string | null>`dns_credential.settings ->> 'plan'`.as('plan')]);
}
