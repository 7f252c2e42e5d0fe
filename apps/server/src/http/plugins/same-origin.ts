import { AppError } from '@serverctl/core';
import type { FastifyInstance, FastifyRequest } from 'fastify';

export interface SameOriginOptions {
  readonly publicUrls: readonly string[];
  /** Whether we are spoken to by TLS, ourselves or through a proxy. */
  readonly isSecure: boolean;
  readonly sessionIn: (request: FastifyRequest) => string | null;
}

const reading: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);
const ownSites: ReadonlySet<string> = new Set(['same-origin', 'none']);

/**
 * A browser adds the cookie to whatever a page asks for, so a change must come from our own pages (R39). In this order:
 *
 *   reading                               | no matter: nothing changes by reading
 *   a bearer token                        | no matter: no other site's page can send one
 *   Sec-Fetch-Site, which no page can set | `same-origin` or `none`
 *   Origin                                | a public URL's, or the one that the request was sent to
 *   neither                               | refused with a cookie; without one it is no browser's, and no session is spent on it
 */
export function refuseOtherOrigins(app: FastifyInstance, { publicUrls, isSecure, sessionIn }: SameOriginOptions): void {
  const own = new Set(publicUrls.map((url) => new URL(url).origin));
  const scheme = isSecure ? 'https' : 'http';

  function isOwn(request: FastifyRequest): boolean {
    const { origin, host, 'sec-fetch-site': site } = request.headers;
    if (site !== undefined) return typeof site === 'string' && ownSites.has(site);
    if (origin !== undefined) return own.has(origin) || origin === `${scheme}://${host}`;
    return sessionIn(request) === null;
  }

  app.addHook('onRequest', async (request) => {
    if (reading.has(request.method) || request.headers.authorization !== undefined || isOwn(request)) return;
    throw new AppError('origin_refused', { origin: request.headers.origin ?? null });
  });
}
