import { AppError } from '@serverctl/core';
import { type Insertable, type Kysely, type Selectable, sql, type Transaction, type UpdateObject } from 'kysely';
import type { Database } from '../schema.ts';

export type CredentialRow = Selectable<Database['dns_credential']>;

export function listCredentials(db: Kysely<Database>): Promise<CredentialRow[]> {
  return db.selectFrom('dns_credential').selectAll().orderBy(sql`lower(name)`).execute();
}

/** By id, else by name whatever its case. Throws `credential_not_found`. */
export async function getCredential(db: Kysely<Database>, ref: string): Promise<CredentialRow> {
  const row = await db
    .selectFrom('dns_credential')
    .selectAll()
    .where((where) => where.or([where('id', '=', ref), where(sql`lower(name)`, '=', ref.toLowerCase())]))
    .orderBy(sql`id = ${ref}`, 'desc')
    .limit(1)
    .executeTakeFirst();
  if (row === undefined) throw new AppError('credential_not_found', { credential: ref });
  return row;
}

/** Those that there are of these ids. */
export async function credentialsById(
  db: Kysely<Database>,
  ids: readonly string[],
): Promise<ReadonlyMap<string, CredentialRow>> {
  const rows = await db.selectFrom('dns_credential').selectAll().where(sql<boolean>`id = ANY(${ids})`).execute();
  return new Map(rows.map((row) => [row.id, row]));
}

export async function insertCredential(
  trx: Transaction<Database>,
  row: Insertable<Database['dns_credential']>,
): Promise<CredentialRow> {
  await refuseTakenName(trx, row.name, row.id);
  return trx.insertInto('dns_credential').values(row).returningAll().executeTakeFirstOrThrow();
}

/** Only while the row still has `version`: the secret's envelope is bound to it (R38). Throws `credential_changed` otherwise. */
export async function updateCredential(
  trx: Transaction<Database>,
  { id, version }: { readonly id: string; readonly version: number },
  change: UpdateObject<Database, 'dns_credential'>,
): Promise<CredentialRow> {
  if (typeof change.name === 'string') await refuseTakenName(trx, change.name, id);
  const row = await trx
    .updateTable('dns_credential')
    .set(change)
    .where('id', '=', id)
    .where('version', '=', version)
    .returningAll()
    .executeTakeFirst();
  if (row === undefined) throw new AppError('credential_changed', { credential: id });
  return row;
}

/** Throws `credential_in_use` that names what uses it. */
export async function deleteCredential(trx: Transaction<Database>, id: string): Promise<void> {
  const names = (await namesByCredential(trx)).get(id) ?? [];
  if (names.length > 0) throw new AppError('credential_in_use', { names });
  await trx.deleteFrom('dns_credential').where('id', '=', id).execute();
}

/** Managed names by the credential they are written with. */
export async function namesByCredential(db: Kysely<Database>): Promise<ReadonlyMap<string, readonly string[]>> {
  const rows = await db
    .selectFrom('dns_binding')
    .select(['credential_id', 'name'])
    .distinct()
    .orderBy('name')
    .execute();
  const byCredential = new Map<string, string[]>();
  for (const { credential_id, name } of rows) {
    byCredential.set(credential_id, [...(byCredential.get(credential_id) ?? []), name]);
  }
  return byCredential;
}

async function refuseTakenName(trx: Transaction<Database>, name: string, ownId: string): Promise<void> {
  const other = await trx
    .selectFrom('dns_credential')
    .select(['id', 'name'])
    .where(sql`lower(name)`, '=', name.toLowerCase())
    .where('id', '<>', ownId)
    .executeTakeFirst();
  if (other !== undefined) throw new AppError('credential_name_taken', { name: other.name, credential: other.id });
}
