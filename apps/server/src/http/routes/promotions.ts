import {
  FirstPublishInput,
  FirstPublishView,
  PoolParams,
  PromoteInput,
  PromoteResult,
  PromotionDetail,
  PromotionList,
  PromotionParams,
  PromotionQuery,
} from '@serverctl/contract';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import type { ServiceDeps } from '../../services/deps.ts';
import { confirmFirstPublish, previewFirstPublish } from '../../services/promotions/first-publish.ts';
import { promote } from '../../services/promotions/promote.ts';
import { getPromotionDetail, listPromotionViews } from '../../services/promotions/read-promotions.ts';
import { callerOf } from '../caller.ts';
import { failures } from './replies.ts';

const tags = ['promotions'];

export const promotionRoutes: FastifyPluginAsyncZod<{ deps: ServiceDeps }> = async (app, { deps }) => {
  app.get(
    '/pools/:poolId/first-publish',
    {
      config: { permission: 'pool:read' },
      schema: {
        operationId: 'previewFirstPublish',
        summary: 'Who would be published first, and what stands there now',
        tags,
        params: PoolParams,
        response: { 200: FirstPublishView, ...failures },
      },
    },
    ({ params }) => previewFirstPublish(deps, params.poolId),
  );
  app.post(
    '/pools/:poolId/first-publish',
    {
      config: { permission: 'promotion:write', stepUp: { in: 'body', field: 'takeOver', is: true } },
      schema: {
        operationId: 'confirmFirstPublish',
        summary: 'Confirm the first publish',
        tags,
        params: PoolParams,
        body: FirstPublishInput,
        response: { 201: PromoteResult, ...failures },
      },
    },
    async (request, reply) =>
      reply.code(201).send(await confirmFirstPublish(deps, callerOf(request), request.params.poolId, request.body)),
  );
  app.get(
    '/pools/:poolId/promotions',
    {
      config: { permission: 'pool:read' },
      schema: {
        operationId: 'listPromotions',
        summary: 'Promotions, newest first',
        tags,
        params: PoolParams,
        querystring: PromotionQuery,
        response: { 200: PromotionList, ...failures },
      },
    },
    ({ params, query }) => listPromotionViews(deps, params.poolId, query.limit),
  );
  switchoverRoutes(app, deps);
};

function switchoverRoutes(app: Parameters<typeof promotionRoutes>[0], deps: ServiceDeps): void {
  app.post(
    '/pools/:poolId/promotions',
    {
      config: { permission: 'promotion:write' },
      schema: {
        operationId: 'promote',
        summary: 'Make another member active',
        description: 'With `preview` nothing changes, and the reply is 200.',
        tags,
        params: PoolParams,
        body: PromoteInput,
        response: { 200: PromoteResult, 201: PromoteResult, ...failures },
      },
    },
    async (request, reply) => {
      const result = await promote(deps, callerOf(request), request.params.poolId, request.body);
      return reply.code(result.promotion === null ? 200 : 201).send(result);
    },
  );
  app.get(
    '/pools/:poolId/promotions/:promotionId',
    {
      config: { permission: 'pool:read' },
      schema: {
        operationId: 'getPromotion',
        summary: 'One promotion: its timeline and its evidence',
        tags,
        params: PromotionParams,
        response: { 200: PromotionDetail, ...failures },
      },
    },
    ({ params }) => getPromotionDetail(deps, params.poolId, params.promotionId),
  );
}
