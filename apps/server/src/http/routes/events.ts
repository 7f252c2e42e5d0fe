import { EventList, EventQuery } from '@serverctl/contract';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { type EventDeps, listEvents } from '../../services/events.ts';
import { callerOf } from '../caller.ts';
import { failures } from './replies.ts';

export interface EventRouteOptions {
  readonly deps: EventDeps;
  /** Aborts when the server stops: nobody waits any longer then. */
  readonly closing: AbortSignal;
}

export const eventRoutes: FastifyPluginAsyncZod<EventRouteOptions> = async (app, { deps, closing }) => {
  app.get(
    '/events',
    {
      config: { permission: 'event:read', listed: true },
      schema: {
        operationId: 'listEvents',
        summary: 'What happened; with `after` and `waitSeconds` it waits for the next',
        description:
          'Of pools whose events you may see. Kinds about users, tokens and links need `user:read` as well, those about channels `channel:read`, those about the audit log `audit:read`; without it they are left out.',
        tags: ['events'],
        querystring: EventQuery,
        response: { 200: EventList, ...failures },
      },
    },
    (request) => listEvents(deps, callerOf(request), request.query, AbortSignal.any([closing, request.signal])),
  );
};
