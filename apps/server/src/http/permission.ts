import { AppError } from '@serverctl/core';

/** What an operator's request may be allowed to do. `public` needs no token. */
export const permissions = [
  'public',
  'pool:read',
  'pool:write',
  'member:write',
  'dns:read',
  'dns:write',
  'promotion:write',
  'event:read',
  'channel:read',
  'channel:write',
  'system:read',
] as const;
export type Permission = (typeof permissions)[number];

declare module 'fastify' {
  interface FastifyContextConfig {
    /** An operator's permission, or `agent:…` for a route with an authentication of its own. */
    permission?: string;
  }
}

/** Deny by default: a route that does not say what it needs never comes up. */
export function requirePermission(method: string, url: string, permission: string | undefined): void {
  const known = permissions.some((one) => one === permission) || permission?.startsWith('agent:') === true;
  if (!known) throw new AppError('internal', { because: `${method} ${url} declares no permission` });
}
