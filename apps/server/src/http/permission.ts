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
  'brakes:write',
  'event:read',
  'channel:read',
  'channel:write',
  'system:read',
] as const;

declare module 'fastify' {
  interface FastifyContextConfig {
    /** An operator's permission, or `agent:…` for a route with an authentication of its own. */
    permission?: string;
  }
}

export interface DeclaredRoute {
  readonly method: string;
  readonly url: string;
  readonly permission: string | undefined;
  readonly schema: { readonly operationId?: string; readonly summary?: string; readonly hide?: boolean } | undefined;
}

/** Deny by default: a route that does not say what it needs, or is neither documented nor hidden on purpose, never comes up. */
export function requireDeclarations({ method, url, permission, schema }: DeclaredRoute): void {
  const known = permissions.some((one) => one === permission) || permission?.startsWith('agent:') === true;
  const told = schema?.hide === true || (schema?.operationId !== undefined && schema.summary !== undefined);
  const missing = known ? (told ? null : 'operationId and summary') : 'permission';
  if (missing !== null) throw new AppError('internal', { because: `${method} ${url} declares no ${missing}` });
}
