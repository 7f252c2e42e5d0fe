import { AppError, mayDo, neverByToken, type Permission, type PoolId, poolsWith } from '@serverctl/core';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Principal } from '../../services/accounts/principal.ts';
import { principalOf } from '../caller.ts';
import { isPermission, type When } from '../permission.ts';

export interface AuthorizeOptions {
  /** By id or name; null when there is none. */
  readonly findPool: (ref: string) => Promise<PoolId | null>;
}

/**
 * Judges each request by what its route declares (permission.ts), for whoever auth.ts proved. Before the route's own schemas are looked at,
 * so who may not do it learns nothing of what it takes; what depends on fields is judged once they are parsed.
 * So is a new proof asked for: whoever may do it hears first what is wrong with the form, all of it, and gives a password for what can be sent.
 *
 *   a token, and only users may          | not_for_tokens
 *   it may be done                       | goes on
 *   the pool may not be read, or is none | pool_not_found: the same words after the same work
 *   else                                 | permission_denied, with what is missing
 *
 * The pool is looked up once, and the route gets its id: a name that moves to another pool meanwhile does not move the request.
 */
export function authorize(app: FastifyInstance, { findPool }: AuthorizeOptions): void {
  app.addHook('preValidation', async (request) => {
    const { permission, listed, notForTokens } = request.routeOptions.config;
    if (!asksWho(permission)) return;
    const principal = principalOf(request);
    if (notForTokens === true && principal.kind === 'token') throw new AppError('not_for_tokens');
    if (permission !== 'self') {
      if (!isPermission(permission)) throw new AppError('internal', { because: `no permission ${permission}` });
      const pool = await poolIn(request, findPool);
      if (listed === true) demandListed(principal, permission);
      else demand(principal, permission, pool);
      if (pool?.id) (request.params as PoolRef).poolId = pool.id;
    }
  });
  app.addHook('preHandler', async (request) => {
    const { permission, also = [], stepUp } = request.routeOptions.config;
    if (!asksWho(permission)) return;
    const principal = principalOf(request);
    if (stepUp === true) demandProof(principal);
    for (const one of also) {
      if (holds(request, one.when)) demand(principal, one.permission, judgedPool(request));
    }
    if (typeof stepUp === 'object' && holds(request, stepUp)) demandProof(principal);
  });
}

interface PoolRef {
  poolId?: string;
}

/** The pool that a route is about; `id` null = there is none. */
interface FoundPool {
  readonly ref: string;
  readonly id: PoolId | null;
}

function asksWho(permission: string | undefined): permission is string {
  return permission !== undefined && permission !== 'public' && !permission.startsWith('agent:');
}

async function poolIn(request: FastifyRequest, find: AuthorizeOptions['findPool']): Promise<FoundPool | null> {
  const { poolId: ref } = request.params as PoolRef;
  return ref === undefined ? null : { ref, id: await find(ref) };
}

/** After the first judgement the parameter is the pool's id. */
function judgedPool(request: FastifyRequest): FoundPool | null {
  const { poolId: id } = request.params as PoolRef;
  return id === undefined ? null : { ref: id, id: id as PoolId };
}

function demand(principal: Principal, permission: Permission, pool: FoundPool | null): void {
  refuseToken(principal, permission);
  const { access } = principal;
  if (pool?.id === null) throw new AppError('pool_not_found', { pool: pool.ref });
  const poolId = pool?.id ?? null;
  if (mayDo(access, permission, poolId)) return;
  if (pool !== null && !mayDo(access, 'pool:read', poolId)) throw new AppError('pool_not_found', { pool: pool.ref });
  throw new AppError('permission_denied', { permission });
}

function demandListed(principal: Principal, permission: Permission): void {
  refuseToken(principal, permission);
  const pools = poolsWith(principal.access, permission);
  if (pools !== 'all' && pools.size === 0) throw new AppError('permission_denied', { permission });
}

function refuseToken({ kind }: Principal, permission: Permission): void {
  if (kind === 'token' && neverByToken.has(permission)) throw new AppError('not_for_tokens', { permission });
}

/** A token was made for what it may, and the host has its own door; a session may be anybody's who sits down before it (R39). */
function demandProof(principal: Principal): void {
  if (principal.kind === 'user' && !principal.isSteppedUp) throw new AppError('step_up_required');
}

function holds(request: FastifyRequest, { in: place, field, is }: When): boolean {
  const value = ((request[place] ?? {}) as Readonly<Record<string, unknown>>)[field];
  return is === undefined ? value !== undefined : value === is;
}
