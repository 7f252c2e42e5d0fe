import { Readable } from 'node:stream';
import { LiveQuery, liveMessages } from '@serverctl/contract';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { LiveDesk } from '../../services/live/live-desk.ts';
import { principalOf, proofOf } from '../caller.ts';
import { failures } from './replies.ts';

export interface LiveRouteOptions {
  readonly desk: LiveDesk;
  /** Aborts when the server stops: no stream goes on then. */
  readonly closing: AbortSignal;
}

/** Described as what comes in it; it is sent as it is made. */
const messages: z.ZodType = z
  .object(liveMessages)
  .partial()
  .describe('The `event` of each message is one of these names, its `data` the object of that name.');

/** As browsers send back what they were given as an id; anything else is of another server. */
const eventId = /^\d{1,15}$/;

export const liveRoutes: FastifyPluginAsyncZod<LiveRouteOptions> = async (app, { desk, closing }) => {
  closing.addEventListener('abort', () => desk.close(), { once: true });
  app.get(
    '/live',
    {
      config: { permission: 'pool:read', listed: true },
      schema: {
        operationId: 'watchLive',
        summary: 'Pools, heartbeats and events as they change: a stream that does not end',
        description:
          'Server-sent events: of pools that you may read and events that you may see, as `GET /api/v1/pools` and `GET /api/v1/events` give them. It ends when your session or token does, or may read nothing any more. After a break, `Last-Event-ID` goes on with the events that followed.',
        tags: ['events'],
        querystring: LiveQuery,
        response: { 200: { content: { 'text/event-stream': { schema: messages } } }, ...failures },
      },
    },
    (request, reply) => {
      const lastId = request.headers['last-event-id'];
      const after = typeof lastId === 'string' && eventId.test(lastId) ? Number(lastId) : (request.query.after ?? null);
      const { chunks, cut, leave } = desk.open({ principal: principalOf(request), prove: proofOf(request), after });
      if (reply.raw.destroyed) leave(); // gone while we looked who it was
      reply.raw.once('close', leave);
      cut.addEventListener('abort', () => reply.raw.destroy(), { once: true });
      return reply
        .type('text/event-stream; charset=utf-8')
        .header('cache-control', 'no-store')
        .header('x-accel-buffering', 'no') // nginx hands each message on as it comes
        .header('connection', 'close') // a server that stops waits for no connection that is kept
        .send(Readable.from(chunks(), { objectMode: false, highWaterMark: 1 }));
    },
  );
};
