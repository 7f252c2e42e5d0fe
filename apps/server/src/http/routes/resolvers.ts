import { ResolversInput, ResolversView } from '@serverctl/contract';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import type { ServiceDeps } from '../../services/deps.ts';
import { setResolvers, viewResolvers } from '../../services/resolvers/resolver-service.ts';
import { callerOf } from '../caller.ts';
import { failures } from './replies.ts';

const tags = ['dns'];

export const resolverRoutes: FastifyPluginAsyncZod<{ deps: ServiceDeps }> = async (app, { deps }) => {
  app.get(
    '/dns-resolvers',
    {
      config: { permission: 'dns:read' },
      schema: {
        operationId: 'getResolvers',
        summary: 'The recursive resolvers whose answers are shown beside a name',
        tags,
        response: { 200: ResolversView, ...failures },
      },
    },
    () => viewResolvers(deps),
  );
  app.put(
    '/dns-resolvers',
    {
      config: { permission: 'dns:write' },
      schema: {
        operationId: 'setResolvers',
        summary: 'Choose the recursive resolvers whose answers are shown; nothing else follows from them',
        tags,
        body: ResolversInput,
        response: { 200: ResolversView, ...failures },
      },
    },
    (request) => setResolvers(deps, callerOf(request), request.body),
  );
};
