import type {
  BindingId,
  DnsName,
  DnsProvider,
  HostReport,
  InstanceId,
  MemberId,
  Pool,
  PoolId,
  PromotionId,
} from '@serverctl/core';
import { createMemoryProvider, createMemoryZone, type MemoryZone } from '@serverctl/dns';
import { createEventLoopMonitor } from '../../apps/server/src/worker/event-loop-monitor.ts';
import type { DnsProviders, Notice } from '../../apps/server/src/worker/ports.ts';
import { createWorker, type Worker } from '../../apps/server/src/worker/worker.ts';
import { addressOf, buildBinding, buildMember, buildPool, hostReport, id } from './builders.ts';
import { createFakeClock, type FakeClock } from './fake-clock.ts';
import { type MemoryLease, memoryLease } from './memory-lease.ts';
import { type MemoryLiveness, memoryLiveness } from './memory-liveness.ts';
import { type MemoryResolver, memoryResolver } from './memory-resolver.ts';
import { type MemoryStore, memoryStore } from './memory-store.ts';
import { seededRandom } from './seeded-random.ts';

/*
 * One pool of real hosts' agents, one name, one control plane: the real worker on ports in memory and in virtual time. Members are
 * numbered from 1; each beats every second from its own phase until it is stopped. Member 1 is active after `start`.
 */

export interface WorldOptions {
  readonly members?: number;
  readonly pool?: Partial<Pool>;
  /** Members that beat but belong to another pool: somebody else to hear (R2). */
  readonly bystanders?: number;
  readonly seed?: number;
  /** Stands between the publisher and the provider in memory. */
  readonly provider?: (inner: DnsProvider) => DnsProvider;
}

export interface World {
  readonly clock: FakeClock;
  readonly store: MemoryStore;
  readonly liveness: MemoryLiveness;
  readonly lease: MemoryLease;
  readonly zone: MemoryZone;
  readonly resolver: MemoryResolver;
  readonly notices: readonly Notice[];
  readonly logged: readonly string[];
  readonly worker: Worker;
  readonly name: string;
  readonly poolId: PoolId;
  member(number: number): MemberId;
  /** Starts the plane with member 1 published, and lets everybody become ready. */
  start(settleMs?: number): Promise<void>;
  /** Stops the worker; resolves when it has ended. */
  stop(): Promise<void>;
  /** The host loses power: no more beats. */
  kill(number: number): void;
  revive(number: number): void;
  /** What the host reports from now on, told at once as the agent does. */
  report(number: number, haproxy: 'running' | 'stopped' | 'restarting'): void;
  changePool(change: Partial<Pool>): void;
  /** What a person's acknowledgement does (R11). */
  acknowledge(): void;
  /** The database is stopped: nobody can read or write, the listener keeps what it hears. */
  databaseDown(down: boolean): void;
  /** The number of the member that the record names; 0 = none. */
  published(): number;
  active(): number;
  told(kind: string): number;
}

interface Agent {
  alive: boolean;
  report: HostReport;
}

const poolId = id<PoolId>('p', 1);
const instance = 'cp0000000001' as InstanceId;

export function createWorld(options: WorldOptions = {}): World {
  const clock = createFakeClock();
  const lease = memoryLease();
  const store = memoryStore(clock, lease);
  const liveness = memoryLiveness(clock);
  const zone = createMemoryZone('example.com' as DnsName);
  const resolver = memoryResolver(zone);
  const notices: Notice[] = [];
  const logged: string[] = [];
  const log = keepLog(logged);
  const eventLoop = createEventLoopMonitor(clock);
  const inner = createMemoryProvider({ zone, instance });
  const provider = options.provider?.(inner) ?? inner;
  const providers: DnsProviders = { instance, forCredential: async () => provider };
  const notifier = { notify: (notice: Notice) => void notices.push(notice) };
  const random = seededRandom(options.seed ?? 1);
  const worker = createWorker({ clock, random, store, liveness, lease, providers, resolver, notifier, eventLoop, log });
  const agents = furnish(store, clock, options);
  const stop = new AbortController();
  let running: Promise<unknown> = Promise.resolve();
  return {
    clock,
    store,
    liveness,
    lease,
    zone,
    resolver,
    notices,
    logged,
    worker,
    ...controls(store, liveness, clock, agents),
    async start(settleMs = 40_000) {
      await firstPublish(store);
      eventLoop.start();
      lease.grant();
      const agentsEnd = beat(agents, liveness, clock, stop.signal);
      running = Promise.all([liveness.run(stop.signal), worker.run(stop.signal), agentsEnd]);
      await clock.advance(settleMs);
    },
    async stop() {
      stop.abort();
      await clock.advance(200);
      await running;
      eventLoop.stop();
    },
    published: () => numberOf(zone.get(buildBinding().name, 'A')?.values ?? []),
    active: () => Number(store.house.pools.get(poolId)?.activeMemberId?.slice(1) ?? 0),
    told: (kind) => notices.filter((notice) => notice.kind === kind).length,
  };
}

/** What a test does to the world. */
function controls(
  store: MemoryStore,
  liveness: MemoryLiveness,
  clock: FakeClock,
  agents: ReadonlyMap<MemberId, Agent>,
) {
  const agentOf = (number: number) => agents.get(id<MemberId>('m', number)) ?? missing(number);
  function changePool(change: Partial<Pool>): void {
    const pool = store.house.pools.get(poolId);
    if (pool !== undefined) store.house.pools.set(poolId, { ...pool, ...change });
    store.changed();
  }
  return {
    name: buildBinding().name,
    poolId,
    member: (number: number) => id<MemberId>('m', number),
    changePool,
    acknowledge() {
      store.house.acknowledgedAt.set(poolId, clock.now());
      changePool({ held: false });
    },
    databaseDown(down: boolean) {
      store.databaseDown = down;
      liveness.databaseDown = down;
    },
    kill(number: number) {
      agentOf(number).alive = false;
    },
    revive(number: number) {
      agentOf(number).alive = true;
    },
    report(number: number, haproxy: 'running' | 'stopped' | 'restarting') {
      const agent = agentOf(number);
      agent.report = hostReport(haproxy);
      if (agent.alive) liveness.beat(id<MemberId>('m', number), { report: agent.report });
    },
  };
}

function furnish(store: MemoryStore, clock: FakeClock, options: WorldOptions): Map<MemberId, Agent> {
  const { members = 2, bystanders = 1, pool = {} } = options;
  const { house } = store;
  house.pools.set(poolId, buildPool(pool));
  house.bindings.set(id<BindingId>('b', 1), buildBinding());
  if (bystanders > 0) house.pools.set(id<PoolId>('p', 2), buildPool({ id: id<PoolId>('p', 2), name: 'other' }));
  for (let number = 1; number <= members + bystanders; number += 1) {
    const member = buildMember(number, number > members ? { poolId: id<PoolId>('p', 2) } : {});
    house.members.set(member.id, member);
    house.enrolledAt.set(member.id, clock.now() - 3_600_000);
  }
  return new Map([...house.members.keys()].map((memberId) => [memberId, { alive: true, report: hostReport() }]));
}

async function firstPublish(store: MemoryStore): Promise<void> {
  const row = (await store.pools()).find(({ pool }) => pool.id === poolId);
  if (row === undefined) return;
  const { pool } = row;
  const listening = {
    blindBecause: null,
    blindForMs: 0,
    heardMembers: 0,
    enrolledMembers: 0,
    nobodyHeardForMs: 0,
    nobodyHeardAfterMs: 0,
  };
  const evidence = {
    pool,
    members: [],
    listening,
    automaticPromotionAgesMs: [],
    lastPromotionAgeMs: null,
    minuteOfDay: 0,
  };
  const promotion = {
    id: id<PromotionId>('f', 1),
    poolId,
    kind: 'first-publish' as const,
    cause: 'first-publish',
    from: null,
    to: id<MemberId>('m', 1),
    address: addressOf(1),
    confirmedNames: [],
    expectedEpoch: 0,
    evidence,
    decision: { kind: 'keep' as const, because: 'no-active-member' as const },
    sentence: 'Confirmed by a person.',
    actor: 'test',
    reason: null,
    detectedAgoMs: null,
    lastHeartbeatAgoMs: null,
  };
  await store.promote(promotion, null);
}

/** Every agent beats each second, each at its own moment of it. */
async function beat(
  agents: ReadonlyMap<MemberId, Agent>,
  liveness: MemoryLiveness,
  clock: FakeClock,
  signal: AbortSignal,
) {
  const each = [...agents].map(async ([memberId, agent], index) => {
    await clock.sleep(137 * index, signal);
    while (!signal.aborted) {
      if (agent.alive) liveness.beat(memberId, { report: agent.report });
      await clock.sleep(1_000, signal);
    }
  });
  await Promise.all(each);
}

function numberOf(addresses: readonly string[]): number {
  if (addresses.length > 1) throw new Error(`more than one address: ${addresses.join(', ')}`);
  for (let number = 1; number < 250; number += 1) if (addresses[0] === addressOf(number)) return number;
  return 0;
}

function keepLog(logged: string[]) {
  const keep = (fields: object, message: string) => {
    const error = 'err' in fields && fields.err instanceof Error ? ` ${fields.err.stack}` : '';
    logged.push(`${message}${error}`);
  };
  return { info: keep, warn: keep, error: keep };
}

function missing(number: number): never {
  throw new Error(`there is no member ${number}`);
}
