import { type Kysely, sql } from 'kysely';

/** What HAProxy carries, beside each member's last word: a reading and when it was heard. Replaced by the next; never evidence. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`ALTER TABLE member_liveness ADD COLUMN traffic jsonb, ADD COLUMN traffic_at timestamptz,
    ADD CONSTRAINT member_liveness_traffic_dated CHECK ((traffic IS NULL) = (traffic_at IS NULL))`.execute(db);
}
