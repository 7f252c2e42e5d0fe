import { type Kysely, sql, type Transaction } from 'kysely';
import type { Database } from '../schema.ts';

/** So long a place is known for a sign-in from there. */
export const knownDays = 30;

/** The user signed in from there now. `place` as the limits count it (services/place-of.ts). */
export async function noteSignInPlace(trx: Transaction<Database>, userId: string, place: string): Promise<void> {
  await trx
    .insertInto('sign_in_place')
    .values({ user_id: userId, place })
    .onConflict((conflict) => conflict.columns(['user_id', 'place']).doUpdateSet({ last_at: sql<Date>`now()` }))
    .execute();
}

/** Whether the user with this address signed in from there of late. It outlives the session: who signs out stays known. */
export async function hasSignedInFrom(db: Kysely<Database>, email: string, place: string): Promise<boolean> {
  const row = await db
    .selectFrom('sign_in_place')
    .innerJoin('user', 'user.id', 'sign_in_place.user_id')
    .select('place')
    .where('user.email', '=', email.toLowerCase())
    .where('place', '=', place)
    .where('last_at', '>', sql<Date>`now() - make_interval(days => ${knownDays})`)
    .executeTakeFirst();
  return row !== undefined;
}
