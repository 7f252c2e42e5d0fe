import type { EventView, PoolView } from '@serverctl/contract';
import { afterAll, beforeAll, expect } from 'vitest';
import { type AnswerProbe, startAnswerProbe } from './answer-probe.ts';
import { addPool, allReady, hostname, memberOf, type PoolPlan } from './edge.ts';
import type { LabStageMember } from './lab-stage.ts';
import type { Plane } from './plane.ts';
import type { ExpectedPromotion } from './promotion-balance.ts';
import type { Scenario } from './scenario.ts';

export interface LivePoolPlan extends PoolPlan {
  /** Lab names; the first one is published and becomes active. */
  readonly hosts: readonly [string, ...string[]];
  /** What is done when its hosts are enrolled and before anything is published: further names, for one. */
  readonly beforePublish?: () => Promise<unknown>;
}

/** The pool at rest: everybody healthy, every standby ready, nothing left to publish. */
export interface Settled {
  readonly view: PoolView;
  readonly active: LabStageMember;
  /** Who would be promoted. */
  readonly next: LabStageMember;
}

/** A pool whose records follow health, with a witness of its own: several of them share a scenario, each host in one. */
export interface LivePool {
  readonly name: string;
  /** Whose answers the witness sees. */
  readonly managedName: string;
  readonly probe: AnswerProbe;
  readonly hosts: readonly LabStageMember[];
  now(): Promise<PoolView>;
  until(what: string, holds: (view: PoolView) => boolean, withinMs?: number): Promise<PoolView>;
  settled(): Promise<Settled>;
  expectMove(kind: ExpectedPromotion['kind'], to: LabStageMember, cause: string): void;
  /** The first answer other than `host`'s, and whose it is: for moves whose target is anybody ready. */
  untilMovedFrom(host: LabStageMember, withinMs: number): Promise<{ readonly at: number; readonly to: LabStageMember }>;
  /** Of this pool and its members, oldest first. */
  events(): Promise<readonly EventView[]>;
  /** How often each kind of event was told since `since`. */
  told(since?: number): Promise<Readonly<Record<string, number>>>;
  /** The bucket of R11 is refilled as an operator would: through the public API. */
  acknowledge(): Promise<unknown>;
  /** Adds the pool, enrols its hosts, publishes the first one, and lets the record follow health. */
  open(): Promise<void>;
  close(): Promise<void>;
}

/** Registers the hooks that open the pools side by side before the first test, and end their witnesses after the last. */
export function openBeforeTests(pools: readonly LivePool[]): void {
  beforeAll(async () => void (await Promise.all(pools.map((pool) => pool.open()))));
  afterAll(async () => void (await Promise.all(pools.map((pool) => pool.close()))));
}

export function livePool(scenario: Scenario, plan: LivePoolPlan): LivePool {
  const { name } = plan;
  let probe: AnswerProbe | null = null;
  const witness = () => {
    if (probe === null) throw new Error(`the pool ${name} is not open yet`);
    return probe;
  };
  const hosts = () => plan.hosts.map((host) => scenario.host(host));
  const events = () => eventsOf(scenario.plane, name);
  const until: LivePool['until'] = (what, holds, withinMs) => scenario.looks.until(name, what, holds, withinMs);
  const expectMove: LivePool['expectMove'] = (kind, to, cause) =>
    scenario.expectMove({ pool: name, kind, to: to.name, cause });
  return {
    name,
    until,
    expectMove,
    events,
    get managedName() {
      return hostname(scenario.stage, plan);
    },
    get hosts() {
      return hosts();
    },
    get probe() {
      return witness();
    },
    now: () => scenario.looks.one(name),
    async settled() {
      const view = await until('everybody healthy and ready', (now) => allReady(now) && now.status.state === 'calm');
      const active = hosts().find((one) => memberOf(view, one.name).role === 'active');
      const next = hosts().find((one) => memberOf(view, one.name).place === 1);
      if (active === undefined || next === undefined) throw new Error(`${name} has nobody active or nobody next`);
      return { view, active, next };
    },
    async untilMovedFrom({ address }, withinMs) {
      const { history } = witness();
      const seen = history.length;
      const moved = () =>
        history.slice(seen).find(({ addresses }) => addresses.length === 1 && addresses[0] !== address);
      await expect.poll(moved, { timeout: withinMs, interval: 20 }).toBeDefined();
      const answer = moved();
      const to = hosts().find((one) => one.address === answer?.addresses[0]);
      if (answer === undefined || to === undefined) throw new Error(`${name} moved to a stranger`);
      return { at: answer.at, to };
    },
    async told(since = 0) {
      const counts: Record<string, number> = {};
      for (const { kind, at } of await events()) if (Date.parse(at) >= since) counts[kind] = (counts[kind] ?? 0) + 1;
      return counts;
    },
    acknowledge: () => scenario.plane.cli('pool', 'ack', name, '--reason', 'scenario finished'),
    async open() {
      const { plane, stage } = scenario;
      const first = scenario.host(plan.hosts[0]);
      await addPool(plane, stage, plan, hosts());
      await until('everybody heard', ({ status }) => status.members.every(({ health }) => health === 'healthy'));
      await plan.beforePublish?.();
      expectMove('first-publish', first, 'first-publish');
      await plane.cli('pool', 'publish', name, first.hostname, '--yes', '--confirm-not-ready');
      probe = startAnswerProbe(stage, hostname(stage, plan));
      await probe.until(first.address, { since: 0, withinMs: 20_000 });
      await until('standbys ready', allReady);
      await plane.cli('failover', 'on', name);
    },
    close: async () => probe?.stop(),
  };
}

/** `events --json` prints one object a line. */
async function eventsOf(plane: Plane, pool: string): Promise<readonly EventView[]> {
  const { status, stdout, stderr } = await plane.tryCli('events', '--pool', pool, '--limit', '500', '--json');
  if (status !== 0) throw new Error(`the events of ${pool} cannot be read: ${stderr}`);
  return stdout
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as EventView);
}
