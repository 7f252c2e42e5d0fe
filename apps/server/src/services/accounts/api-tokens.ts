import type { Removed, TokenInput, TokenMade, TokenView } from '@serverctl/contract';
import {
  type Access,
  AppError,
  mayDo,
  neverByToken,
  type Permission,
  type PoolId,
  poolsWith,
  withoutPool,
} from '@serverctl/core';
import type { Kysely } from 'kysely';
import type { z } from 'zod';
import {
  type ApiTokenRow,
  deleteApiToken,
  getApiToken,
  insertApiToken,
  listApiTokens,
} from '../../db/repositories/api-tokens.ts';
import { writeAudit } from '../../db/repositories/audit.ts';
import { writeEvent } from '../../db/repositories/events.ts';
import { getPool } from '../../db/repositories/pools.ts';
import type { Database } from '../../db/schema.ts';
import { newId } from '../../platform/random.ts';
import { byWhom } from '../by-whom.ts';
import type { Caller, ServiceDeps } from '../deps.ts';
import { inTransaction } from '../transaction.ts';
import { lockCaller } from './lock-caller.ts';
import type { Principal } from './principal.ts';
import { newSecret, sha256Of } from './secret.ts';

/*
 * API tokens. A token is its owner, narrowed: at each use it may what it was made for and its owner may still do (core's mayDo). So it is
 * enough to refuse here what its maker may not do now. One for named pools never has what belongs to no pool, and is not made with it.
 *
 *   who asks                       | makes | sees                      | revokes
 *   a user                         | yes   | its own                   | its own
 *   … with token:read, token:write |       | all                       | all
 *   the host                       | yes   | all                       | all
 *   a token                        | no    | itself; all by token:read | itself
 */

/** One's own, or everybody's. */
export async function listTokenViews(
  { db }: Pick<ServiceDeps, 'db'>,
  principal: Principal,
): Promise<{ tokens: TokenView[] }> {
  const rows = await listApiTokens(db);
  const all = mayDo(principal.access, 'token:read', null);
  return { tokens: rows.filter((row) => all || isOwn(principal, row)).map(viewOf) };
}

/** Throws `not_for_tokens`, `permission_without_pool`, `grant_exceeds_own`, `pool_not_found`. The secret is in this reply and never again. */
export async function addToken(
  deps: ServiceDeps,
  caller: Caller,
  principal: Principal,
  { name, permissions: named, pools, days }: z.output<typeof TokenInput>,
): Promise<TokenMade> {
  if (principal.kind === 'token') throw new AppError('not_for_tokens');
  const permissions = [...new Set(named)];
  const never = permissions.filter((permission) => neverByToken.has(permission));
  if (never.length > 0) throw new AppError('not_for_tokens', { permissions: never });
  const ofNoPool = permissions.filter((permission) => pools !== null && withoutPool.has(permission));
  if (ofNoPool.length > 0) throw new AppError('permission_without_pool', { permissions: ofNoPool });
  const secret = newSecret(deps.random, 'token');
  return inTransaction(deps.db, async (trx) => {
    const access = await lockCaller(trx, principal, null);
    const poolIds = pools === null ? null : await readablePools(trx, access, pools);
    assertWithinOwn(access, permissions, poolIds);
    const row = await insertApiToken(trx, {
      id: newId(deps.random),
      name,
      token_sha256: sha256Of(secret),
      user_id: principal.kind === 'user' ? principal.userId : null,
      permissions,
      pool_ids: poolIds === null ? null : [...poolIds],
      days,
    });
    const details = { name, permissions, pools: poolIds, days };
    await writeAudit(trx, { ...caller, action: 'api-token.create', target: row.id, details });
    const sentence = `${byWhom(caller)} made the API token ${name}, good for ${days === 1 ? '1 day' : `${days} days`}.`;
    await writeEvent(trx, { kind: 'token.created', severity: 'info', sentence, details });
    return { token: viewOf(row), secret };
  });
}

/** Throws `api_token_not_found`, also for one that the caller may not see. */
export async function revokeToken(
  deps: ServiceDeps,
  caller: Caller,
  principal: Principal,
  id: string,
): Promise<Removed> {
  return inTransaction(deps.db, async (trx) => {
    const row = await getApiToken(trx, id);
    if (!isOwn(principal, row)) assertMayRevoke(principal, id);
    await deleteApiToken(trx, id);
    const details = { name: row.name, owner: ownerOf(row) };
    await writeAudit(trx, { ...caller, action: 'api-token.revoke', target: id, details });
    const sentence = `${byWhom(caller)} revoked the API token ${row.name} of ${ownerOf(row)}.`;
    await writeEvent(trx, { kind: 'token.revoked', severity: 'info', sentence, details });
    return { removed: id };
  });
}

function assertMayRevoke({ kind, access }: Principal, id: string): void {
  if (!mayDo(access, 'token:read', null)) throw new AppError('api_token_not_found', { token: id });
  if (kind === 'token') throw new AppError('not_for_tokens', { permission: 'token:write' });
  if (!mayDo(access, 'token:write', null)) throw new AppError('permission_denied', { permission: 'token:write' });
}

/** A pool that the caller may not read is as unknown as one that is not there. */
async function readablePools(
  db: Kysely<Database>,
  access: Access,
  refs: readonly string[],
): Promise<readonly PoolId[]> {
  const ids = new Set<PoolId>();
  for (const ref of refs) {
    const id = (await getPool(db, ref)).id as PoolId;
    if (!mayDo(access, 'pool:read', id)) throw new AppError('pool_not_found', { pool: ref });
    ids.add(id);
  }
  return [...ids];
}

/** Throws `grant_exceeds_own`, naming what the maker may not do itself. */
function assertWithinOwn(access: Access, permissions: readonly Permission[], poolIds: readonly PoolId[] | null): void {
  const beyond = permissions.filter((permission) => {
    if (withoutPool.has(permission)) return !mayDo(access, permission, null);
    if (poolIds !== null) return poolIds.some((poolId) => !mayDo(access, permission, poolId));
    const held = poolsWith(access, permission); // of every pool that the owner may: one is enough
    return held !== 'all' && held.size === 0;
  });
  if (beyond.length > 0) throw new AppError('grant_exceeds_own', { permissions: beyond });
}

/** What the host itself made belongs to no user: the host sees and revokes it by its permissions. */
function isOwn(principal: Principal, { id, user_id }: ApiTokenRow): boolean {
  if (principal.kind === 'token') return principal.tokenId === id;
  return principal.kind === 'user' && principal.userId === user_id;
}

function ownerOf({ ownerEmail }: ApiTokenRow): string {
  return ownerEmail ?? 'host';
}

function viewOf(row: ApiTokenRow): TokenView {
  return {
    id: row.id,
    name: row.name,
    owner: ownerOf(row),
    permissions: row.permissions as Permission[],
    poolIds: row.pool_ids,
    createdAt: row.created_at.toISOString(),
    expiresAt: row.expires_at.toISOString(),
    expired: row.isExpired,
    lastUsedAt: row.last_used_at?.toISOString() ?? null,
    lastUsedFrom: row.last_used_from,
  };
}
