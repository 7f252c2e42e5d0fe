import { AppError, type Permission, permissions } from '@serverctl/core';
import type { FastifyInstance } from 'fastify';

/*
 * What a route asks of who calls it, said in the route's own `config`; http/plugins/authorize.ts carries it out, and docs/reference/permissions.md
 * and the matrix test are made from the same words:
 *
 *   permission: 'public'        anybody
 *   permission: 'self'          whoever proved who they are: it is about nobody else
 *   permission: 'agent:…'       a proof of another kind, which the route looks at itself
 *   permission: 'pool:read' …   for the pool of `:poolId`, else everywhere
 *   listed: true                in at least one pool: the service shows what belongs to the pools that may be seen
 *   also: [{ when, permission }]  another one as well, for the same pool, when the request asks for more
 *   notForTokens: true          not by an API token, whatever it may (core's neverByToken says it of whole permissions)
 *   stepUp: true, or when       a proof of who asks that is at most ten minutes old
 */

/** A part of the request that makes it ask for more: a field that has this value, or that is given at all. */
export interface When {
  readonly in: 'body' | 'query';
  readonly field: string;
  readonly is?: string | boolean;
}

/** What may be needed beside `permission`. */
export interface AlsoNeeded {
  readonly when: When;
  readonly permission: Permission;
}

declare module 'fastify' {
  interface FastifyContextConfig {
    permission?: string;
    listed?: true;
    also?: readonly AlsoNeeded[];
    notForTokens?: true;
    stepUp?: true | When;
  }
}

/** One route with what it asks for. */
export interface DeclaredRoute {
  readonly method: string;
  readonly url: string;
  readonly permission: string;
  readonly listed: boolean;
  readonly also: readonly AlsoNeeded[];
  readonly notForTokens: boolean;
  /** Null = never. */
  readonly stepUp: true | When | null;
  readonly operationId: string | null;
  readonly summary: string | null;
  readonly querystring: unknown;
  readonly body: unknown;
}

const declared = new WeakMap<FastifyInstance, DeclaredRoute[]>();

/** Deny by default: a route that does not say what it needs, or is neither documented nor hidden on purpose, never comes up. */
export function requireDeclarations(app: FastifyInstance): void {
  const routes: DeclaredRoute[] = [];
  declared.set(app, routes);
  app.addHook('onRoute', ({ method, url, config = {}, schema = {} }) => {
    const { permission = '', listed = false, also = [], notForTokens = false, stepUp = null } = config;
    const { operationId = null, summary = null } = schema as { operationId?: string; summary?: string };
    const { querystring = null, body = null, hide = false } = schema;
    const route = { url, permission, listed, also, notForTokens, stepUp, operationId, summary, querystring, body };
    for (const one of [method].flat()) {
      refuseUnclear({ ...route, method: one }, hide);
      routes.push({ ...route, method: one });
    }
  });
}

/** Every route that the app has, in the order in which they were registered. */
export function declaredRoutes(app: FastifyInstance): readonly DeclaredRoute[] {
  return declared.get(app) ?? [];
}

/** One of core's, not a word of the routes' own. */
export function isPermission(permission: string): permission is Permission {
  return permissions.some((one) => one === permission);
}

function refuseUnclear({ method, url, permission, listed, operationId, summary }: DeclaredRoute, hide: boolean): void {
  const known =
    isPermission(permission) || permission === 'public' || permission === 'self' || permission.startsWith('agent:');
  const missing = [
    !known && 'permission',
    !hide && (operationId === null || summary === null) && 'operationId and summary',
    // What is listed belongs to several pools; a route of one pool is judged for that one.
    listed && (url.includes('/:poolId') || !isPermission(permission)) && 'permission that can be listed',
  ].filter((part) => part !== false);
  if (missing.length > 0) throw new AppError('internal', { because: `${method} ${url} declares no ${missing[0]}` });
}
