import type { NameAndType, RecordType } from '@serverctl/core';
import type { Kysely } from 'kysely';
import type { Database } from '../schema.ts';

/** The pool's managed names, each with the type of one of its records. */
export async function namesOf(db: Kysely<Database>, poolId: string): Promise<readonly NameAndType[]> {
  const rows = await db.selectFrom('dns_binding').select(['name', 'type']).where('pool_id', '=', poolId).execute();
  return rows.map(({ name, type }) => ({ name, type: type as RecordType }));
}
