import {
  BindingAdded,
  BindingChanged,
  BindingDetails,
  BindingInput,
  BindingList,
  BindingParams,
  BindingPatch,
  BindingQuery,
  BindingRemoved,
  PoolParams,
  TestView,
} from '@serverctl/contract';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import type { ServiceDeps } from '../../services/deps.ts';
import { getBindingDetails } from '../../services/dns/binding-detail.ts';
import { addBinding, listBindingViews, removeBinding, testBinding } from '../../services/dns/binding-service.ts';
import { changeBinding } from '../../services/dns/change-binding.ts';
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
  app.get(
    '/pools/:poolId/bindings/:bindingId',
    {
      config: { permission: 'dns:read' },
      schema: {
        operationId: 'getBinding',
        summary: 'One managed name, with what the recursive resolvers answer for it now',
        description:
          'By id one record, by name all that the name has. The resolvers of `GET /dns-resolvers` are asked at once and within 2 s.',
        tags,
        params: BindingParams,
        querystring: BindingQuery,
        response: { 200: BindingDetails, ...failures },
      },
    },
    ({ params, query }) => getBindingDetails(deps, params, query),
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
  changeRoutes(app, deps);
};

function changeRoutes(app: Parameters<typeof bindingRoutes>[0], deps: ServiceDeps): void {
  app.patch(
    '/pools/:poolId/bindings/:bindingId',
    {
      config: { permission: 'dns:write' },
      schema: {
        operationId: 'setBinding',
        summary: 'Change a name’s TTL, proxied or credential; tried before anything is stored',
        description: 'By id one record, by name all that the name has: each is tried, and all are changed or none.',
        tags,
        params: BindingParams,
        querystring: BindingQuery,
        body: BindingPatch,
        response: { 200: BindingChanged, ...failures },
      },
    },
    (request) => changeBinding(deps, callerOf(request), request.params, request.query, request.body),
  );
  app.delete(
    '/pools/:poolId/bindings/:bindingId',
    {
      config: { permission: 'dns:write' },
      schema: {
        operationId: 'removeBinding',
        summary: 'End management of a name; its record stays as it is',
        description: 'By id one record, by name all that the name has: an AAAA may be managed on without its A.',
        tags,
        params: BindingParams,
        querystring: BindingQuery,
        response: { 200: BindingRemoved, ...failures },
      },
    },
    (request) => removeBinding(deps, callerOf(request), request.params, request.query),
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
}
