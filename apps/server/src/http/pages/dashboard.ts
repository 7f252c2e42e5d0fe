import { AppError } from '@serverctl/core';
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { DashboardFile, DashboardFiles } from '../../services/dashboard-files.ts';

/*
 * The dashboard's files, as script/package-dashboard leaves them:
 *
 *   /, and what is below its own roots   index.html: the rest of the address is read in the browser
 *   /join                                the same, for one-time links: their secret stands behind `#`, which no browser sends (R44)
 *   /assets/<hash>                       never another content at the same address, so it may be kept for ever
 *   everything else                      not ours: an unknown one is a 404 in JSON, as ever
 */

/** By the first part of an address: those that apps/dashboard has pages for. */
const roots = ['account', 'pools', 'sign-in'] as const;

/** Only our own files, and no script or style but those; React sets styles by the object model, which no policy needs to allow. */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "font-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
].join('; ');

const yearSeconds = 31_536_000;

export async function dashboardPages(
  app: FastifyInstance,
  { files }: { readonly files: DashboardFiles },
): Promise<void> {
  const route = { config: { permission: 'public' }, schema: { hide: true } };

  app.get<{ Params: { name: string } }>('/assets/:name', route, async (request, reply) => {
    const file = await files.asset(request.params.name);
    if (file === null) throw new AppError('route_not_found', { method: 'GET', path: `/assets/${request.params.name}` });
    reply.header('cache-control', `public, max-age=${yearSeconds}, immutable`).header('vary', 'accept-encoding');
    return sendFile(reply, file, request.headers['accept-encoding']);
  });

  for (const url of ['/', ...roots.flatMap((root) => [`/${root}`, `/${root}/*`])])
    app.get(url, route, (_request, reply) => sendIndex(reply, files, missing));
  app.get('/join', route, (_request, reply) => sendIndex(reply, files, missingForLinks));
}

async function sendIndex(reply: FastifyReply, files: DashboardFiles, without: string): Promise<FastifyReply> {
  const index = await files.index();
  reply
    .header('content-security-policy', policy)
    .header('cross-origin-opener-policy', 'same-origin')
    .header('referrer-policy', 'no-referrer')
    .header('x-content-type-options', 'nosniff')
    .header('cache-control', 'no-store');
  if (index === null) return reply.code(503).type('text/plain; charset=utf-8').send(without);
  return reply.type('text/html; charset=utf-8').send(index);
}

const missing = `ServerCTL runs, and its dashboard has not been built here.

In a checkout: script/package builds it; no restart is needed.
Everything can be done without it: serverctl --help.
`;

/** Whoever has a link may have nothing else: it is said how to use it all the same. */
const missingForLinks = `${missing}
Your link was not used. At a terminal, this uses it: serverctl join
It asks for the whole link, with the part behind #.
`;

function sendFile(reply: FastifyReply, { type, body, gzip }: DashboardFile, accepted: unknown): FastifyReply {
  reply.type(type);
  const takesGzip = typeof accepted === 'string' && /\bgzip\b/.test(accepted);
  return takesGzip && gzip !== null ? reply.header('content-encoding', 'gzip').send(gzip) : reply.send(body);
}
