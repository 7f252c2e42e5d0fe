import {
  BindingAdded,
  BindingInput,
  BindingList,
  BindingParams,
  PoolParams,
  Removed,
  TestView,
} from '@serverctl/contract';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import type { ServiceDeps } from '../../services/deps.ts';
import { addBinding, listBindingViews, removeBinding, testBinding } from '../../services/dns/binding-service.ts';
import { callerOf } from '../caller.ts';
import { failures } from './replies.ts';

const tags = ['dns'];

export const bindingRoutes: FastifyPluginAsyncZod<{ deps: ServiceDeps }> = async (app, { deps }) => {
  app.get(
    '/pools/:poolId/bindings',
    {
      config: { permission: 'dns:read' },
      schema: {
        operationId: 'listBindings',
        summary: 'The managed names of a pool',
        tags,
        params: PoolParams,
        response: { 200: BindingList, ...failures },
      },
    },
    ({ params }) => listBindingViews(deps, params.poolId),
  );
  app.post(
    '/pools/:poolId/bindings',
    {
      config: { permission: 'dns:write', stepUp: { in: 'body', field: 'takeOver', is: true } },
      schema: {
        operationId: 'addBinding',
        summary: 'Manage a name; tried before anything is stored',
        tags,
        params: PoolParams,
        body: BindingInput,
        response: { 201: BindingAdded, ...failures },
      },
    },
    async (request, reply) =>
      reply.code(201).send(await addBinding(deps, callerOf(request), request.params.poolId, request.body)),
  );
  app.delete(
    '/pools/:poolId/bindings/:bindingId',
    {
      config: { permission: 'dns:write' },
      schema: {
        operationId: 'removeBinding',
        summary: 'End management of a name; its record stays as it is',
        tags,
        params: BindingParams,
        response: { 200: Removed, ...failures },
      },
    },
    (request) => removeBinding(deps, callerOf(request), request.params),
  );
  app.post(
    '/pools/:poolId/bindings/:bindingId/test',
    {
      config: { permission: 'dns:write' },
      schema: {
        operationId: 'testBinding',
        summary: 'Try a managed name now; changes nothing',
        tags,
        params: BindingParams,
        response: { 200: TestView, ...failures },
      },
    },
    ({ params }) => testBinding(deps, params),
  );
};
