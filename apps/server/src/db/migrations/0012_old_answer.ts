import { type Kysely, sql } from 'kysely';

/**
 * dns_binding.old_answer_until: until when a resolver may answer what the name was before its present epoch, as the epoch's first
 * acknowledged write left it: a new TTL or a repair under the same epoch moves it no more. Null = it never answered anything else. A
 * process of the version before does not keep it.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql.raw('ALTER TABLE dns_binding ADD COLUMN old_answer_until timestamptz').execute(db);
  await sql.raw('UPDATE dns_binding SET old_answer_until = old_ttl_until').execute(db);
}
