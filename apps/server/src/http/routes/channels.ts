import { ChannelInput, ChannelList, ChannelParams, ChannelTest, ChannelView, Removed } from '@serverctl/contract';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import type { ServiceDeps } from '../../services/deps.ts';
import {
  addChannel,
  listChannelViews,
  removeChannel,
  testChannel,
} from '../../services/notifications/channel-service.ts';
import { callerOf } from '../caller.ts';
import { failures } from './replies.ts';

const tags = ['events'];

export const channelRoutes: FastifyPluginAsyncZod<{ deps: ServiceDeps }> = async (app, { deps }) => {
  app.get(
    '/notification-channels',
    {
      config: { permission: 'channel:read' },
      schema: {
        operationId: 'listChannels',
        summary: 'Who is told, by origin only',
        tags,
        response: { 200: ChannelList, ...failures },
      },
    },
    () => listChannelViews(deps),
  );
  app.post(
    '/notification-channels',
    {
      config: { permission: 'channel:write' },
      schema: {
        operationId: 'addChannel',
        summary: 'Add a webhook',
        tags,
        body: ChannelInput,
        response: { 201: ChannelView, ...failures },
      },
    },
    async (request, reply) => reply.code(201).send(await addChannel(deps, callerOf(request), request.body)),
  );
  app.delete(
    '/notification-channels/:channelId',
    {
      config: { permission: 'channel:write' },
      schema: {
        operationId: 'removeChannel',
        summary: 'Remove a webhook',
        tags,
        params: ChannelParams,
        response: { 200: Removed, ...failures },
      },
    },
    (request) => removeChannel(deps, callerOf(request), request.params.channelId),
  );
  app.post(
    '/notification-channels/:channelId/test',
    {
      config: { permission: 'channel:write' },
      schema: {
        operationId: 'testChannel',
        summary: 'Send one test notice now',
        tags,
        params: ChannelParams,
        response: { 200: ChannelTest, ...failures },
      },
    },
    ({ params }) => testChannel(deps, params.channelId),
  );
};
