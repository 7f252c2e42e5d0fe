import { AppError } from '@serverctl/core';
import type { FastifyInstance } from 'fastify';
import type { Runbooks } from '../../services/runbooks.ts';

/**
 * What a notice links to, for whoever is paged at night on a telephone: no sign-in, since nothing in these pages is secret or of this fleet.
 */
export async function runbookRoutes(
  app: FastifyInstance,
  { runbooks }: { readonly runbooks: Pick<Runbooks, 'page'> },
): Promise<void> {
  app.get<{ Params: { name: string } }>(
    '/runbooks/:name',
    { config: { permission: 'public' }, schema: { hide: true, summary: 'What to do, as a page of a notice' } },
    async ({ params: { name } }, reply) => {
      const page = runbooks.page(name);
      if (page === null) throw new AppError('route_not_found', { method: 'GET', path: `/runbooks/${name}` });
      return reply.type('text/markdown; charset=utf-8').send(page);
    },
  );
}
