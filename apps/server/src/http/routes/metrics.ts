import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Metrics } from '../../services/metrics/metrics.ts';

/** For Prometheus, with an API token that has `metrics:read`. */
export const metricsRoutes: FastifyPluginAsyncZod<{ metrics: Pick<Metrics, 'text' | 'contentType'> }> = async (
  app,
  { metrics },
) => {
  app.get(
    '/metrics',
    {
      config: { permission: 'metrics:read' },
      schema: {
        operationId: 'getMetrics',
        summary: 'Metrics in the text format of Prometheus',
        tags: ['system'],
        response: { 200: z.string() },
      },
      serializerCompiler: () => String,
    },
    async (_request, reply) => reply.type(metrics.contentType).send(await metrics.text()),
  );
};
