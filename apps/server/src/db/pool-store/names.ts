import type { NameAndType, RecordType } from '@serverctl/core';
import type { Kysely } from 'kysely';
import type { Database } from '../schema.ts';

/** The pool's managed names, each with the type of one of its records. */
export async function namesOf(db: Kysely<Database>, poolId: string): Promise<readonly NameAndType[]> {
  return toNames(await selectNames(db, poolId).execute());
}

/** The same as a part of another statement. */
export function selectNames(db: Kysely<Database>, poolId: string) {
  return db.selectFrom('dns_binding').select(['name', 'type']).where('pool_id', '=', poolId);
}

/** What `selectNames` found, as names. */
export function toNames(rows: readonly { readonly name: string; readonly type: string }[]): readonly NameAndType[] {
  return rows.map(({ name, type }) => ({ name, type: type as RecordType }));
}
