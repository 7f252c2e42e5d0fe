import {
  AcceptInput,
  InvitationList,
  InvitationMade,
  InvitationParams,
  InvitationSecret,
  InvitationShown,
  InviteInput,
  Removed,
  UserView,
} from '@serverctl/contract';
import { AppError, secondMs } from '@serverctl/core';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { createBuckets } from '../../platform/buckets.ts';
import { invite, listInvitationViews, removeInvitation, showLink } from '../../services/accounts/invitations.ts';
import { acceptLink } from '../../services/accounts/invitations-accept.ts';
import { makeSetupLink } from '../../services/accounts/setup-link.ts';
import type { SignInDesk } from '../../services/accounts/sign-in-desk.ts';
import type { ServiceDeps } from '../../services/deps.ts';
import { placeOf } from '../../services/place-of.ts';
import { peerAddress } from '../agent/peer.ts';
import { callerOf, principalOf } from '../caller.ts';
import { failures } from './replies.ts';

const tags = ['users'];
const writing = { permission: 'user:write', stepUp: true } as const;

/** Of one place: a page asks twice for one link, and 256 bits are not found by trying; this bounds what strangers cost. */
export const linkAttempts = { burst: 20, everyMs: 3 * secondMs, most: 10_000 } as const;

export interface InvitationRouteOptions {
  readonly deps: ServiceDeps;
  /** The same at which people sign in. */
  readonly desk: SignInDesk;
  /** The file with this host's setup link is void from now on; never rejects. */
  readonly dropSetupLink: () => Promise<void>;
}

export const invitationRoutes: FastifyPluginAsyncZod<InvitationRouteOptions> = async (app, options) => {
  const { deps, dropSetupLink } = options;
  app.get(
    '/invitations',
    {
      config: { permission: 'user:read' },
      schema: {
        operationId: 'listInvitations',
        summary: 'One-time links that nobody has used yet',
        tags,
        response: { 200: InvitationList, ...failures },
      },
    },
    () => listInvitationViews(deps),
  );
  app.post(
    '/invitations',
    {
      config: writing,
      schema: {
        operationId: 'invite',
        summary: 'Invite a user by a one-time link',
        description: 'The link is in this reply and never again. A newer one for the same address voids it.',
        tags,
        body: InviteInput,
        response: { 201: InvitationMade, ...failures },
      },
    },
    async (request, reply) =>
      reply.code(201).send(await invite(deps, callerOf(request), principalOf(request), request.body)),
  );
  app.post(
    '/invitations/setup',
    {
      config: writing,
      schema: {
        operationId: 'makeSetupLink',
        summary: 'Make a link for the first administrator, or for one more',
        description: 'With the administrator token of the control plane’s host only. A newer one voids it.',
        tags,
        response: { 201: InvitationMade, ...failures },
      },
    },
    async (request, reply) => {
      const made = await makeSetupLink(deps, callerOf(request), principalOf(request));
      await dropSetupLink(); // the newer one voids it
      return reply.code(201).send(made);
    },
  );
  app.delete(
    '/invitations/:invitationId',
    {
      config: writing,
      schema: {
        operationId: 'removeInvitation',
        summary: 'Make a link void that nobody has used',
        tags,
        params: InvitationParams,
        response: { 200: Removed, ...failures },
      },
    },
    (request) => removeInvitation(deps, callerOf(request), principalOf(request), request.params.invitationId),
  );
  linkRoutes(app, options);
};

/** For whoever has a link: its secret is the proof. */
function linkRoutes(
  app: Parameters<typeof invitationRoutes>[0],
  { deps, desk, dropSetupLink }: InvitationRouteOptions,
): void {
  const attempts = createBuckets(deps.clock, linkAttempts);
  const onRequest = async (request: Parameters<typeof peerAddress>[0]) => {
    const refused = attempts.take(placeOf(peerAddress(request)));
    if (refused !== null) throw new AppError('rate_limited', { retryAfterSeconds: refused.retryAfterSeconds });
  };
  app.post(
    '/invitations/show',
    {
      onRequest,
      config: { permission: 'public' },
      schema: {
        operationId: 'showInvitation',
        summary: 'What a link is for; it stays unused',
        tags,
        security: [],
        body: InvitationSecret,
        response: { 200: InvitationShown, ...failures },
      },
    },
    ({ body }) => showLink(deps, body.secret),
  );
  app.post(
    '/invitations/accept',
    {
      onRequest,
      config: { permission: 'public' },
      schema: {
        operationId: 'acceptInvitation',
        summary: 'Use a link: become a user, or choose a new password',
        description:
          'A new password ends what could be made by the one before: every session and API token of the user, and every unused link that the user made.',
        tags,
        security: [],
        body: AcceptInput,
        response: { 201: UserView, ...failures },
      },
    },
    async (request, reply) => {
      const { user, kind } = await acceptLink(deps, request.id, request.body);
      desk.limits.linkUsed({ email: user.email, peer: peerAddress(request) });
      if (kind === 'setup') await dropSetupLink();
      return reply.code(201).send(user);
    },
  );
}
