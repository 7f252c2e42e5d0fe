import { BrakesView, ReasonInput } from '@serverctl/contract';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { readBrakes, releaseBrakesByPerson, restoreBrakesByPerson } from '../../services/brakes/brake-service.ts';
import type { ServiceDeps } from '../../services/deps.ts';
import { callerOf } from '../caller.ts';
import { failures } from './replies.ts';

const tags = ['brakes'];

export const brakeRoutes: FastifyPluginAsyncZod<{ deps: ServiceDeps }> = async (app, { deps }) => {
  app.get(
    '/brakes',
    {
      config: { permission: 'pool:read', listed: true },
      schema: {
        operationId: 'getBrakes',
        summary: 'What the fleet’s brakes hold back now, and by what figures',
        tags,
        response: { 200: BrakesView, ...failures },
      },
    },
    (request) => readBrakes(deps, callerOf(request)),
  );
  app.post(
    '/brakes/release',
    {
      config: { permission: 'brakes:write', stepUp: true },
      schema: {
        operationId: 'releaseBrakes',
        summary: 'Release the brakes of all pools for 10 minutes',
        tags,
        body: ReasonInput,
        response: { 200: BrakesView, ...failures },
      },
    },
    (request) => releaseBrakesByPerson(deps, callerOf(request), request.body),
  );
  app.post(
    '/brakes/restore',
    {
      config: { permission: 'brakes:write' },
      schema: {
        operationId: 'restoreBrakes',
        summary: 'Put the brakes in force again before their time',
        tags,
        body: ReasonInput,
        response: { 200: BrakesView, ...failures },
      },
    },
    (request) => restoreBrakesByPerson(deps, callerOf(request), request.body),
  );
};
