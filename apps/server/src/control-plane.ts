import { AppError } from '@serverctl/core';
import type { Logger } from 'pino';
import manifest from '../package.json' with { type: 'json' };
import type { Config } from './config.ts';
import { type OpenDatabase, openDatabase } from './db/connection.ts';
import { makeDataDirectory } from './db/data-directory.ts';
import { startEmbedded } from './db/embedded.ts';
import { migrateToLatest } from './db/migrate.ts';
import { createListener } from './liveness/listener.ts';
import { livenessStorage } from './liveness/storage.ts';
import {
  createRecursiveDesk,
  createZoneResolver,
  type Frame,
  quarantining,
  startListener,
  startNotifier,
  startRetention,
  startSnapshotFile,
  startWorker,
} from './parts.ts';
import { makeInstaller, openGivenCertificate, openOwnCa, startHttp } from './parts-http.ts';
import { systemClock as clock } from './platform/clock.ts';
import { assertListenable } from './platform/listen-address.ts';
import { openMasterKey } from './platform/master-key.ts';
import { newId, systemRandom as random } from './platform/random.ts';
import { createSecretBox } from './platform/secrets.ts';
import { createGate, lookUpLimits } from './services/accounts/gate.ts';
import { createPasswords } from './services/accounts/passwords.ts';
import { ensureSetupLink, type SetupLink } from './services/accounts/setup-link.ts';
import { type AdminTokenMade, ensureAdminToken } from './services/admin-token.ts';
import type { ServiceDeps } from './services/deps.ts';
import { createProviderDesk } from './services/dns-providers.ts';
import { ensureInstanceId } from './services/instance.ts';
import { readFleet } from './services/metrics/fleet.ts';
import { createMetrics, type Metrics } from './services/metrics/metrics.ts';
import { createOutbound } from './services/outbound.ts';
import { openRunbooks } from './services/runbooks.ts';
import type { TlsSource } from './tls/material.ts';

/*
 * The composition, called by main.ts alone: everything is made here and handed down as an argument. What is started is kept on a stack and
 * stopped in the reverse order:
 *
 *   database → notifier → listener → worker → HTTP
 *
 * so that on the way out nobody is heard any more, then no DNS call is in flight and the lease is released, then the last beats are stored.
 */

export interface ControlPlane {
  /** Null for the role `worker`, which speaks to nobody. */
  readonly address: string | null;
  /** Null when there was one before. */
  readonly adminToken: AdminTokenMade | null;
  /** Null where somebody has an account already, and in the role `worker`. */
  readonly setupLink: SetupLink | null;
  /** Where the private CA is, when it was made at this start. */
  readonly madeCaPath: string | null;
  /** Rejects when a part that cannot be done without has ended by itself. Never resolves. */
  readonly failed: Promise<never>;
  stop(): Promise<void>;
}

export interface StartOptions {
  readonly newAdminToken: boolean;
  /** Whether what is announced goes to a terminal; else secrets are written to files (R44). */
  readonly terminal: boolean;
}

export async function startControlPlane(
  config: Config,
  log: Logger,
  { newAdminToken, terminal }: StartOptions,
): Promise<ControlPlane> {
  const hears = config.role !== 'worker';
  if (hears) await assertListenable(config.listen);
  const given = hears ? await openGivenCertificate(config) : null;
  await using stack = new AsyncDisposableStack();
  const failure = Promise.withResolvers<never>();
  failure.promise.catch(() => {}); // whoever waits for it hears of it; nobody must
  const database = await openStorage(config, log, stack, failure.reject);
  const frame: Frame = { config, log, database, stack, fail: failure.reject };
  const db = database.kysely;
  const adminToken = await ensureAdminToken({ db, random, dataDir: config.dataDir, renew: newAdminToken });
  const tls = hears ? (given ?? (await openOwnCa(config, clock, random))) : null;
  const metrics = createMetrics({
    clock,
    version: manifest.version,
    readFleet: () => readFleet(db, clock.wallTime()),
  });
  const deps = await makeDeps(frame, tls, metrics);
  const notifier = startNotifier(frame, deps);
  startRetention(frame, deps);
  startSnapshotFile(frame, deps);
  const onStorage = tellStorage(log);
  const { vital, listen } = database;
  const listener = createListener({
    ...livenessStorage(vital, listen),
    clock,
    listenerId: newId(random),
    onStorage,
    onClone: quarantining(frame),
  });
  if (hears) startListener(frame, listener);
  if (hears) metrics.hears(listener);
  const worker =
    config.role === 'api' ? null : startWorker(frame, deps, { listener: hears ? listener : null, notifier });
  if (worker !== null) metrics.leads(worker);
  const address = hears ? await startHttp(frame, deps, { listener, worker, metrics, tls }) : null;
  const setupLink = hears ? await ensureSetupLink({ ...deps, dataDir: config.dataDir, terminal }) : null;
  const running = stack.move();
  return {
    address,
    adminToken,
    setupLink,
    madeCaPath: tls?.madeCaPath ?? null,
    failed: failure.promise,
    stop: () => running.disposeAsync(),
  };
}

/** The embedded PostgreSQL, or the one that DATABASE_URL names, with this version's tables. */
async function openStorage(
  { databaseUrl, dataDir }: Config,
  log: Logger,
  stack: AsyncDisposableStack,
  fail: (error: unknown) => void,
): Promise<OpenDatabase> {
  if (databaseUrl !== null) await makeDataDirectory(dataDir);
  const embedded = databaseUrl === null ? await startEmbedded({ dataDir, clock, log }) : null;
  if (embedded !== null) {
    stack.defer(() => embedded.stop());
    void embedded.exited.then(({ because }) => {
      if (because !== null) fail(new AppError('database_unavailable', { because }));
    });
  }
  const connection = embedded?.connection ?? { connectionString: databaseUrl ?? '' };
  const database = openDatabase({ connection, clock, log });
  stack.defer(() => database.close());
  const applied = await migrateToLatest(database.kysely, { clock, log });
  if (applied.length > 0) log.info({ applied }, 'the database was migrated');
  return database;
}

async function makeDeps(frame: Frame, tls: TlsSource | null, metrics: Metrics): Promise<ServiceDeps> {
  const { config, database } = frame;
  const db = database.kysely;
  const secrets = createSecretBox(await openMasterKey({ given: config.masterKey, dataDir: config.dataDir }));
  const outbound = createOutbound({ clock, allowPrivate: config.allowPrivateTargets });
  const instance = await ensureInstanceId(db, random);
  const publicUrl = config.publicUrls[0] ?? '';
  const resolverDesk = createRecursiveDesk(clock, outbound, random, frame.log);
  frame.stack.defer(() => resolverDesk.close());
  return {
    db,
    clock,
    random,
    secrets,
    outbound,
    providers: createProviderDesk({ db, clock, random, secrets, outbound, instance, counted: metrics.counted }),
    resolver: createZoneResolver(config, outbound, random),
    resolverDesk,
    installer: await makeInstaller(frame, tls),
    passwords: createPasswords(),
    lookUps: createGate(lookUpLimits),
    publicUrl,
    runbooks: openRunbooks({ publicUrl }),
  };
}

/** Heartbeats that cannot be stored are no detail: nobody ages meanwhile (R2), and agents are sent to their next URL. */
function tellStorage(log: Logger): (error: unknown) => void {
  return (error) => {
    if (error === null) log.info('heartbeats are stored again');
    else log.error({ err: error }, 'heartbeats cannot be stored; nobody ages until they can (R2)');
  };
}
