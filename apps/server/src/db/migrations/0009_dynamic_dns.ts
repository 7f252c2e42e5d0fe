import { type Kysely, sql } from 'kysely';

/** Dynamic DNS (PRODUCT.md section 4): off in every pool that was there. A promotion of kind `address` is of the active member to itself. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}

const statements: readonly string[] = [
  `ALTER TABLE pool ADD COLUMN dynamic_dns boolean NOT NULL DEFAULT false`,
  `ALTER TABLE promotion
    DROP CONSTRAINT promotion_kind_check,
    ADD CONSTRAINT promotion_kind_check
      CHECK (kind IN ('failover', 'switchover', 'failback', 'first-publish', 'withdrawal', 'adoption', 'address')),
    ADD CONSTRAINT promotion_address_to_itself CHECK (kind <> 'address' OR from_member_id = to_member_id)`,
];
