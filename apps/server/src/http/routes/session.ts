import { Done, SessionView, SignedIn, SignInInput, StepUpInput } from '@serverctl/contract';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import type { AccountDeps } from '../../services/accounts/deps.ts';
import type { Authenticator } from '../../services/accounts/principal.ts';
import { endOwnSession } from '../../services/accounts/sessions.ts';
import { signIn } from '../../services/accounts/sign-in.ts';
import type { SignInDesk } from '../../services/accounts/sign-in-desk.ts';
import { stepUp } from '../../services/accounts/step-up.ts';
import { askedFrom, ownRequest } from '../asked-from.ts';
import { noSessionCookie, sessionCookie, sessionSecretIn } from '../session-cookie.ts';
import { ownAccountRoutes, ownSessionRoutes } from './own-account.ts';
import { failures } from './replies.ts';
import { secondFactorRoutes } from './second-factor.ts';

const tags = ['session'];

export interface SessionRouteOptions {
  readonly deps: AccountDeps;
  /** Of this process, since its limits are in memory: all that proves passwords, or makes them new, uses this one. */
  readonly desk: SignInDesk;
  /** Whether we are spoken to by TLS, ourselves or through a proxy. */
  readonly isSecure: boolean;
  /** Whoever has just proven a password is no stranger to what proves each request. */
  readonly noteBegun: Authenticator['noteBegun'];
}

/** Signing in and out, and one's own account. */
export const sessionRoutes: FastifyPluginAsyncZod<SessionRouteOptions> = async (
  app,
  { deps, desk, isSecure, noteBegun },
) => {
  const cookie = { isSecure };
  app.post(
    '/session',
    {
      config: { permission: 'public' },
      schema: {
        operationId: 'signIn',
        summary: 'Sign in: a session begins',
        description: 'A browser gets it as a cookie, a command line as `token` in the reply.',
        tags,
        security: [],
        body: SignInInput,
        response: { 201: SignedIn, ...failures },
      },
    },
    async (request, reply) => {
      const asked = { ...askedFrom(request), input: request.body, earlierToken: sessionSecretIn(request, cookie) };
      const { session, token } = await signIn(deps, desk, asked);
      noteBegun(token);
      if (session.kind === 'browser') reply.header('set-cookie', sessionCookie(token, cookie));
      return reply.code(201).send({ session, token: session.kind === 'browser' ? null : token });
    },
  );
  app.delete(
    '/session',
    {
      config: { permission: 'self' },
      schema: {
        operationId: 'signOut',
        summary: 'Sign out: this session ends',
        tags,
        response: { 200: Done, ...failures },
      },
    },
    async (request, reply) => {
      const { user, requestId } = ownRequest(request);
      await endOwnSession(deps, user, requestId, user.sessionId);
      return reply.header('set-cookie', noSessionCookie(cookie)).send({ done: true });
    },
  );
  app.post(
    '/session/step-up',
    {
      config: { permission: 'self' },
      schema: {
        operationId: 'stepUp',
        summary: 'Prove anew who you are; it holds for ten minutes',
        tags,
        body: StepUpInput,
        response: { 200: SessionView, ...failures },
      },
    },
    (request) => stepUp(deps, desk, ownRequest(request), request.body),
  );
  await app.register(ownAccountRoutes, { deps, desk, cookie, noteBegun });
  await app.register(ownSessionRoutes, { deps, cookie });
  await app.register(secondFactorRoutes, { deps, desk });
};
