import { secondMs } from '@serverctl/core';
import Fastify, { type FastifyBaseLogger, type FastifyInstance, type FastifyRequest, LogController } from 'fastify';
import { serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod';
import { newId } from '../platform/random.ts';
import type { Authenticator } from '../services/accounts/principal.ts';
import { createSignInDesk } from '../services/accounts/sign-in-desk.ts';
import { createDashboardFiles, type DashboardFiles } from '../services/dashboard-files.ts';
import type { ServiceDeps } from '../services/deps.ts';
import type { EventDeps } from '../services/events.ts';
import { createLiveDesk } from '../services/live/live-desk.ts';
import { createLiveSource } from '../services/live/source.ts';
import type { WatchPorts } from '../services/live/watch.ts';
import type { Metrics } from '../services/metrics/metrics.ts';
import { findPool } from '../services/pools/pool-service.ts';
import type { TlsMaterial } from '../tls/material.ts';
import { cameThroughProxy, trustProxies } from './agent/peer.ts';
import { type AgentDeps, agentRoutes } from './agent/plugin.ts';
import { knownPrincipal } from './caller.ts';
import { installRoutes } from './install/plugin.ts';
import { dashboardPages } from './pages/dashboard.ts';
import { requireDeclarations } from './permission.ts';
import { authenticate } from './plugins/auth.ts';
import { authorize } from './plugins/authorize.ts';
import { answerConnectionError } from './plugins/connection-errors.ts';
import { answerErrors, answerFrameworkError } from './plugins/errors.ts';
import { describeApi } from './plugins/openapi.ts';
import { refuseOtherOrigins } from './plugins/same-origin.ts';
import { addSecurityHeaders } from './plugins/security-headers.ts';
import { refuseUnfitRequests } from './plugins/strict-requests.ts';
import { apiTokenRoutes } from './routes/api-tokens.ts';
import { auditRoutes } from './routes/audit.ts';
import { bindingRoutes } from './routes/bindings.ts';
import { brakeRoutes } from './routes/brakes.ts';
import { channelRoutes } from './routes/channels.ts';
import { credentialRoutes } from './routes/credentials.ts';
import { eventRoutes } from './routes/events.ts';
import { type HealthRouteOptions, healthRoutes } from './routes/health.ts';
import { invitationRoutes } from './routes/invitations.ts';
import { liveRoutes } from './routes/live.ts';
import { memberOperationRoutes } from './routes/member-operation.ts';
import { memberRoutes } from './routes/members.ts';
import { metricsRoutes } from './routes/metrics.ts';
import { operationRoutes } from './routes/operation.ts';
import { poolRoutes } from './routes/pools.ts';
import { promotionRoutes } from './routes/promotions.ts';
import { resolverRoutes } from './routes/resolvers.ts';
import { runbookRoutes } from './routes/runbooks.ts';
import { sessionRoutes } from './routes/session.ts';
import { type SystemRouteOptions, systemRoutes } from './routes/system.ts';
import { userRoutes } from './routes/users.ts';
import { sessionSecretIn } from './session-cookie.ts';
import { answerUnlessTls, secureOptions } from './tls.ts';

export interface AppOptions extends HealthRouteOptions, SystemRouteOptions {
  readonly deps: ServiceDeps;
  readonly authenticator: Authenticator;
  readonly onEvent: EventDeps['onEvent'];
  readonly onPoolChange: WatchPorts['onPoolChange'];
  /** Left out in a process that does not hear agents. */
  readonly minute?: WatchPorts['minute'];
  readonly metrics: Pick<Metrics, 'text' | 'contentType' | 'request'>;
  /** Null in a process that does not hear agents. */
  readonly agents: AgentDeps | null;
  readonly logger: FastifyBaseLogger;
  readonly version: string;
  /** Left out, what was built in this checkout. */
  readonly dashboard?: DashboardFiles;
  /** Takes the file with this host's setup link away, once that is void. Never rejects. */
  readonly dropSetupLink?: () => Promise<void>;
  /** Left out, it speaks plain HTTP. */
  readonly tls?: Pick<TlsMaterial, 'certificatePem' | 'keyPem'>;
  /** Proxies whose X-Forwarded-For counts (R36); none when left out. */
  readonly trustedProxies?: readonly string[];
  /** Where people find us: pages of these origins may ask with the session's cookie. */
  readonly publicUrls?: readonly string[];
}

const bodyLimitBytes = 256 * 1024;
const requestTimeoutMs = 15_000;
/** Whoever sends slowly holds a connection no longer than this: a handshake and the head 10 s, all of it 15 s. Unasked, Node looks every 30 s. */
const arrival = { headersTimeout: 10_000, handshakeTimeout: 10_000, connectionsCheckingInterval: 1_000 };
/** Hostnames and managed names, up to 253 characters, are accepted where an id is. */
const maxParamLength = 300;

/** The whole HTTP surface: the operator's API below /api/v1, the agents' four calls, what hosts download, two questions for supervisors. */
export async function createApp(options: AppOptions): Promise<FastifyInstance> {
  const { deps, logger } = options;
  const app: FastifyInstance = Fastify({
    ...serverOptions(options.tls),
    loggerInstance: logger,
    // A line per heartbeat would bury everything else.
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'requestId' }),
    genReqId: () => newId(deps.random),
    bodyLimit: bodyLimitBytes,
    requestTimeout: requestTimeoutMs,
    pluginTimeout: 0, // the members' first load has a limit of its own
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
  requireDeclarations(app);
  addSecurityHeaders(app, { isSecure: (request) => options.tls !== undefined || cameThroughProxy(request) });
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  answerErrors(app);
  if (options.agents !== null) await app.register(agentRoutes, options.agents);
  await describeApi(app, options.version);
  await app.register(installRoutes, { installer: deps.installer, clock: deps.clock });
  await app.register(healthRoutes, { readiness: options.readiness });
  await app.register(runbookRoutes, { runbooks: deps.runbooks });
  await app.register(dashboardPages, { files: options.dashboard ?? createDashboardFiles() });
  await app.register(guardedRoutes, options);
  return app;
}

/** The framework's types tell the two servers apart; nothing here does. */
function serverOptions(tls: AppOptions['tls']) {
  const made = tls === undefined ? { http: arrival } : { https: { ...arrival, ...secureOptions(tls) } };
  return made as object as { https: null };
}

/** Everything that is asked by people and what works for them. */
async function guardedRoutes(app: FastifyInstance, options: AppOptions): Promise<void> {
  guard(app, options);
  tellRequests(app, options.metrics);
  app.addHook('onSend', async (request, reply) => void reply.header('x-request-id', request.id));
  await app.register(metricsRoutes, { metrics: options.metrics });
  await app.register(operatorRoutes, { ...options, prefix: '/api/v1' });
}

async function operatorRoutes(app: FastifyInstance, options: AppOptions): Promise<void> {
  const { deps, authenticator, onEvent, dropSetupLink = async () => {} } = options;
  const closing = new AbortController();
  app.addHook('preClose', async () => closing.abort());
  const desk = createSignInDesk(deps.clock);
  const { noteBegun } = authenticator;
  await app.register(sessionRoutes, { deps, desk, isSecure: isSpokenSecurely(options), noteBegun });
  await app.register(poolRoutes, { deps });
  await app.register(operationRoutes, { deps });
  await app.register(memberRoutes, { deps });
  await app.register(memberOperationRoutes, { deps });
  await app.register(credentialRoutes, { deps });
  await app.register(bindingRoutes, { deps });
  await app.register(resolverRoutes, { deps });
  await app.register(promotionRoutes, { deps });
  await app.register(brakeRoutes, { deps });
  await app.register(eventRoutes, { deps: { ...deps, onEvent }, closing: closing.signal });
  await app.register(liveRoutes, { desk: openLiveDesk(app, options), closing: closing.signal });
  await app.register(channelRoutes, { deps });
  await app.register(userRoutes, { deps });
  await app.register(invitationRoutes, { deps, desk, dropSetupLink });
  await app.register(apiTokenRoutes, { deps });
  await app.register(auditRoutes, { deps });
  await app.register(systemRoutes, { liveness: options.liveness });
}

function openLiveDesk({ log }: FastifyInstance, options: AppOptions) {
  const { db, clock } = options.deps;
  const { version, readiness, minute = null, onEvent, onPoolChange } = options;
  return createLiveDesk({
    ...{ clock, version, readiness, minute, onEvent, onPoolChange },
    source: createLiveSource(db),
    onReading: (error) => {
      if (error === null) log.info('the pools are read again for live streams');
      else log.warn({ err: error }, 'the pools could not be read for live streams; tried again each second');
    },
  });
}

/** In this order: from where, who, what is sent, whether they may. */
function guard(app: FastifyInstance, { deps, authenticator, publicUrls = [], ...options }: AppOptions): void {
  const isSecure = isSpokenSecurely(options);
  const sessionIn = (request: FastifyRequest) => sessionSecretIn(request, { isSecure });
  refuseOtherOrigins(app, { publicUrls, isSecure, sessionIn });
  authenticate(app, { authenticator, clock: deps.clock, sessionIn });
  refuseUnfitRequests(app);
  authorize(app, { findPool: (ref) => findPool(deps, ref) });
}

/** By TLS of our own, or by that of a proxy before us. */
function isSpokenSecurely({ tls, trustedProxies = [] }: Pick<AppOptions, 'tls' | 'trustedProxies'>): boolean {
  return tls !== undefined || trustedProxies.length > 0;
}

/** Each is counted; a line is written of what a person changes, not of what is read. */
function tellRequests(app: FastifyInstance, metrics: AppOptions['metrics']): void {
  app.addHook('onResponse', async (request, reply) => {
    const { method, routeOptions } = request;
    const { statusCode: status, elapsedTime } = reply;
    const route = routeOptions.url ?? 'none';
    metrics.request({ method, route, status }, elapsedTime / secondMs);
    if (method === 'GET') return;
    const actor = knownPrincipal(request)?.actor ?? null;
    request.log.info({ method, route, status, actor, ms: Math.round(elapsedTime) }, 'operator request');
  });
}
