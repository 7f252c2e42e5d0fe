import { type Kysely, sql, type Transaction } from 'kysely';
import type { Database } from '../schema.ts';

/** The setting's value as it was written, or undefined. */
export async function readSetting(db: Kysely<Database>, key: string): Promise<unknown> {
  const row = await db.selectFrom('setting').select('value').where('key', '=', key).executeTakeFirst();
  return row?.value;
}

/** The same for who is about to change it: nobody else does until the transaction ends, also where there is none yet. */
export async function lockSetting(trx: Transaction<Database>, key: string): Promise<unknown> {
  await sql`SELECT pg_advisory_xact_lock(hashtextextended(${`setting ${key}`}, 0))`.execute(trx);
  return readSetting(trx, key);
}

/** Writes a setting that is not there yet, or any with `replace`. False when there was one and it stays. */
export async function keepSetting(
  trx: Transaction<Database>,
  key: string,
  value: unknown,
  { replace }: { readonly replace: boolean },
): Promise<boolean> {
  const json = JSON.stringify(value);
  const kept = await trx
    .insertInto('setting')
    .values({ key, value: json })
    .onConflict((conflict) => {
      const known = conflict.column('key');
      return replace ? known.doUpdateSet({ value: json }) : known.doNothing();
    })
    .returning('key')
    .executeTakeFirst();
  return kept !== undefined;
}

/** Removes a setting. False when there was none. */
export async function dropSetting(trx: Transaction<Database>, key: string): Promise<boolean> {
  const { numDeletedRows } = await trx.deleteFrom('setting').where('key', '=', key).executeTakeFirstOrThrow();
  return numDeletedRows > 0n;
}
