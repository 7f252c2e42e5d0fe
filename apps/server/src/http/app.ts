import Fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify';
import { serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod';
import { newId } from '../platform/random.ts';
import type { AdminTokens } from '../services/admin-token.ts';
import type { ServiceDeps } from '../services/deps.ts';
import type { EventDeps } from '../services/events.ts';
import type { TlsMaterial } from '../tls/material.ts';
import { trustProxies } from './agent/peer.ts';
import { type AgentDeps, agentRoutes } from './agent/plugin.ts';
import { installRoutes } from './install/plugin.ts';
import { requireDeclarations } from './permission.ts';
import { authenticate } from './plugins/auth.ts';
import { answerConnectionError, answerErrors, answerFrameworkError } from './plugins/errors.ts';
import { describeApi } from './plugins/openapi.ts';
import { refuseUnfitRequests } from './plugins/strict-requests.ts';
import { bindingRoutes } from './routes/bindings.ts';
import { brakeRoutes } from './routes/brakes.ts';
import { channelRoutes } from './routes/channels.ts';
import { credentialRoutes } from './routes/credentials.ts';
import { eventRoutes } from './routes/events.ts';
import { type HealthRouteOptions, healthRoutes } from './routes/health.ts';
import { memberOperationRoutes } from './routes/member-operation.ts';
import { memberRoutes } from './routes/members.ts';
import { operationRoutes } from './routes/operation.ts';
import { poolRoutes } from './routes/pools.ts';
import { promotionRoutes } from './routes/promotions.ts';
import { type SystemRouteOptions, systemRoutes } from './routes/system.ts';
import { answerUnlessTls, secureOptions } from './tls.ts';

export interface AppOptions extends HealthRouteOptions, SystemRouteOptions {
  readonly deps: ServiceDeps;
  readonly tokens: AdminTokens;
  readonly onEvent: EventDeps['onEvent'];
  /** Null in a process that does not hear agents. */
  readonly agents: AgentDeps | null;
  readonly logger: FastifyBaseLogger;
  readonly version: string;
  /** Left out, it speaks plain HTTP. */
  readonly tls?: Pick<TlsMaterial, 'certificatePem' | 'keyPem'>;
  /** Proxies whose X-Forwarded-For counts (R36); none when left out. */
  readonly trustedProxies?: readonly string[];
}

const bodyLimitBytes = 256 * 1024;
const requestTimeoutMs = 15_000;
/** Hostnames and managed names, up to 253 characters, are accepted where an id is. */
const maxParamLength = 300;

/** The whole HTTP surface: the operator's API below /api/v1, the agents' four calls, what hosts download, two questions for supervisors. */
export async function createApp(options: AppOptions): Promise<FastifyInstance> {
  const { deps, logger } = options;
  const app: FastifyInstance = Fastify({
    // Null is plain HTTP. The framework's types tell the two servers apart; nothing here does.
    https: (options.tls === undefined ? null : secureOptions(options.tls)) as null,
    loggerInstance: logger,
    // A line per heartbeat would bury everything else.
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'requestId' }),
    genReqId: () => newId(deps.random),
    bodyLimit: bodyLimitBytes,
    requestTimeout: requestTimeoutMs,
    exposeHeadRoutes: false,
    forceCloseConnections: 'idle',
    routerOptions: { maxParamLength },
    frameworkErrors: answerFrameworkError,
    clientErrorHandler: answerUnlessTls(
      logger,
      answerConnectionError(() => newId(deps.random)),
    ),
  });
  trustProxies(app, options.trustedProxies ?? []);
  app.addHook('onRoute', ({ method, url, config, schema }) =>
    requireDeclarations({ method: String(method), url, permission: config?.permission, schema }),
  );
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  answerErrors(app);
  if (options.agents !== null) await app.register(agentRoutes, options.agents);
  await describeApi(app, options.version);
  await app.register(installRoutes, { installer: deps.installer, clock: deps.clock });
  await app.register(healthRoutes, { readiness: options.readiness });
  await app.register(operatorRoutes, { ...options, prefix: '/api/v1' });
  return app;
}

async function operatorRoutes(app: FastifyInstance, options: AppOptions): Promise<void> {
  const { deps, tokens, onEvent } = options;
  const closing = new AbortController();
  app.addHook('preClose', async () => closing.abort());
  authenticate(app, { tokens, clock: deps.clock });
  refuseUnfitRequests(app);
  logChanges(app);
  app.addHook('onSend', async (request, reply) => void reply.header('x-request-id', request.id));
  await app.register(poolRoutes, { deps });
  await app.register(operationRoutes, { deps });
  await app.register(memberRoutes, { deps });
  await app.register(memberOperationRoutes, { deps });
  await app.register(credentialRoutes, { deps });
  await app.register(bindingRoutes, { deps });
  await app.register(promotionRoutes, { deps });
  await app.register(brakeRoutes, { deps });
  await app.register(eventRoutes, { deps: { ...deps, onEvent }, closing: closing.signal });
  await app.register(channelRoutes, { deps });
  await app.register(systemRoutes, { liveness: options.liveness });
}

/** One line per change by a person; reading is not logged. */
function logChanges(app: FastifyInstance): void {
  app.addHook('onResponse', async (request, reply) => {
    if (request.method === 'GET') return;
    const { method, routeOptions } = request;
    const fields = { method, route: routeOptions.url, status: reply.statusCode };
    request.log.info({ ...fields, ms: Math.round(reply.elapsedTime) }, 'operator request');
  });
}
