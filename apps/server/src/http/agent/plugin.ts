import {
  agentPaths,
  agentRequestLimitBytes,
  type EnrolRequest,
  type NonceReply,
  type NonceRequest,
  type TokenRequest,
} from '@serverctl/contract/agent';
import {
  enrolRequestSchema,
  heartbeatSchema,
  nonceRequestSchema,
  tokenRequestSchema,
} from '@serverctl/contract/agent-schemas';
import { AppError } from '@serverctl/core';
import { Ajv } from 'ajv';
import type { FastifyInstance, FastifyRequest, FastifySchema } from 'fastify';
import type { Kysely } from 'kysely';
import type { Listen } from '../../db/listener.ts';
import type { Database } from '../../db/schema.ts';
import type { Listener } from '../../liveness/listener.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Random } from '../../platform/random.ts';
import { answerError } from './agent-error.ts';
import { type AttemptLimits, Attempts, attemptLimits } from './attempts.ts';
import { enrol } from './enrol.ts';
import { authenticate, hearHeartbeat, sessionDecorator } from './heartbeat.ts';
import { Nonces } from './nonce.ts';
import { peerAddress } from './peer.ts';
import { MemberRegistry } from './registry.ts';
import { SessionTokens } from './session-token.ts';
import { proveKey } from './token.ts';

export interface AgentDeps {
  readonly db: Kysely<Database>;
  readonly listen: Listen;
  readonly clock: Clock;
  readonly random: Random;
  /** Started and stopped by the composition root. */
  readonly listener: Listener;
  /** 32 bytes, the same in every replica: `deriveKey('agent-session')`. */
  readonly sessionKey: Uint8Array;
  /** Addresses of the control plane that agents may use, in order. */
  readonly urls: readonly string[];
  readonly attemptLimits?: AttemptLimits;
}

/** Strict: nothing is coerced, dropped or filled in, and the first mistake ends the look. */
const ajv = new Ajv({ allErrors: false, allowUnionTypes: true });

/** The agent's four calls (contract agent/protocol.ts), apart from the operator's API: own validation, own errors, no zod. */
export async function agentRoutes(app: FastifyInstance, deps: AgentDeps): Promise<void> {
  const { db, random, clock, listener, urls } = deps;
  const attempts = new Attempts(clock, deps.attemptLimits ?? attemptLimits);
  const nonces = new Nonces(clock, random);
  const tokens = new SessionTokens(deps.sessionKey, clock);
  const registry = startingRegistry(app, deps, tokens);
  const hot = { clock, listener, registry, tokens, attempts };
  const proof = { db, nonces, tokens, registry };

  app.setValidatorCompiler(({ schema }) => ajv.compile(schema));
  app.setErrorHandler(answerError);
  app.decorateRequest(sessionDecorator, null);
  await registry.start();

  const onRequest = async (request: FastifyRequest) => attempts.take(peerAddress(request));
  const route = (permission: string, body: FastifySchema['body']) => ({
    config: { permission },
    schema: { body, hide: true },
    bodyLimit: agentRequestLimitBytes,
  });

  app.post<{ Body: EnrolRequest }>(
    agentPaths.enrol,
    { ...route('agent:enrol', enrolRequestSchema), onRequest },
    async (request) => {
      const peer = peerAddress(request);
      const reply = await enrol({ db, random, urls }, request.body, { peer, requestId: request.id });
      attempts.giveBack(peer, 1);
      return reply;
    },
  );
  app.post<{ Body: NonceRequest }>(
    agentPaths.nonce,
    { ...route('agent:token', nonceRequestSchema), onRequest },
    async ({ body }): Promise<NonceReply> => ({ nonce: nonces.issue(body.memberId) }),
  );
  app.post<{ Body: TokenRequest }>(
    agentPaths.token,
    { ...route('agent:token', tokenRequestSchema), onRequest },
    async (request) => {
      const reply = await proveKey(proof, request.body);
      attempts.giveBack(peerAddress(request), 2);
      return reply;
    },
  );
  app.post(
    agentPaths.heartbeat,
    {
      ...route('agent:heartbeat', heartbeatSchema),
      onRequest: (request, _reply, done) => {
        authenticate(hot, request);
        done();
      },
    },
    (request, reply) => {
      const text = hearHeartbeat(hot, request, reply);
      if (typeof text !== 'string') return text;
      reply.send(text);
    },
  );
}

function startingRegistry(
  app: FastifyInstance,
  { db, listen, clock, listener }: AgentDeps,
  tokens: SessionTokens,
): MemberRegistry {
  const registry = new MemberRegistry({
    db,
    listen,
    clock,
    onLoad: (isMember) => {
      listener.retain(isMember);
      tokens.retain(isMember);
    },
    onFailure: (error) =>
      app.log.warn(
        { code: error instanceof AppError ? error.code : 'internal' },
        'the members could not be read again',
      ),
  });
  app.addHook('onClose', () => registry.stop());
  return registry;
}
