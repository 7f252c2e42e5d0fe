import { hourMs, minuteMs } from '@serverctl/core';
import { createAskRecursive, createResolver } from '@serverctl/dns';
import type { Logger } from 'pino';
import type { Config } from './config.ts';
import type { OpenDatabase } from './db/connection.ts';
import { createLeaseRow, leaseChannel } from './db/lease-row.ts';
import { createPreflightStore } from './db/pool-store/preflights.ts';
import { createPoolStore } from './db/pool-store.ts';
import { noteToldDirectly } from './db/repositories/deliveries.ts';
import { deliveryId } from './db/repositories/deliveries-queue.ts';
import { writeEvent } from './db/repositories/events.ts';
import { enforceRetention } from './db/retention.ts';
import type { Listener } from './liveness/listener.ts';
import type { SuspectedClone } from './liveness/ports.ts';
import { createLiveness } from './liveness/reader.ts';
import { newId } from './platform/random.ts';
import { createYoungCollection } from './platform/young-collection.ts';
import { quarantineForBeats } from './services/agent-session/storage.ts';
import { createChain } from './services/audit/chain.ts';
import { createSealer } from './services/audit/sealer.ts';
import type { ServiceDeps } from './services/deps.ts';
import { carryDeliveries } from './services/notifications/delivery-loop.ts';
import { createDirectWay } from './services/notifications/direct.ts';
import type { Outbound } from './services/outbound.ts';
import { createSnapshotFile } from './services/records/snapshot-file.ts';
import { createResolverDesk, type ResolverDesk } from './services/resolvers/resolver-desk.ts';
import { mayAskResolver } from './services/resolvers/resolver-list.ts';
import { inTransaction } from './services/transaction.ts';
import { ownUrls } from './tls/names.ts';
import { createEventLoopMonitor } from './worker/event-loop-monitor.ts';
import { createLease } from './worker/lease.ts';
import { dividedLeaseTimes } from './worker/lease-times.ts';
import { createNotifier, type EventLog, type RunningNotifier } from './worker/notifier.ts';
import type { Notifier, Resolver } from './worker/ports.ts';
import { createWorker, type Worker } from './worker/worker.ts';

const dayMs = 24 * hourMs;

/** What every part needs to be started: each leaves its own end on the stack. */
export interface Frame {
  readonly config: Config;
  readonly log: Logger;
  readonly database: OpenDatabase;
  readonly stack: AsyncDisposableStack;
  /** Called when a part that cannot be done without has ended by itself. */
  readonly fail: (error: unknown) => void;
}

/** Runs a part until the stack is left, then waits for its end. */
export function runUntilStopped({ stack, fail }: Frame, run: (signal: AbortSignal) => Promise<void>): void {
  const stopping = new AbortController();
  const ended = run(stopping.signal).catch(fail);
  stack.defer(async () => {
    stopping.abort();
    await ended;
  });
}

/** Whoever has something to tell, the way past a database that does not answer, and the loop that carries what is stored. */
export function startNotifier(
  frame: Frame,
  deps: Pick<ServiceDeps, 'db' | 'clock' | 'random' | 'secrets' | 'outbound' | 'runbooks'>,
): RunningNotifier {
  const { db, clock, random } = deps;
  const { log, database } = frame;
  const direct = createDirectWay({ ...deps, log });
  const write: EventLog['write'] = (notice, ahead) => inTransaction(db, (trx) => writeEvent(trx, notice, ahead));
  const noteTold: EventLog['noteTold'] = (noticeId, channelId, answer) =>
    noteToldDirectly(db, deliveryId(noticeId, channelId), answer);
  const notifier = createNotifier({ clock, random, log, events: { write, noteTold }, direct });
  const onEvent = (wake: () => void) => database.listen('event', wake);
  runUntilStopped(frame, (signal) => direct.run(signal));
  runUntilStopped(frame, (signal) => carryDeliveries({ ...deps, log, onEvent }, signal));
  runUntilStopped(frame, (signal) => notifier.run(signal));
  return notifier;
}

/** Enforces every table's retention once a day, the first time a minute after the start (db/retention.ts). */
export function startRetention(frame: Frame, { clock, db }: Pick<ServiceDeps, 'clock' | 'db'>): void {
  runUntilStopped(frame, async (signal) => {
    await clock.sleep(minuteMs, signal);
    while (!signal.aborted) {
      const removed = await enforceRetention(db).catch((error: unknown) => {
        frame.log.warn({ err: error }, 'retention could not be enforced; tried again tomorrow');
        return null;
      });
      if (removed !== null) frame.log.info({ removed }, 'retention enforced');
      await clock.sleep(dayMs, signal);
    }
  });
}

/** Keeps the copy of the records that is read when neither we nor the database answer. */
export function startSnapshotFile(frame: Frame, { db, clock, providers }: ServiceDeps): void {
  const { config, database, log } = frame;
  const { dataDir } = config;
  const { instance } = providers;
  const file = createSnapshotFile({
    db,
    listen: database.listen,
    clock,
    dataDir,
    log,
    instance,
    urls: ownUrls(config),
  });
  runUntilStopped(frame, (signal) => file.run(signal));
}

/** Quarantines the member whose beats come from two hosts (R35). A write that fails is tried again: the listener says it each minute. */
export function quarantining({ log, database }: Pick<Frame, 'log' | 'database'>): (clone: SuspectedClone) => void {
  return ({ memberId, boot, seqs }) => {
    log.warn({ memberId, boot, seqs }, 'two hosts send heartbeats with one key');
    quarantineForBeats(database.kysely, memberId).catch((error: unknown) => {
      log.warn({ err: error, memberId }, 'a member could not be quarantined; tried again');
    });
  };
}

export function startListener({ stack }: Frame, listener: Listener): void {
  listener.start();
  stack.defer(() => listener.stop());
}

/** Chains the audit log (R41). Of several processes one seals, whichever comes first; nothing waits for it. */
function startSealer(frame: Frame, { db, clock, secrets }: ServiceDeps, notifier: Notifier): void {
  const { log, database } = frame;
  const sealer = createSealer({ db, listen: database.listen, clock, chain: createChain(secrets), notifier, log });
  runUntilStopped(frame, (signal) => sealer.run(signal));
}

/** `listener` is null in a process that does not hear agents. */
export function startWorker(
  frame: Frame,
  deps: ServiceDeps,
  { listener, notifier }: { readonly listener: Listener | null; readonly notifier: Notifier },
): Worker {
  const { config, database, log, stack } = frame;
  const { clock, random, providers, resolver } = deps;
  const store = createPoolStore(database);
  startSealer(frame, deps, notifier);
  const liveness = createLiveness(database.kysely, database.listen, listener);
  const times = dividedLeaseTimes(config.leaseDivisor);
  const lease = createLease({
    holder: newId(random),
    row: createLeaseRow(database.vital),
    onRelease: (wake) => database.listen(leaseChannel, wake),
    clock,
    times,
    exclusive: config.databaseUrl === null,
  });
  const eventLoop = createEventLoopMonitor(clock, createYoungCollection());
  eventLoop.start();
  stack.defer(() => eventLoop.stop());
  const { callLimitMs } = times;
  const preflights = createPreflightStore(database.kysely);
  const around = { clock, random, providers, resolver, notifier, eventLoop, log };
  const ports = { ...around, store, preflights, liveness, lease, callLimitMs };
  const worker = createWorker(ports);
  runUntilStopped(frame, (signal) => worker.run(signal));
  return worker;
}

/** Asks where clients ask (R24); private name servers only where an administrator allowed them or named them as start points (R40). */
export function createZoneResolver(
  { dnsStartPoints }: Config,
  outbound: Outbound,
  random: ServiceDeps['random'],
): Resolver {
  const points = dnsStartPoints.map(({ host, port }) => ({ address: host, port }));
  const isPoint = (address: string, port: number) => points.some((one) => one.address === address && one.port === port);
  return createResolver({
    ...(points.length > 0 && { startPoints: points }),
    randomId: () => randomId(random),
    mayAsk: (address, port) => outbound.mayReach(address, port) || isPoint(address, port),
  });
}

/** Asks the recursive resolvers of the installation when a person looks at a name. */
export function createRecursiveDesk(
  clock: ServiceDeps['clock'],
  outbound: Outbound,
  random: ServiceDeps['random'],
  log: Pick<Logger, 'warn'>,
): ResolverDesk {
  const mayAsk = mayAskResolver(outbound);
  return createResolverDesk({
    clock,
    log,
    askRecursive: createAskRecursive({ randomId: () => randomId(random), mayAsk }),
  });
}

function randomId(random: ServiceDeps['random']): number {
  return Buffer.from(random.bytes(2)).readUInt16BE();
}
