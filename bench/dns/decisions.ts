import { type DnsName, type MemberId, type PoolId, secondMs } from '@serverctl/core';
import { hostReport, id, memoryLiveness } from '@serverctl/testkit';
import { createPoolStore } from '../../apps/server/src/db/pool-store.ts';
import { releaseBrakes } from '../../apps/server/src/db/repositories/brakes.ts';
import { systemClock } from '../../apps/server/src/platform/clock.ts';
import { systemRandom } from '../../apps/server/src/platform/random.ts';
import { createYoungCollection } from '../../apps/server/src/platform/young-collection.ts';
import { createEventLoopMonitor } from '../../apps/server/src/worker/event-loop-monitor.ts';
import type { DnsProviders, PoolStore } from '../../apps/server/src/worker/ports.ts';
import { createWorker } from '../../apps/server/src/worker/worker.ts';
import type { Databases, OpenedDatabase } from './databases.ts';
import { deskOf, sealedCredential } from './desk.ts';
import { type EmulatedCloudflare, startEmulated } from './emulated.ts';
import { addressOf, type FleetPool, furnish, poolIdOf } from './fleet.ts';
import { createLog, createRealLease, resolverOf } from './house.ts';
import { publishedIn } from './thousand.ts';
import { until } from './until.ts';

/** One failover after another, each of a pool of its own. */
export interface Decisions {
  /** From the decision until the provider had the first request for that name. */
  readonly toRequestMs: readonly number[];
  /** From the decision until its transaction was committed: a part of the way to the request. */
  readonly toCommitMs: readonly number[];
  /** From the decision until the zone held the new address. */
  readonly toRecordMs: readonly number[];
  readonly complaints: readonly string[];
}

const zoneName = 'decide.test' as DnsName;
const beatEveryMs = secondMs;
/** Whoever was heard for so long may be promoted, and the reads that follow a start are over. */
const warmUpMs = 5 * secondMs;
const patienceMs = 60 * secondMs;
/** After each failover: what it has still to write is not in the way of the next one. */
const restMs = 100;
const brakesReleasedMs = 600 * secondMs;

/**
 * The whole worker on a real PostgreSQL: HAProxy stops on a pool's active host, the loop decides at once (no grace), records the promotion,
 * and publishes it. Heartbeats come from memory. The fleet's velocity brake (R10) is released as a person may release it for ten minutes.
 */
export async function measureDecisions(databases: Databases, count: number): Promise<Decisions> {
  const database = await databases.open();
  const emulated = await startEmulated(zoneName);
  try {
    const { pools, providers } = await prepare(database, emulated, count);
    const worker = startWorker(database, providers, emulated, pools);
    try {
      await systemClock.sleep(warmUpMs);
      return await failOverEach(worker, emulated, pools);
    } finally {
      await worker.end();
    }
  } finally {
    await emulated.emulator.stop();
    await database.end();
  }
}

async function prepare(database: OpenedDatabase, emulated: EmulatedCloudflare, count: number) {
  const { desk, secrets } = deskOf(database, emulated);
  const credential = sealedCredential(secrets, emulated, 'free');
  const pools = publishedIn(emulated, count);
  await furnish(database.kysely, pools, [credential], true);
  await database.kysely
    .transaction()
    .execute((trx) =>
      releaseBrakes(trx, { forMs: brakesReleasedMs, actor: 'bench', reason: 'one failover after another' }),
    );
  return { pools, providers: desk };
}

interface Running {
  readonly liveness: ReturnType<typeof memoryLiveness>;
  readonly decidedAt: ReadonlyMap<PoolId, number>;
  readonly committedAt: ReadonlyMap<PoolId, number>;
  readonly complaints: readonly string[];
  end(): Promise<void>;
}

function startWorker(
  database: OpenedDatabase,
  providers: DnsProviders,
  emulated: EmulatedCloudflare,
  pools: readonly FleetPool[],
): Running {
  const [clock, random] = [systemClock, systemRandom];
  const complaints: string[] = [];
  const liveness = memoryLiveness(clock);
  const [decidedAt, committedAt] = [new Map<PoolId, number>(), new Map<PoolId, number>()];
  const store = noting(createPoolStore(database), decidedAt, committedAt);
  const eventLoop = createEventLoopMonitor(clock, createYoungCollection());
  eventLoop.start();
  const worker = createWorker({
    ...{ clock, random, store, liveness, providers, eventLoop },
    lease: createRealLease(database),
    resolver: resolverOf(emulated.held),
    notifier: { notify() {} },
    log: createLog(complaints),
  });
  const stop = new AbortController();
  const beating = setInterval(() => {
    for (const { number } of pools) for (const letter of ['a', 'b']) liveness.beat(id<MemberId>(letter, number));
  }, beatEveryMs);
  const running = Promise.all([worker.run(stop.signal), liveness.run(stop.signal)]);
  return {
    ...{ liveness, decidedAt, committedAt, complaints },
    async end() {
      clearInterval(beating);
      stop.abort();
      await running;
      eventLoop.stop();
    },
  };
}

/** Notes when a decided promotion comes to the store first, before anything of it is recorded, and when it is recorded. */
function noting(store: PoolStore, decidedAt: Map<PoolId, number>, committedAt: Map<PoolId, number>): PoolStore {
  return {
    ...store,
    async promote(promotion, fence) {
      if (!decidedAt.has(promotion.poolId)) decidedAt.set(promotion.poolId, performance.now());
      const epoch = await store.promote(promotion, fence);
      committedAt.set(promotion.poolId, performance.now());
      return epoch;
    },
  };
}

async function failOverEach(
  { liveness, decidedAt, committedAt, complaints }: Running,
  emulated: EmulatedCloudflare,
  pools: readonly FleetPool[],
): Promise<Decisions> {
  const [toCommitMs, toRequestMs, toRecordMs]: [number[], number[], number[]] = [[], [], []];
  for (const { number, name } of pools) {
    let [requestedAt, recordedAt] = [0, 0];
    emulated.onChange((changed, held) => {
      if (changed === name && held.join() === addressOf('b', number)) recordedAt ||= performance.now();
    });
    const change = () => {
      requestedAt = performance.now();
    };
    emulated.emulator.inject({ kind: 'drift', change }, { path: new RegExp(`name=${name}&`) });
    liveness.beat(id<MemberId>('a', number), { report: hostReport('stopped') });
    await until(`${name} has moved`, () => recordedAt > 0, patienceMs, 1);
    const [decided, committed] = [decidedAt.get(poolIdOf(number)), committedAt.get(poolIdOf(number))];
    if (decided === undefined || committed === undefined || requestedAt < decided)
      throw new Error(`${name} moved without a decision or a request.`);
    toCommitMs.push(committed - decided);
    toRequestMs.push(requestedAt - decided);
    toRecordMs.push(recordedAt - decided);
    await systemClock.sleep(restMs);
  }
  return { toCommitMs, toRequestMs, toRecordMs, complaints };
}
