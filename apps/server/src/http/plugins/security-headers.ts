import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

export interface SecurityHeaderOptions {
  /** Whether the reply goes out by TLS: ours, or a trusted proxy's. */
  readonly isSecure: (request: FastifyRequest) => boolean;
}

/** For a reply that is data: no page may frame it, nothing in it is run, and nobody keeps it. */
export const securityHeaders = {
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'cache-control': 'no-store',
} as const;

/** Two years, for this very name only: what else runs below it is not ours to bind. */
const transportSecurity = 'max-age=63072000';

/** On every reply, errors as well. What a route said itself stays: a page has its own policy, a download may be cached. */
export function addSecurityHeaders(app: FastifyInstance, { isSecure }: SecurityHeaderOptions): void {
  const entries = Object.entries(securityHeaders);
  app.addHook('onSend', (request: FastifyRequest, reply: FastifyReply, payload: unknown, done) => {
    for (const [name, value] of entries) if (!reply.hasHeader(name)) reply.header(name, value);
    if (isSecure(request)) reply.header('strict-transport-security', transportSecurity);
    done(null, payload);
  });
}
