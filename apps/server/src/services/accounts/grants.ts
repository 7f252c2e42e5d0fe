import type { GrantsInput } from '@serverctl/contract';
import { type Access, AppError, type Grant, mayDo, type PoolId, permissionsOf, withoutPool } from '@serverctl/core';
import type { Kysely, Transaction } from 'kysely';
import type { z } from 'zod';
import { administratorsWhoSignIn, lockAdministrators } from '../../db/repositories/grants.ts';
import { getPool, listPools } from '../../db/repositories/pools.ts';
import type { Database } from '../../db/schema.ts';

/** The role of who may everything. */
export const administratorEverywhere: Grant = { role: 'administrator', poolId: null };

/** Pools by id or name become ids. Throws `pool_not_found`, and `grant_repeated` where one pool, or everywhere, is named twice. */
export async function resolveGrants(
  db: Kysely<Database>,
  input: z.output<typeof GrantsInput>['grants'],
): Promise<readonly Grant[]> {
  const grants: Grant[] = [];
  for (const { role, pool } of input) {
    const poolId = pool === null ? null : ((await getPool(db, pool)).id as PoolId);
    if (grants.some((one) => one.poolId === poolId))
      throw new AppError('grant_repeated', { pool: pool ?? 'everywhere' });
    grants.push({ role, poolId });
  }
  return grants;
}

/** Nobody gives more than they have: each permission of each role, for its pool. Throws `grant_exceeds_own`. */
export async function assertMayGive(db: Kysely<Database>, access: Access, grants: readonly Grant[]): Promise<void> {
  const beyond = grants.filter((grant) => !mayGive(access, grant));
  if (beyond.length > 0) throw new AppError('grant_exceeds_own', { grants: await grantWords(db, beyond) });
}

function mayGive(access: Access, { role, poolId }: Grant): boolean {
  // A role in one pool never holds what belongs to no pool, so nobody needs that to give it.
  const given = [...permissionsOf[role]].filter((permission) => poolId === null || !withoutPool.has(permission));
  return given.every((permission) => mayDo(access, permission, poolId));
}

/** Each with its pool's name, for people. */
export async function namePools(
  db: Kysely<Database>,
  grants: readonly Grant[],
): Promise<readonly (Grant & { readonly pool: string | null })[]> {
  if (grants.every(({ poolId }) => poolId === null)) return grants.map((grant) => ({ ...grant, pool: null }));
  const names = new Map((await listPools(db)).map(({ id, name }) => [id, name]));
  return grants.map((grant) => ({ ...grant, pool: grant.poolId && (names.get(grant.poolId) ?? grant.poolId) }));
}

/** `administrator everywhere`, `operator of edge`. */
export async function grantWords(db: Kysely<Database>, grants: readonly Grant[]): Promise<readonly string[]> {
  return (await namePools(db, grants)).map(
    ({ role, pool }) => `${role} ${pool === null ? 'everywhere' : `of ${pool}`}`,
  );
}

/** The same in a sentence. */
export async function grantSentence(db: Kysely<Database>, grants: readonly Grant[]): Promise<string> {
  return grants.length === 0 ? 'without any role' : (await grantWords(db, grants)).join(', ');
}

/**
 * Carries out what may take an administrator away. Two of them come one after the other, so that of the last two administrators who
 * remove each other at once one stays. Throws `last_administrator`, and nothing is changed.
 */
export async function keepingAnAdministrator(
  trx: Transaction<Database>,
  userId: string,
  change: () => Promise<void>,
): Promise<void> {
  await lockAdministrators(trx);
  const before = await administratorsWhoSignIn(trx);
  await change();
  if (before.includes(userId) && (await administratorsWhoSignIn(trx)).length === 0)
    throw new AppError('last_administrator');
}
