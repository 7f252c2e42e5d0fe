import {
  ChannelInput,
  ChannelList,
  ChannelMade,
  ChannelParams,
  ChannelPatch,
  ChannelTest,
  ChannelView,
  DeliveryList,
  DeliveryQuery,
  EventKindList,
  Removed,
} from '@serverctl/contract';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import type { ServiceDeps } from '../../services/deps.ts';
import {
  addChannel,
  listChannelViews,
  readDeliveries,
  removeChannel,
  renewSigningSecret,
  setChannel,
} from '../../services/notifications/channel-service.ts';
import { eventKindViews } from '../../services/notifications/channel-view.ts';
import { testChannel } from '../../services/notifications/test-channel.ts';
import { callerOf } from '../caller.ts';
import { failures } from './replies.ts';

const tags = ['events'];
const reads = { permission: 'channel:read' } as const;
const writes = { permission: 'channel:write', stepUp: true } as const;
/** A test changes nothing that is in force; its delivery is kept in the list of them, like every notice's. */
const tries = { permission: 'channel:write' } as const;

export const channelRoutes: FastifyPluginAsyncZod<{ deps: ServiceDeps }> = async (app, { deps }) => {
  app.get(
    '/notification-channels',
    {
      config: reads,
      schema: {
        operationId: 'listChannels',
        summary: 'Who is told of what, without the secrets',
        tags,
        response: { 200: ChannelList, ...failures },
      },
    },
    () => listChannelViews(deps),
  );
  app.post(
    '/notification-channels',
    {
      config: writes,
      schema: {
        operationId: 'addChannel',
        summary: 'Add a webhook, a chat or a mail channel; a webhook’s signing secret is shown once',
        tags,
        body: ChannelInput,
        response: { 201: ChannelMade, ...failures },
      },
    },
    async (request, reply) => reply.code(201).send(await addChannel(deps, callerOf(request), request.body)),
  );
  app.patch(
    '/notification-channels/:channelId',
    {
      config: writes,
      schema: {
        operationId: 'updateChannel',
        summary: 'Change what a channel is told of, or disable it',
        tags,
        params: ChannelParams,
        body: ChannelPatch,
        response: { 200: ChannelView, ...failures },
      },
    },
    (request) => setChannel(deps, callerOf(request), request.params.channelId, request.body),
  );
  app.delete(
    '/notification-channels/:channelId',
    {
      config: writes,
      schema: {
        operationId: 'removeChannel',
        summary: 'Remove a channel and its deliveries',
        tags,
        params: ChannelParams,
        response: { 200: Removed, ...failures },
      },
    },
    (request) => removeChannel(deps, callerOf(request), request.params.channelId),
  );
  await app.register(noticeRoutes, { deps });
};

/** What is sent there, and with which secret. */
const noticeRoutes: FastifyPluginAsyncZod<{ deps: ServiceDeps }> = async (app, { deps }) => {
  app.post(
    '/notification-channels/:channelId/test',
    {
      config: tries,
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
  app.post(
    '/notification-channels/:channelId/signing-secret',
    {
      config: writes,
      schema: {
        operationId: 'renewSigningSecret',
        summary: 'Make a new signing secret for a webhook; the old one ends at once',
        tags,
        params: ChannelParams,
        response: { 200: ChannelMade, ...failures },
      },
    },
    (request) => renewSigningSecret(deps, callerOf(request), request.params.channelId),
  );
  app.get(
    '/notification-channels/:channelId/deliveries',
    {
      config: reads,
      schema: {
        operationId: 'listDeliveries',
        summary: 'What went to a channel and how it went, newest first',
        tags,
        params: ChannelParams,
        querystring: DeliveryQuery,
        response: { 200: DeliveryList, ...failures },
      },
    },
    ({ params, query }) => readDeliveries(deps, params.channelId, query.limit),
  );
  app.get(
    '/event-kinds',
    {
      config: { permission: 'self' },
      schema: {
        operationId: 'listEventKinds',
        summary: 'Every kind of event that there is',
        tags,
        response: { 200: EventKindList, ...failures },
      },
    },
    () => eventKindViews(),
  );
};
