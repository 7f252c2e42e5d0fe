import { AppError, type Permission, type PoolId } from '@serverctl/core';
import { type Insertable, type Kysely, type Selectable, sql, type Transaction } from 'kysely';
import type { Database } from '../schema.ts';

/** A token with whose it is; `ownerEmail` null = made on the host itself. */
export type ApiTokenRow = Omit<Selectable<Database['api_token']>, 'token_sha256'> & {
  readonly ownerEmail: string | null;
  readonly isExpired: boolean;
};

export type NewApiToken = Omit<Insertable<Database['api_token']>, 'expires_at' | 'created_at'> & {
  readonly days: number;
};

/** What a request's token is judged by. */
export interface KnownApiToken {
  readonly id: string;
  readonly name: string;
  readonly userId: string | null;
  readonly ownerEmail: string | null;
  readonly ownerDisabled: boolean;
  readonly permissions: readonly Permission[];
  /** Null = every pool that the owner may. */
  readonly poolIds: readonly PoolId[] | null;
}

/** Null when there is none, or it was revoked, or has expired by the database's clock, which is one for all processes. */
export async function findApiToken(db: Kysely<Database>, sha256: Buffer): Promise<KnownApiToken | null> {
  const row = await db
    .selectFrom('api_token as t')
    .leftJoin('user as u', 'u.id', 't.user_id')
    .select(['t.id', 't.name', 't.permissions', 't.pool_ids', 't.user_id'])
    .select(['u.email', 'u.disabled_at'])
    .where('t.token_sha256', '=', sha256)
    .where('t.expires_at', '>', sql<Date>`now()`)
    .executeTakeFirst();
  if (row === undefined) return null;
  return {
    id: row.id,
    name: row.name,
    userId: row.user_id,
    ownerEmail: row.email,
    ownerDisabled: row.disabled_at !== null,
    permissions: row.permissions as Permission[],
    poolIds: row.pool_ids as PoolId[] | null,
  };
}

/** Notes the use, at most once a minute: a token that is used every second writes no row each time. */
export async function touchApiToken(db: Kysely<Database>, id: string, peer: string): Promise<void> {
  await db
    .updateTable('api_token')
    .set({ last_used_at: sql<Date>`now()`, last_used_from: peer })
    .where('id', '=', id)
    .where((where) =>
      where.or([where('last_used_at', 'is', null), where('last_used_at', '<', sql<Date>`now() - interval '1 minute'`)]),
    )
    .execute();
}

/** All of them, the newest first; the services say who sees which. */
export function listApiTokens(db: Kysely<Database>): Promise<ApiTokenRow[]> {
  return withOwner(db).orderBy('t.created_at', 'desc').orderBy('t.id').execute();
}

/** Throws `api_token_not_found`. */
export async function getApiToken(db: Kysely<Database>, id: string): Promise<ApiTokenRow> {
  const row = await withOwner(db).where('t.id', '=', id).executeTakeFirst();
  if (row === undefined) throw new AppError('api_token_not_found', { token: id });
  return row;
}

export async function insertApiToken(trx: Transaction<Database>, { days, ...row }: NewApiToken): Promise<ApiTokenRow> {
  const expires = sql<Date>`now() + make_interval(days => ${days})`;
  await trx
    .insertInto('api_token')
    .values({ ...row, expires_at: expires })
    .execute();
  return getApiToken(trx, row.id);
}

/** From its commit on the token proves nobody. Throws `api_token_not_found` when somebody else was faster. */
export async function deleteApiToken(trx: Transaction<Database>, id: string): Promise<void> {
  const gone = await trx.deleteFrom('api_token').where('id', '=', id).returning('id').executeTakeFirst();
  if (gone === undefined) throw new AppError('api_token_not_found', { token: id });
}

function withOwner(db: Kysely<Database>) {
  return db
    .selectFrom('api_token as t')
    .leftJoin('user as u', 'u.id', 't.user_id')
    .select(['t.id', 't.name', 't.user_id', 't.permissions', 't.pool_ids', 't.created_at', 't.expires_at'])
    .select(['t.last_used_at', 't.last_used_from', 'u.email as ownerEmail'])
    .select(sql<boolean>`t.expires_at <= now()`.as('isExpired'));
}
