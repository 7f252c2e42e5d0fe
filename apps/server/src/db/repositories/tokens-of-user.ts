import { type Kysely, sql, type Transaction } from 'kysely';
import type { Database } from '../schema.ts';

/** Revokes all of the user's API tokens. Returns how many had not expired. */
export async function deleteTokensOf(trx: Transaction<Database>, userId: string): Promise<number> {
  const gone = await trx
    .deleteFrom('api_token')
    .where('user_id', '=', userId)
    .returning(sql<boolean>`expires_at > now()`.as('live'))
    .execute();
  return gone.filter(({ live }) => live).length;
}

/** How many of the user's API tokens have not expired. */
export async function countTokensOf(db: Kysely<Database>, userId: string): Promise<number> {
  const { live } = await db
    .selectFrom('api_token')
    .select(sql<number>`count(*)::int`.as('live'))
    .where('user_id', '=', userId)
    .where('expires_at', '>', sql<Date>`now()`)
    .executeTakeFirstOrThrow();
  return live;
}
