import { AckInput, PoolInput, PoolList, PoolParams, PoolPatch, PoolView } from '@serverctl/contract';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import type { ServiceDeps } from '../../services/deps.ts';
import { acknowledgePool, addPool, setPool } from '../../services/pools/pool-service.ts';
import { getPoolView, listPoolViews } from '../../services/pools/pool-views.ts';
import { callerOf } from '../caller.ts';
import { failures } from './replies.ts';

const tags = ['pools'];
/** The preset decides what counts as health in the whole pool. */
const administersPreset = { when: { in: 'body', field: 'preset' }, permission: 'pool:admin' } as const;
const movesRecord = { when: { in: 'body', field: 'confirmMove', is: true }, permission: 'promotion:write' } as const;

export const poolRoutes: FastifyPluginAsyncZod<{ deps: ServiceDeps }> = async (app, { deps }) => {
  app.get(
    '/pools',
    {
      config: { permission: 'pool:read', listed: true },
      schema: {
        operationId: 'listPools',
        summary: 'The pools that the caller may read, with their state',
        tags,
        response: { 200: PoolList, ...failures },
      },
    },
    (request) => listPoolViews(deps, callerOf(request)),
  );
  app.post(
    '/pools',
    {
      config: { permission: 'pool:admin' },
      schema: {
        operationId: 'addPool',
        summary: 'Add a pool',
        tags,
        body: PoolInput,
        response: { 201: PoolView, ...failures },
      },
    },
    async (request, reply) => reply.code(201).send(await addPool(deps, callerOf(request), request.body)),
  );
  app.get(
    '/pools/:poolId',
    {
      config: { permission: 'pool:read' },
      schema: {
        operationId: 'getPool',
        summary: 'One pool: settings, state, members and names',
        tags,
        params: PoolParams,
        response: { 200: PoolView, ...failures },
      },
    },
    ({ params }) => getPoolView(deps, params.poolId),
  );
  app.patch(
    '/pools/:poolId',
    {
      config: { permission: 'pool:write', also: [administersPreset, movesRecord] },
      schema: {
        operationId: 'setPool',
        summary: 'Change a pool’s settings',
        description: 'Switching automatic failover on while it would move the record at once asks for `confirmMove`.',
        tags,
        params: PoolParams,
        body: PoolPatch,
        response: { 200: PoolView, ...failures },
      },
    },
    (request) => setPool(deps, callerOf(request), request.params.poolId, request.body),
  );
  app.post(
    '/pools/:poolId/ack',
    {
      config: { permission: 'pool:write' },
      schema: {
        operationId: 'acknowledgePool',
        summary: 'End `held` and refill the anti-flapping bucket',
        tags,
        params: PoolParams,
        body: AckInput,
        response: { 200: PoolView, ...failures },
      },
    },
    (request) => acknowledgePool(deps, callerOf(request), request.params.poolId, request.body),
  );
};
