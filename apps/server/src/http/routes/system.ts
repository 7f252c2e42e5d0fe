import { LivenessView } from '@serverctl/contract';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { failures } from './replies.ts';

export interface SystemRouteOptions {
  readonly liveness: () => Promise<LivenessView>;
}

export const systemRoutes: FastifyPluginAsyncZod<SystemRouteOptions> = async (app, { liveness }) => {
  app.get(
    '/liveness',
    {
      config: { permission: 'system:read' },
      schema: {
        operationId: 'getLiveness',
        summary: 'How the fleet is heard, in counters since this process started',
        tags: ['system'],
        response: { 200: LivenessView, ...failures },
      },
    },
    () => liveness(),
  );
  app.get('/openapi.json', { config: { permission: 'public' }, schema: { hide: true } }, async () => app.swagger());
};
