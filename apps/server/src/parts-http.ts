import type { FastifyInstance } from 'fastify';
import manifest from '../package.json' with { type: 'json' };
import type { Config } from './config.ts';
import { statusChannel } from './db/pool-store/status.ts';
import { changeChannel } from './db/pool-store.ts';
import type { AgentDeps } from './http/agent/plugin.ts';
import { createApp } from './http/app.ts';
import { createInstaller } from './http/install/installer.ts';
import { stoppable } from './http/stop-server.ts';
import { showCertificate } from './http/tls.ts';
import type { Listener } from './liveness/listener.ts';
import { type Frame, runUntilStopped } from './parts.ts';
import type { Clock } from './platform/clock.ts';
import { listenAddressUnusable } from './platform/listen-address.ts';
import type { Random } from './platform/random.ts';
import { createAuthenticator } from './services/accounts/authenticator.ts';
import { removeSetupLinkFile } from './services/accounts/setup-link.ts';
import { createAdminTokens } from './services/admin-token.ts';
import { createAgentFiles } from './services/agent-files.ts';
import { createAgentSessions } from './services/agent-session/agent-sessions.ts';
import { keysInTurn } from './services/agent-session/keys-in-turn.ts';
import { createKeyStore, createRegisteredMembers } from './services/agent-session/storage.ts';
import type { Installer, ServiceDeps } from './services/deps.ts';
import { enrol } from './services/enrolment/enrol.ts';
import { createEnrolmentStore } from './services/enrolment/storage.ts';
import { createMinute } from './services/live/minute.ts';
import { readLivenessView } from './services/liveness.ts';
import type { Metrics } from './services/metrics/metrics.ts';
import { createReadiness } from './services/readiness.ts';
import { keepFresh } from './tls/keep-fresh.ts';
import { type TlsSource, toPem } from './tls/material.ts';
import { ownHosts } from './tls/names.ts';
import { openOwnFiles, readCaFile } from './tls/own-files.ts';
import { openPrivateCa } from './tls/private-ca.ts';
import { tellWarnings } from './tls/warnings.ts';
import { dividedLeaseTimes } from './worker/lease-times.ts';
import type { Worker } from './worker/worker.ts';

/*
 * The parts that speak to the outside: certificates, what hosts install, the server itself.
 */

/** The operator's files are read before anything else is made: a mistake in them is the usual one. Null where they are not set. */
export async function openGivenCertificate({
  tls,
  tlsCertFile,
  tlsKeyFile,
  tlsCaFile,
  publicUrls,
}: Config): Promise<TlsSource | null> {
  if (tls === 'off' || tlsCertFile === null || tlsKeyFile === null) return null;
  return openOwnFiles({ certFile: tlsCertFile, keyFile: tlsKeyFile, caFile: tlsCaFile, publicUrls });
}

/** The private CA, below a data directory that is there and ours by now. */
export async function openOwnCa(config: Config, clock: Clock, random: Random): Promise<TlsSource | null> {
  if (config.tls === 'off') return null;
  return openPrivateCa({ dataDir: config.dataDir, hosts: ownHosts(config), clock, random });
}

/** Behind a proxy that ends TLS the CA may be the operator's own, and its file is all that we know of it. */
export async function makeInstaller({ config, log }: Frame, tls: TlsSource | null): Promise<Installer> {
  const [first = '', ...others] = config.publicUrls;
  const proxyCa = tls === null && config.tlsCaFile !== null ? toPem(await readCaFile(config.tlsCaFile)) : null;
  const files = createAgentFiles(config.agentDir);
  const trust = () => {
    if (tls === null) return { caPem: proxyCa, pin: null };
    const { caPem, pin } = tls.current();
    return { caPem, pin: caPem === null ? null : pin };
  };
  if (config.trustedProxies.length > 0 && trust().pin !== null) log.warn(proxyWarning);
  await files.manifest().catch((error: unknown) => {
    log.warn({ err: error }, 'no host can be enrolled: run script/package, or set SERVERCTL_AGENT_DIR');
  });
  return createInstaller({ urls: [first, ...others], files, trust });
}

const proxyWarning =
  'SERVERCTL_TRUSTED_PROXIES is set, and install lines pin our own certificate: where SERVERCTL_PUBLIC_URLS lead to a proxy that ends TLS they cannot work. Set SERVERCTL_TLS=off behind it, or give us a certificate that hosts trust by themselves (SERVERCTL_TLS_CERT_FILE without a CA file)';

export interface HttpParts {
  readonly listener: Listener;
  /** Null in a process that does not lead. */
  readonly worker: Worker | null;
  readonly metrics: Metrics;
  /** Null: a proxy ends TLS before us, or nobody is elsewhere. */
  readonly tls: TlsSource | null;
}

/** Returns where it listens. */
export async function startHttp(
  frame: Frame,
  deps: ServiceDeps,
  { listener, worker, tls, metrics }: HttpParts,
): Promise<string> {
  const { config, database, log, stack } = frame;
  const { db, clock, random, secrets, lookUps } = deps;
  const { leaseMs } = dividedLeaseTimes(config.leaseDivisor);
  const sessions = createAgentSessions({
    keys: keysInTurn(createKeyStore(db), lookUps),
    members: createRegisteredMembers(db, database.listen),
    clock,
    random,
    listener,
    sessionKey: secrets.deriveKey('agent-session'),
    onFailure: (error) => log.warn({ err: error }, 'the members could not be read again'),
  });
  const enrolments = createEnrolmentStore(db);
  const enrolling = { enrolments, random, urls: config.publicUrls };
  // Whoever sends an enrolment secret is a stranger until it is found.
  const enrolInTurn: AgentDeps['enrol'] = (request, context) =>
    lookUps.run('stranger', () => enrol(enrolling, request, context));
  const minute = createMinute({ clock, listener, isAlone: config.databaseUrl === null });
  runUntilStopped(frame, (signal) => minute.run(signal));
  const app = await createApp({
    deps,
    metrics,
    authenticator: createAuthenticator({
      db,
      clock,
      adminTokens: createAdminTokens(db, clock),
      lookUps,
      onFailure: (error) => log.warn({ err: error }, 'the use of a session or API token could not be noted'),
    }),
    onEvent: (wake) => database.listen('event', wake),
    onPoolChange: (wake) => {
      const forget = [changeChannel, statusChannel].map((channel) => database.listen(channel, wake));
      return () => {
        for (const one of forget) one();
      };
    },
    agents: { clock, listener, sessions, enrol: enrolInTurn },
    readiness: createReadiness({ db, listener, leaseMs }),
    minute,
    liveness: () => readLivenessView({ db, listener, workerCounters: () => ({ ...worker?.statistics }) }),
    logger: log,
    version: manifest.version,
    trustedProxies: config.trustedProxies,
    publicUrls: config.publicUrls,
    dropSetupLink: () =>
      removeSetupLinkFile(config.dataDir).catch((error: unknown) => {
        log.warn({ err: error }, 'the file of a setup link that is void could not be removed');
      }),
    ...(tls && { tls: tls.current() }),
  });
  stack.defer(stoppable(app, clock));
  if (tls !== null) startKeepingFresh(frame, deps, tls, app);
  return app.listen(config.listen).catch((cause: unknown) => {
    throw listenAddressUnusable(config.listen, cause);
  });
}

/** New certificates are shown without a restart, and what is wrong with the present one is said. */
function startKeepingFresh(
  frame: Frame,
  { clock }: Pick<ServiceDeps, 'clock'>,
  source: TlsSource,
  app: FastifyInstance,
): void {
  const { config, log } = frame;
  const options = { source, clock, log, publicUrls: config.publicUrls };
  tellWarnings(options);
  const apply = () => showCertificate(app, source.current());
  runUntilStopped(frame, (signal) => keepFresh({ ...options, apply }, signal));
}
