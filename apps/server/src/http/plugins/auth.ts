import { AppError } from '@serverctl/core';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Clock } from '../../platform/clock.ts';
import { createLatelyProven } from '../../services/accounts/lately-proven.ts';
import {
  type Authenticator,
  type Credential,
  type Principal,
  secretPrefixes,
} from '../../services/accounts/principal.ts';
import { placeOf } from '../../services/place-of.ts';
import { peerAddress } from '../agent/peer.ts';
import { rememberPrincipal } from '../caller.ts';
import { FailureLimit } from './failure-limit.ts';
import { type TurnLimits, Turns } from './turns.ts';

export interface AuthOptions {
  readonly authenticator: Pick<Authenticator, 'prove' | 'isKnown'>;
  readonly clock: Clock;
  /** The session in a request's cookie; null when it carries none. */
  readonly sessionIn: (request: FastifyRequest) => string | null;
}

const bearer = /^Bearer ([\x21-\x7e]{1,512})$/i;
/** A request that waits holds some ten kilobytes. */
export const turnLimits: TurnLimits = { waitingPerKey: 32, waiting: 512 };

/**
 * Every route that is not `public` asks who it is: by bearer token, else by the session's cookie. What they may is judged later, by
 * authorize.ts. Failures are limited per place, an IPv4 address or an IPv6 /64; 256 bits are not found by trying, so what is limited is what
 * trying costs.
 *
 *   the host's token                               | wrong ones cost no query each (admin-token.ts)
 *   a secret proven before, a session just begun   | one look-up each, however many wrong ones come from the same place
 *   any other                                      | one look-up each
 *   any other, from a place over its limit         | one look-up at a time behind a bounded line: a flood holds one connection of the
 *                                                  | database, and a right secret that is new there may be told to come again
 *
 * Metrics are read on while the database is away, by whoever did so lately (lately-proven.ts).
 */
export function authenticate(app: FastifyInstance, { authenticator, clock, sessionIn }: AuthOptions): void {
  const failures = new FailureLimit(clock);
  const turns = new Turns(turnLimits);
  const lately = createLatelyProven(clock);

  function prove(credential: Credential, place: string): Promise<Principal | null> {
    const { secret } = credential;
    const passes = secret.startsWith(secretPrefixes.host) || !failures.isSpent(place) || authenticator.isKnown(secret);
    return passes ? authenticator.prove(credential) : turns.take(place, () => authenticator.prove(credential));
  }

  function proveFor(permission: string, credential: Credential, place: string): Promise<Principal | null> {
    const look = () => prove(credential, place);
    return permission === 'metrics:read' ? lately.prove(credential, look) : look();
  }

  app.addHook('onRequest', async (request) => {
    const { permission } = request.routeOptions.config;
    if (permission === undefined || permission === 'public') return;
    const peer = peerAddress(request);
    const place = placeOf(peer);
    const credential = credentialIn(request, peer, sessionIn);
    const principal = credential === null ? null : await proveFor(permission, credential, place);
    if (principal !== null && credential !== null)
      return rememberPrincipal(request, principal, () => authenticator.prove({ ...credential, isUse: false }));
    if (credential !== null) lately.forget(credential.secret);
    const retryAfterSeconds = failures.note(place);
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
