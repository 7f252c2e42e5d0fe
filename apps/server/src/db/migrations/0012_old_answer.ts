import { type Kysely, sql } from 'kysely';

/**
 * dns_binding.old_answer_until: until when a resolver may answer what the name was before its present epoch, as far as whoever stored the
 * epoch's first acknowledgement knew: a new TTL or a repair under the same epoch moves it no more. Null = it never answered anything else,
 * or nobody knows. What is copied here is of any earlier record, whatever that answered; and an acknowledgement by a process of the
 * version before, or by a leader that did not send the write, leaves it as it was.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql.raw('ALTER TABLE dns_binding ADD COLUMN old_answer_until timestamptz').execute(db);
  await sql.raw('UPDATE dns_binding SET old_answer_until = old_ttl_until').execute(db);
}
