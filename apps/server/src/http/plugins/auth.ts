import { AppError } from '@serverctl/core';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Clock } from '../../platform/clock.ts';
import type { AdminTokens } from '../../services/admin-token.ts';
import { peerAddress } from '../agent/peer.ts';
import { FailureLimit } from './failure-limit.ts';

export interface AuthOptions {
  readonly tokens: AdminTokens;
  readonly clock: Clock;
}

const bearer = /^Bearer ([\x21-\x7e]{1,512})$/i;

/**
 * Asks every route that is not `public` for the administrator token. Failures are limited per peer; a right token is never refused for
 * somebody else's wrong ones behind the same address, since 256 bits are not found by trying. Wrong ones cost no query each (admin-token.ts),
 * so nobody keeps the database from those who work.
 */
export function authenticate(app: FastifyInstance, { tokens, clock }: AuthOptions): void {
  const failures = new FailureLimit(clock);
  app.addHook('onRequest', async (request) => {
    if (request.routeOptions.config.permission === 'public') return;
    const token = tokenOf(request);
    if (token !== null && (await tokens.accepts(token))) return;
    const retryAfterSeconds = failures.note(peerAddress(request));
    if (retryAfterSeconds > 0) throw new AppError('rate_limited', { retryAfterSeconds });
    throw new AppError(token === null ? 'token_missing' : 'token_invalid');
  });
}

function tokenOf(request: FastifyRequest): string | null {
  return bearer.exec(request.headers.authorization ?? '')?.[1] ?? null;
}
