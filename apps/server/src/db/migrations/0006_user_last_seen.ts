import { type Kysely, sql } from 'kysely';

/** user: when somebody was last here outlives the session in which it was; null = never, or before this column with no session left. */
const statements: readonly string[] = [
  `ALTER TABLE "user" ADD COLUMN last_seen_at timestamptz`,
  `UPDATE "user" SET last_seen_at = (SELECT max(session.last_seen_at) FROM session WHERE session.user_id = "user".id)`,
];

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}
