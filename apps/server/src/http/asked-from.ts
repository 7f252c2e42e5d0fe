import type { FastifyRequest } from 'fastify';
import { type AskedFrom, signedInUser } from '../services/accounts/sessions.ts';
import type { OwnRequest } from '../services/accounts/step-up.ts';
import { peerAddress } from './agent/peer.ts';
import { principalOf } from './caller.ts';

const longestUserAgent = 200;

/** From where a request came, and what it calls itself: text that a stranger wrote, cut and without control characters. */
export function askedFrom(request: FastifyRequest): AskedFrom {
  const userAgent = (request.headers['user-agent'] ?? '').replace(/\p{C}/gu, '').slice(0, longestUserAgent);
  return { peer: peerAddress(request), userAgent, requestId: request.id };
}

/** A signed-in user's request about what is their own. Throws `only_for_users`. */
export function ownRequest(request: FastifyRequest): OwnRequest {
  return { ...askedFrom(request), user: signedInUser(principalOf(request)) };
}
