import type { FastifyRequest } from 'fastify';
import type { Caller } from '../services/deps.ts';

/** Who asks, for the audit log. One administrator token is one actor. */
export function callerOf(request: FastifyRequest): Caller {
  return { actor: 'administrator', requestId: request.id };
}
