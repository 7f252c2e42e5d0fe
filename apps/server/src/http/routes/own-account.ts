import { MeView, PasswordChanged, PasswordInput, SessionList, SessionParams, SessionsEnded } from '@serverctl/contract';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import type { AccountDeps } from '../../services/accounts/deps.ts';
import { readMe, setOwnPassword } from '../../services/accounts/own-account.ts';
import type { Authenticator } from '../../services/accounts/principal.ts';
import { endOtherSessions, endOwnSession, listOwnSessions } from '../../services/accounts/sessions.ts';
import type { SignInDesk } from '../../services/accounts/sign-in-desk.ts';
import { ownRequest } from '../asked-from.ts';
import { principalOf } from '../caller.ts';
import { type CookieOptions, noSessionCookie, sessionCookie } from '../session-cookie.ts';
import { failures } from './replies.ts';

const tags = ['session'];

export interface OwnAccountRouteOptions {
  readonly deps: AccountDeps;
  readonly desk: SignInDesk;
  readonly cookie: CookieOptions;
  readonly noteBegun: Authenticator['noteBegun'];
}

/** Who one is, and the password. */
export const ownAccountRoutes: FastifyPluginAsyncZod<OwnAccountRouteOptions> = async (
  app,
  { deps, desk, cookie, noteBegun },
) => {
  app.get(
    '/me',
    {
      config: { permission: 'self' },
      schema: {
        operationId: 'getMe',
        summary: 'Who you are here, and what you may',
        tags,
        response: { 200: MeView, ...failures },
      },
    },
    (request) => readMe(deps, principalOf(request)),
  );
  app.post(
    '/me/password',
    {
      config: { permission: 'self' },
      schema: {
        operationId: 'setPassword',
        summary: 'Change your password; every other session of yours ends',
        description:
          'This session goes on under a new token: in the cookie of a browser, in the reply for a command line. Reset links for you are void. Your API tokens live on unless `endTokens`; the reply says how many.',
        tags,
        body: PasswordInput,
        response: { 200: PasswordChanged, ...failures },
      },
    },
    async (request, reply) => {
      const { token, kind, ...changed } = await setOwnPassword(deps, desk, ownRequest(request), request.body);
      noteBegun(token);
      if (kind === 'browser') reply.header('set-cookie', sessionCookie(token, cookie));
      return reply.send({ ...changed, token: kind === 'browser' ? null : token });
    },
  );
};

/** Where one is signed in, and ending it. */
export const ownSessionRoutes: FastifyPluginAsyncZod<Pick<OwnAccountRouteOptions, 'deps' | 'cookie'>> = async (
  app,
  { deps, cookie },
) => {
  app.get(
    '/me/sessions',
    {
      config: { permission: 'self' },
      schema: {
        operationId: 'listSessions',
        summary: 'Where you are signed in',
        tags,
        response: { 200: SessionList, ...failures },
      },
    },
    (request) => listOwnSessions(deps, ownRequest(request).user),
  );
  app.delete(
    '/me/sessions/:sessionId',
    {
      config: { permission: 'self' },
      schema: {
        operationId: 'endSession',
        summary: 'End one of your sessions',
        tags,
        params: SessionParams,
        response: { 200: SessionsEnded, ...failures },
      },
    },
    async (request, reply) => {
      const { user, requestId } = ownRequest(request);
      const { sessionId } = request.params;
      const ended = await endOwnSession(deps, user, requestId, sessionId);
      if (sessionId === user.sessionId) reply.header('set-cookie', noSessionCookie(cookie));
      return reply.send(ended);
    },
  );
  app.delete(
    '/me/sessions',
    {
      config: { permission: 'self' },
      schema: {
        operationId: 'endOtherSessions',
        summary: 'End every session of yours but this one',
        tags,
        response: { 200: SessionsEnded, ...failures },
      },
    },
    (request) => {
      const { user, requestId } = ownRequest(request);
      return endOtherSessions(deps, user, requestId);
    },
  );
};
