import { type Kysely, sql } from 'kysely';

/**
 * dns_binding.old_ttl_until: until when a resolver may keep a record that a write of ours replaced, by the TTL that stood there. Null = no
 * write of ours replaced one that clients saw.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql.raw('ALTER TABLE dns_binding ADD COLUMN old_ttl_until timestamptz').execute(db);
}
