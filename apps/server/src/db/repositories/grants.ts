import type { Grant, PoolId, Role } from '@serverctl/core';
import { type Kysely, sql, type Transaction } from 'kysely';
import type { Database } from '../schema.ts';

/** The roles of one user, everywhere first. The table's constraint holds what the type says. */
export async function readGrants(db: Kysely<Database>, userId: string): Promise<readonly Grant[]> {
  const rows = await inOrder(db).where('user_id', '=', userId).execute();
  return rows.map(grantOf);
}

/** The roles of all users, by the user's id; who has none is not in it. */
export async function readAllGrants(db: Kysely<Database>): Promise<ReadonlyMap<string, readonly Grant[]>> {
  const grants = new Map<string, Grant[]>();
  for (const row of await inOrder(db).execute()) {
    const known = grants.get(row.user_id) ?? [];
    known.push(grantOf(row));
    grants.set(row.user_id, known);
  }
  return grants;
}

/** Replaces all roles of a user. */
export async function writeGrants(trx: Transaction<Database>, userId: string, grants: readonly Grant[]): Promise<void> {
  await trx.deleteFrom('role_grant').where('user_id', '=', userId).execute();
  if (grants.length === 0) return;
  const rows = grants.map(({ role, poolId }) => ({ user_id: userId, pool_id: poolId, role }));
  await trx.insertInto('role_grant').values(rows).execute();
}

/** Those whose pool is there, locked so that it stays until the transaction ends. */
export async function grantsThatStand(trx: Transaction<Database>, grants: readonly Grant[]): Promise<readonly Grant[]> {
  const named = grants.map(({ poolId }) => poolId).filter((poolId) => poolId !== null);
  if (named.length === 0) return grants;
  const there = await trx.selectFrom('pool').select('id').where('id', 'in', named).forKeyShare().execute();
  const ids = new Set<string>(there.map(({ id }) => id));
  return grants.filter(({ poolId }) => poolId === null || ids.has(poolId));
}

/** Until the transaction ends no other one takes an administrator away: two that take away each other come one after the other. */
export async function lockAdministrators(trx: Transaction<Database>): Promise<void> {
  await sql`SELECT pg_advisory_xact_lock(hashtextextended('serverctl administrators', 0))`.execute(trx);
}

/** Users who are administrators everywhere and can sign in: not disabled, with a password. */
export async function administratorsWhoSignIn(db: Kysely<Database>): Promise<readonly string[]> {
  const rows = await db
    .selectFrom('role_grant')
    .innerJoin('user', 'user.id', 'role_grant.user_id')
    .select('user.id')
    .where('role', '=', 'administrator')
    .where('pool_id', 'is', null)
    .where('disabled_at', 'is', null)
    .where('password_hash', 'is not', null)
    .execute();
  return rows.map(({ id }) => id);
}

/** Whether anybody has an account. */
export async function hasUsers(db: Kysely<Database>): Promise<boolean> {
  return (await db.selectFrom('user').select('id').limit(1).executeTakeFirst()) !== undefined;
}

function inOrder(db: Kysely<Database>) {
  return db.selectFrom('role_grant').selectAll().orderBy(sql`pool_id IS NOT NULL`).orderBy('pool_id');
}

function grantOf({ role, pool_id }: { readonly role: string; readonly pool_id: string | null }): Grant {
  return { role: role as Role, poolId: pool_id as PoolId | null };
}
