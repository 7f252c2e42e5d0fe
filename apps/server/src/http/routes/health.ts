import { HealthView, ReadyView } from '@serverctl/contract';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';

export interface HealthRouteOptions {
  readonly readiness: () => Promise<ReadyView>;
}

const tags = ['system'];

/** For supervisors and load balancers: no token, and nothing in it that needs one. */
export const healthRoutes: FastifyPluginAsyncZod<HealthRouteOptions> = async (app, { readiness }) => {
  app.get(
    '/healthz',
    {
      config: { permission: 'public' },
      schema: {
        operationId: 'getHealth',
        summary: 'The process is alive',
        tags,
        security: [],
        response: { 200: HealthView },
      },
    },
    async () => ({ alive: true as const }),
  );
  app.get(
    '/readyz',
    {
      config: { permission: 'public' },
      schema: {
        operationId: 'getReadiness',
        summary: 'Database, lease and flush; 503 says what is wrong',
        tags,
        security: [],
        response: { 200: ReadyView, 503: ReadyView },
      },
    },
    async (_request, reply) => {
      const view = await readiness();
      return reply.code(view.ready ? 200 : 503).send(view);
    },
  );
};
