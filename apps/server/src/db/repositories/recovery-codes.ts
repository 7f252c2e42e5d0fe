import { type Kysely, sql, type Transaction } from 'kysely';
import type { Database } from '../schema.ts';

/** Puts new codes in the place of all that the user had. */
export async function replaceRecoveryCodes(
  trx: Transaction<Database>,
  userId: string,
  digests: readonly Buffer[],
): Promise<void> {
  await deleteRecoveryCodes(trx, userId);
  await trx
    .insertInto('recovery_code')
    .values(digests.map((code_sha256) => ({ user_id: userId, code_sha256 })))
    .execute();
}

export async function deleteRecoveryCodes(trx: Transaction<Database>, userId: string): Promise<void> {
  await trx.deleteFrom('recovery_code').where('user_id', '=', userId).execute();
}

/** Uses a code up, by one atomic update. False when the user has no such code, or it was used before. */
export async function consumeRecoveryCode(
  trx: Transaction<Database>,
  userId: string,
  digest: Buffer,
): Promise<boolean> {
  const used = await trx
    .updateTable('recovery_code')
    .set({ used_at: sql<Date>`now()` })
    .where('user_id', '=', userId)
    .where('code_sha256', '=', digest)
    .where('used_at', 'is', null)
    .returning('user_id')
    .executeTakeFirst();
  return used !== undefined;
}

/** How many the user has left. */
export async function countRecoveryCodes(db: Kysely<Database>, userId: string): Promise<number> {
  const { left } = await db
    .selectFrom('recovery_code')
    .select(sql<number>`count(*)::int`.as('left'))
    .where('user_id', '=', userId)
    .where('used_at', 'is', null)
    .executeTakeFirstOrThrow();
  return left;
}
