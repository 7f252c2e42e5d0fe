import { AppError } from '@serverctl/core';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Clock } from '../../platform/clock.ts';
import {
  type Authenticator,
  type Credential,
  type Principal,
  secretPrefixes,
} from '../../services/accounts/principal.ts';
import { peerAddress } from '../agent/peer.ts';
import { rememberPrincipal } from '../caller.ts';
import { FailureLimit } from './failure-limit.ts';
import { Turns } from './turns.ts';

export interface AuthOptions {
  readonly authenticator: Authenticator;
  readonly clock: Clock;
  /** The session in a request's cookie; null when it carries none. */
  readonly sessionIn: (request: FastifyRequest) => string | null;
}

const bearer = /^Bearer ([\x21-\x7e]{1,512})$/i;

/**
 * Every route that is not `public` asks who it is: by bearer token, else by the session's cookie. What they may is judged later, by
 * authorize.ts. Failures are limited per peer; a right secret is never refused for somebody else's wrong ones behind the same address,
 * since 256 bits are not found by trying.
 *
 *   the host's token                     | wrong ones cost no query each (admin-token.ts)
 *   a session, an API token              | one look-up each
 *   those, from a peer over its limit    | one look-up at a time: a flood holds one connection of the database, and the others stay free
 */
export function authenticate(app: FastifyInstance, { authenticator, clock, sessionIn }: AuthOptions): void {
  const failures = new FailureLimit(clock);
  const turns = new Turns();

  function prove(credential: Credential): Promise<Principal | null> {
    const isCheap = credential.secret.startsWith(secretPrefixes.host);
    if (isCheap || !failures.isSpent(credential.peer)) return authenticator.prove(credential);
    return turns.take(credential.peer, () => authenticator.prove(credential));
  }

  app.addHook('onRequest', async (request) => {
    const { permission } = request.routeOptions.config;
    if (permission === undefined || permission === 'public') return;
    const peer = peerAddress(request);
    const credential = credentialIn(request, peer, sessionIn);
    const principal = credential === null ? null : await prove(credential);
    if (principal !== null) return rememberPrincipal(request, principal);
    const retryAfterSeconds = failures.note(peer);
    if (retryAfterSeconds > 0) throw new AppError('rate_limited', { retryAfterSeconds });
    throw new AppError(whyNobody(credential));
  });
}

/** A bearer token goes first: who sends one means it, and a browser adds the cookie unasked. */
function credentialIn(request: FastifyRequest, peer: string, sessionIn: AuthOptions['sessionIn']): Credential | null {
  if (request.headers.authorization !== undefined) {
    const token = bearer.exec(request.headers.authorization)?.[1];
    return token === undefined ? null : { from: 'bearer', secret: token, peer };
  }
  const session = sessionIn(request);
  return session === null ? null : { from: 'cookie', secret: session, peer };
}

function whyNobody(credential: Credential | null): 'token_missing' | 'token_invalid' | 'session_ended' {
  if (credential === null) return 'token_missing';
  const wasSession = credential.from === 'cookie' || credential.secret.startsWith(secretPrefixes.session);
  return wasSession ? 'session_ended' : 'token_invalid';
}
