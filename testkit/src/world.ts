import {
  type BindingId,
  type DnsName,
  type DnsProvider,
  type HostReport,
  type InstanceId,
  type Ipv4,
  type Ipv6,
  type Member,
  type MemberId,
  type Pool,
  type PoolId,
  type PromotionId,
  unlabelledZone,
} from '@serverctl/core';
import { createMemoryProvider, createMemoryZone, type MemoryZone } from '@serverctl/dns';
import { createEventLoopMonitor } from '../../apps/server/src/worker/event-loop-monitor.ts';
import type { DnsProviders, Notice, PromotionRecord } from '../../apps/server/src/worker/ports.ts';
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
 *
 * A fleet can stand beside it: pools without names, numbered from 3, whose members' numbers go on after the bystanders'; the first member
 * of each is active.
 */

export interface WorldOptions {
  readonly members?: number;
  readonly pool?: Partial<Pool>;
  /** Members that beat but belong to another pool: somebody else to hear (R2). */
  readonly bystanders?: number;
  /** More pools, of so many members each. */
  readonly fleet?: { readonly pools: number; readonly membersEach: number };
  /** The zone of the numbered member (R9). */
  readonly zoneOf?: (number: number) => string;
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
  /** The number of the member that is active in the numbered pool; 0 = none. */
  active(poolNumber?: number): number;
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
  const notices = store.house.events;
  const logged: string[] = [];
  const log = keepLog(logged);
  const eventLoop = createEventLoopMonitor(clock);
  const inner = createMemoryProvider({ zone, instance });
  const provider = options.provider?.(inner) ?? inner;
  const providers: DnsProviders = { instance, forCredential: async () => provider, limitOf: () => null };
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
    ...controls(store, liveness, agents),
    async start(settleMs = 40_000) {
      await firstPublish(store);
      notices.length = 0; // who furnishes a world tells nobody
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
    active: (poolNumber = 1) =>
      Number(store.house.pools.get(id<PoolId>('p', poolNumber))?.activeMemberId?.slice(1) ?? 0),
    told: (kind) => notices.filter((notice) => notice.kind === kind).length,
  };
}

/** What a test does to the world. */
function controls(store: MemoryStore, liveness: MemoryLiveness, agents: ReadonlyMap<MemberId, Agent>) {
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
    acknowledge: () => store.operator.acknowledge(poolId),
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
  const { members = 2, bystanders = 1, pool = {}, fleet, zoneOf = () => unlabelledZone } = options;
  const { house } = store;
  house.bindings.set(id<BindingId>('b', 1), buildBinding());
  let number = 0;
  function addPool(poolNumber: number, size: number, change: Partial<Pool>): void {
    const ofPool = id<PoolId>('p', poolNumber);
    house.pools.set(ofPool, buildPool({ id: ofPool, ...change }));
    for (const end = number + size; number < end; ) {
      number += 1;
      const member = buildMember(number, { poolId: ofPool, zone: zoneOf(number) });
      house.members.set(member.id, member);
      house.enrolledAt.set(member.id, clock.now() - 3_600_000);
    }
  }
  addPool(1, members, pool);
  if (bystanders > 0) addPool(2, bystanders, { name: 'other' });
  for (let extra = 0; extra < (fleet?.pools ?? 0); extra += 1)
    addPool(3 + extra, fleet?.membersEach ?? 0, { ...pool, name: `fleet-${extra + 1}` });
  return new Map([...house.members.keys()].map((memberId) => [memberId, { alive: true, report: hostReport() }]));
}

/** Every pool but the bystanders' gets its first member. */
async function firstPublish(store: MemoryStore): Promise<void> {
  const rows = await store.pools();
  for (const [index, { pool, members }] of rows.entries()) {
    const [first] = members;
    if (pool.id === id<PoolId>('p', 2) || first === undefined) continue;
    await store.operator.promote(firstPromotion(index + 1, pool, first));
  }
}

function firstPromotion(number: number, pool: Pool, { id: to, publicIpv4, publicIpv6 }: Member): PromotionRecord {
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
    fleet: { zones: [], poolCount: 1, promotionAgesMs: [], brakesReleasedForMs: null },
    maintenanceLeftMs: null,
    unpublished: null,
  };
  return {
    id: id<PromotionId>('f', number),
    poolId: pool.id,
    kind: 'first-publish',
    cause: 'first-publish',
    from: null,
    to,
    address: publicIpv4 as Ipv4 | null,
    address6: publicIpv6 as Ipv6 | null,
    confirmedNames: [],
    expectedEpoch: 0,
    evidence,
    decision: { kind: 'keep', because: 'no-active-member' },
    sentence: 'Confirmed by a person.',
    actor: 'test',
    reason: null,
    detectedAgoMs: null,
    lastHeartbeatAgoMs: null,
  };
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
