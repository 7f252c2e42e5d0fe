import { type Kysely, sql } from 'kysely';

/*
 * dns_binding: a person's yes to a record that is not ours is for one mark, the one that was read when the yes was taken (R21). A yes that is
 * open now is for no mark.
 *
 * event: a notice that is written a second time, because nobody heard that the first commit had succeeded, is one event. Null = written with
 * the change that it tells.
 */
const statements: readonly string[] = [
  `ALTER TABLE dns_binding ADD COLUMN take_over_mark text,
    ADD CONSTRAINT dns_binding_take_over_mark CHECK (take_over OR take_over_mark IS NULL)`,
  `ALTER TABLE event ADD COLUMN notice_id text`,
  `CREATE UNIQUE INDEX event_notice ON event (notice_id) WHERE notice_id IS NOT NULL`,
];

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}
