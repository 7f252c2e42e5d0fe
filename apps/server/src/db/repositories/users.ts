import { AppError } from '@serverctl/core';
import { type Insertable, type Kysely, type Selectable, sql, type Transaction, type UpdateObject } from 'kysely';
import type { Database } from '../schema.ts';

export type UserRow = Selectable<Database['user']>;

export function listUsers(db: Kysely<Database>): Promise<UserRow[]> {
  return db.selectFrom('user').selectAll().orderBy('email').execute();
}

/** By id, else by e-mail address whatever its case. Throws `user_not_found`. */
export async function getUser(db: Kysely<Database>, idOrEmail: string): Promise<UserRow> {
  const row = await db
    .selectFrom('user')
    .selectAll()
    .where((where) => where.or([where('id', '=', idOrEmail), where('email', '=', idOrEmail.toLowerCase())]))
    .executeTakeFirst();
  if (row === undefined) throw new AppError('user_not_found', { user: idOrEmail });
  return row;
}

export async function findUserByEmail(db: Kysely<Database>, email: string): Promise<UserRow | null> {
  const row = await db.selectFrom('user').selectAll().where('email', '=', email.toLowerCase()).executeTakeFirst();
  return row ?? null;
}

/** The user's row, held until the transaction ends: what is proven against it stays true for the change. Throws `user_not_found`. */
export async function lockUser(trx: Transaction<Database>, id: string): Promise<UserRow> {
  const row = await trx.selectFrom('user').selectAll().where('id', '=', id).forUpdate().executeTakeFirst();
  if (row === undefined) throw new AppError('user_not_found', { user: id });
  return row;
}

/** Throws `user_exists`, also for two at once (services/transaction.ts). */
export async function insertUser(trx: Transaction<Database>, row: Insertable<Database['user']>): Promise<UserRow> {
  if ((await findUserByEmail(trx, row.email)) !== null) throw new AppError('user_exists', { email: row.email });
  return trx.insertInto('user').values(row).returningAll().executeTakeFirstOrThrow();
}

/** Throws `user_not_found`. */
export async function updateUser(
  trx: Transaction<Database>,
  id: string,
  change: UpdateObject<Database, 'user'>,
): Promise<UserRow> {
  const row = await trx.updateTable('user').set(change).where('id', '=', id).returningAll().executeTakeFirst();
  if (row === undefined) throw new AppError('user_not_found', { user: id });
  return row;
}

/**
 * Notes that the user is here, at most once a minute. Nobody waits for it: where the row is held by a change of the account it is left for the
 * next time.
 */
export async function touchUser(db: Kysely<Database>, id: string): Promise<void> {
  const due = sql<boolean>`(last_seen_at IS NULL
    OR last_seen_at NOT BETWEEN now() - interval '1 minute' AND now() + interval '1 minute')`;
  const free = db.selectFrom('user').select('id').where('id', '=', id).where(due).forUpdate().skipLocked();
  await db.updateTable('user').set({ last_seen_at: sql<Date>`now()` }).where('id', 'in', free).execute();
}

/** With all that is the user's alone: grants, sessions, recovery codes, tokens. */
export async function deleteUser(trx: Transaction<Database>, id: string): Promise<void> {
  await trx.deleteFrom('user').where('id', '=', id).execute();
}

/**
 * Marks a step of the authenticator as used. False when it, or a later one, was used before: of two requests with one code one gets in.
 * The steps count from 1970 in 30 s (RFC 6238).
 */
export async function useTotpStep(trx: Transaction<Database>, id: string, step: number): Promise<boolean> {
  const used = await trx
    .updateTable('user')
    .set({ totp_last_step: step })
    .where('id', '=', id)
    .where('totp_last_step', '<', step)
    .returning('id')
    .executeTakeFirst();
  return used !== undefined;
}

/** Now by the database's clock, for columns that are compared with it. */
export const databaseNow = sql<Date>`now()`;
