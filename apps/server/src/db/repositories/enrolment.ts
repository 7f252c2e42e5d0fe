import { type Kysely, sql, type Transaction } from 'kysely';
import type { Database } from '../schema.ts';

export interface EnrolmentSecret {
  readonly id: string;
  readonly memberId: string;
  /** SHA-256 of the secret: the secret itself is nowhere but in the reply (R34). */
  readonly secretHash: Buffer;
  readonly minutes: number;
}

/** One open secret per member: an earlier one is void from now on. Returns when it expires, by the database's clock. */
export async function replaceEnrolment(trx: Transaction<Database>, secret: EnrolmentSecret): Promise<Date> {
  await trx
    .updateTable('enrollment')
    .set({ replaced_at: sql<Date>`now()` })
    .where('member_id', '=', secret.memberId)
    .where('used_at', 'is', null)
    .where('replaced_at', 'is', null)
    .execute();
  const { expires_at } = await trx
    .insertInto('enrollment')
    .values({
      id: secret.id,
      member_id: secret.memberId,
      secret_hash: secret.secretHash,
      expires_at: sql<Date>`now() + make_interval(mins => ${secret.minutes}::int)`,
    })
    .returning('expires_at')
    .executeTakeFirstOrThrow();
  return expires_at;
}

/** The newest install line of a member and its age on the database's clock; null = none was made. */
export async function newestEnrolment(db: Kysely<Database>, memberId: string) {
  const row = await db
    .selectFrom('enrollment')
    .select(['created_at', 'expires_at', 'used_at'])
    .select(sql<number>`(extract(epoch FROM clock_timestamp() - created_at) * 1000)::float8`.as('age_ms'))
    .where('member_id', '=', memberId)
    .where('replaced_at', 'is', null)
    .orderBy('created_at', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row ?? null;
}
