import {
  agentPaths,
  agentRequestLimitBytes,
  type EnrolReply,
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
import { AppError, isAppError } from '@serverctl/core';
import { Ajv } from 'ajv';
import type { FastifyInstance, FastifyRequest, FastifySchema } from 'fastify';
import type { Listener } from '../../liveness/listener.ts';
import type { BucketLimits } from '../../platform/buckets.ts';
import type { Clock } from '../../platform/clock.ts';
import type { AgentSessions } from '../../services/agent-session/agent-sessions.ts';
import type { EnrolContext } from '../../services/enrolment/enrol.ts';
import { proxyQuestion } from '../../services/enrolment/proxy-question.ts';
import { answerError } from './agent-error.ts';
import { Attempts, attemptLimits } from './attempts.ts';
import { authenticate, hearHeartbeat, sessionDecorator } from './heartbeat.ts';
import { knowsProxies, peerAddress } from './peer.ts';

export interface AgentDeps {
  readonly clock: Clock;
  /** Started and stopped by the composition root. */
  readonly listener: Listener;
  readonly sessions: AgentSessions;
  readonly enrol: (request: EnrolRequest, context: EnrolContext) => Promise<EnrolReply>;
  readonly attemptLimits?: BucketLimits;
}

/** Strict: nothing is coerced, dropped or filled in, and the first mistake ends the look. */
const ajv = new Ajv({ allErrors: false, allowUnionTypes: true });

/** The agent's four calls (contract agent/protocol.ts), apart from the operator's API: own validation, own errors, no zod. */
export async function agentRoutes(app: FastifyInstance, deps: AgentDeps): Promise<void> {
  const { clock, listener, enrol, sessions } = deps;
  const { nonces, tokens, registry, learnBoot } = sessions;
  const attempts = new Attempts(clock, deps.attemptLimits ?? attemptLimits);
  const hot = { clock, listener, registry, tokens, attempts, learnBoot };

  app.setValidatorCompiler(({ schema }) => ajv.compile(schema));
  app.setErrorHandler((error, request, reply) => answerError(askingOfProxies(error, request), request, reply));
  app.decorateRequest(sessionDecorator, null);
  app.addHook('onClose', () => registry.stop());
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
      const reply = await enrol(request.body, {
        peer,
        proxiesKnown: knowsProxies(request),
        requestId: request.id,
      });
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
      const reply = await sessions.proveKey(request.body);
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

/** A beat refused for its address: when that looks like a proxy nobody named, the answer asks for it (R36). */
function askingOfProxies(error: unknown, request: FastifyRequest): unknown {
  if (!isAppError(error, 'member_wrong_ip')) return error;
  const question = proxyQuestion(String(error.details['seen']), { proxiesKnown: knowsProxies(request) });
  return question === null ? error : new AppError('member_wrong_ip', { ...error.details, question }, error);
}
