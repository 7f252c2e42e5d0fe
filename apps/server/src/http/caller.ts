import { AppError } from '@serverctl/core';
import type { FastifyRequest } from 'fastify';
import type { Principal } from '../services/accounts/principal.ts';
import type { Caller } from '../services/deps.ts';

/** Beside the requests, not on them: nothing that a request carries can be taken for a proof. */
const principals = new WeakMap<FastifyRequest, Principal>();
const proofs = new WeakMap<FastifyRequest, Proof>();

/** Proves by the same secret; null = nobody any more. Rejects when nobody can tell. */
export type Proof = () => Promise<Principal | null>;

/** Who this request was proven to come from, and how to prove it again. Called once, by plugins/auth.ts. */
export function rememberPrincipal(request: FastifyRequest, principal: Principal, proof: Proof): void {
  principals.set(request, principal);
  proofs.set(request, proof);
}

/** Who asks, as of now: for a reply that goes on for longer than a proof should hold. It is no use of the session or token. */
export function proofOf(request: FastifyRequest): Proof {
  return proofs.get(request) ?? (async () => null);
}

/** Who asks; null where nobody was asked who they are. */
export function knownPrincipal(request: FastifyRequest): Principal | null {
  return principals.get(request) ?? null;
}

/** Who asks, proven. A `public` route has none, and must not ask for one. */
export function principalOf(request: FastifyRequest): Principal {
  const principal = knownPrincipal(request);
  if (principal === null) throw new AppError('internal', { because: `${request.routeOptions.url} has no principal` });
  return principal;
}

/** Who asks, and what they may: for the audit log, and for what they are shown. */
export function callerOf(request: FastifyRequest): Caller {
  const { actor, access } = principalOf(request);
  return { actor, access, requestId: request.id };
}
