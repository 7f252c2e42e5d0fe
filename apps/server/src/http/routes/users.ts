import {
  GrantsInput,
  InvitationMade,
  Removed,
  ResetInput,
  SessionsEnded,
  UserList,
  UserParams,
  UserPatch,
  UserView,
} from '@serverctl/contract';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { makeResetLink } from '../../services/accounts/invitations.ts';
import { endUserSessions, removeUser, setGrants, setUser } from '../../services/accounts/users.ts';
import { getUserView, listUserViews } from '../../services/accounts/users-view.ts';
import type { ServiceDeps } from '../../services/deps.ts';
import { callerOf, principalOf } from '../caller.ts';
import { failures } from './replies.ts';

const tags = ['users'];
const reading = { permission: 'user:read' } as const;
/** Who can sign in, and with which rights: never by a token, and never without a new proof of who asks (R39). */
const writing = { permission: 'user:write', stepUp: true } as const;

export const userRoutes: FastifyPluginAsyncZod<{ deps: ServiceDeps }> = async (app, { deps }) => {
  app.get(
    '/users',
    {
      config: reading,
      schema: {
        operationId: 'listUsers',
        summary: 'Every user, with roles and how often signed in',
        tags,
        response: { 200: UserList, ...failures },
      },
    },
    () => listUserViews(deps),
  );
  app.get(
    '/users/:userId',
    {
      config: reading,
      schema: {
        operationId: 'getUser',
        summary: 'One user',
        tags,
        params: UserParams,
        response: { 200: UserView, ...failures },
      },
    },
    ({ params }) => getUserView(deps, params.userId),
  );
  changeRoutes(app, deps);
  accessRoutes(app, deps);
};

function changeRoutes(app: Parameters<typeof userRoutes>[0], deps: ServiceDeps): void {
  app.patch(
    '/users/:userId',
    {
      config: writing,
      schema: {
        operationId: 'setUser',
        summary: 'Rename a user, or disable and enable it',
        description: 'Disabling ends every session and suspends every token of the user.',
        tags,
        params: UserParams,
        body: UserPatch,
        response: { 200: UserView, ...failures },
      },
    },
    (request) => setUser(deps, callerOf(request), principalOf(request), request.params.userId, request.body),
  );
  app.put(
    '/users/:userId/grants',
    {
      config: writing,
      schema: {
        operationId: 'setGrants',
        summary: 'Replace the roles of a user',
        description: 'Pools by id or name; without a pool everywhere. Nobody gives more than they have.',
        tags,
        params: UserParams,
        body: GrantsInput,
        response: { 200: UserView, ...failures },
      },
    },
    (request) => setGrants(deps, callerOf(request), principalOf(request), request.params.userId, request.body),
  );
  app.delete(
    '/users/:userId',
    {
      config: writing,
      schema: {
        operationId: 'removeUser',
        summary: 'Remove a user, with its sessions, tokens and roles',
        tags,
        params: UserParams,
        response: { 200: Removed, ...failures },
      },
    },
    (request) => removeUser(deps, callerOf(request), principalOf(request), request.params.userId),
  );
}

function accessRoutes(app: Parameters<typeof userRoutes>[0], deps: ServiceDeps): void {
  app.delete(
    '/users/:userId/sessions',
    {
      config: writing,
      schema: {
        operationId: 'endSessions',
        summary: 'Sign a user out everywhere',
        tags,
        params: UserParams,
        response: { 200: SessionsEnded, ...failures },
      },
    },
    (request) => endUserSessions(deps, callerOf(request), principalOf(request), request.params.userId),
  );
  app.post(
    '/users/:userId/reset',
    {
      config: writing,
      schema: {
        operationId: 'resetUser',
        summary: 'Make a one-time link by which a user chooses a new password',
        description:
          'The link is in this reply and never again. The present password stays good until the link is used; then every session and API token of the user ends, and every unused link that the user made.',
        tags,
        params: UserParams,
        body: ResetInput,
        response: { 201: InvitationMade, ...failures },
      },
    },
    async (request, reply) =>
      reply
        .code(201)
        .send(await makeResetLink(deps, callerOf(request), principalOf(request), request.params.userId, request.body)),
  );
}
