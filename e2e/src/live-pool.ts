import { setTimeout as sleep } from 'node:timers/promises';
import type { EventView, PoolView } from '@serverctl/contract';
import { expect } from 'vitest';
import { type AnswerProbe, startAnswerProbe } from './answer-probe.ts';
import { allReady, enrol, memberOf } from './edge.ts';
import type { LabStageMember } from './lab-stage.ts';
import type { Plane } from './plane.ts';
import { createPoolLooks, type PoolLooks } from './pool-looks.ts';
import type { Scene } from './scenario.ts';

export interface LivePoolPlan {
  /** Name of the pool, and of its managed name below the stage's zone. */
  readonly name: string;
  /** Lab names; the first one is published and becomes active. */
  readonly hosts: readonly [string, ...string[]];
  /** Settings of `pool add` that are not the defaults. */
  readonly settings?: readonly string[];
}

/** A pool whose records follow health, with a witness of its own: several of them share a scene, each host in one. */
export interface LivePool {
  readonly name: string;
  readonly probe: AnswerProbe;
  readonly hosts: readonly LabStageMember[];
  host(name: string): LabStageMember;
  now(): Promise<PoolView>;
  until(what: string, holds: (view: PoolView) => boolean, withinMs?: number): Promise<PoolView>;
  /** Waits until everybody is healthy and ready; says who is active and who would be next. */
  settled(): Promise<{ readonly view: PoolView; readonly active: LabStageMember; readonly next: LabStageMember }>;
  /** Runs `action`, and asserts that from its start for at least `windowMs` neither record nor active member nor epoch changed: each promotion raises it (R16). */
  stays(windowMs: number, action?: () => Promise<void>): Promise<void>;
  /** How often each kind of event was told of this pool and its members since `since`. */
  told(since?: number): Promise<Readonly<Record<string, number>>>;
  /** R20: one answer, always a registered address, from the first one on. `further` = addresses that members had besides their own. */
  neverEmptyNorForeign(further?: readonly string[]): void;
}

/** Adds the pools, enrols their hosts, publishes each first host, and lets the records follow health. */
export async function openLivePools(scene: Scene, plans: readonly LivePoolPlan[]): Promise<readonly LivePool[]> {
  const { plane } = scene;
  const looks = createPoolLooks(() => scene.plane);
  await Promise.all(plans.map((plan) => addPlannedPool(scene, plan)));
  return Promise.all(
    plans.map(async (plan) => {
      await looks.until(plan.name, 'all heard', ({ status }) =>
        status.members.every(({ health }) => health === 'healthy'),
      );
      const first = hostOf(scene, plan.hosts[0]);
      await plane.cli('pool', 'publish', plan.name, first.hostname, '--yes', '--confirm-not-ready');
      const pool = livePool(scene, looks, plan);
      await pool.probe.until(first.address, { since: 0, withinMs: 20_000 });
      await pool.until('standbys ready', allReady);
      await plane.cli('failover', 'on', plan.name);
      return pool;
    }),
  );
}

async function addPlannedPool(scene: Scene, { name, hosts, settings = [] }: LivePoolPlan): Promise<void> {
  const { plane, stage } = scene;
  const record = [nameOf(scene, name), '--zone', stage.dns.zone, '--credential', 'name-server', '--ttl', '30'];
  await plane.cli('pool', 'add', name, ...settings);
  await plane.cli('dns', 'add', name, ...record);
  for (const [index, host] of hosts.entries()) await enrol(plane, name, hostOf(scene, host), (index + 1) * 10);
}

function livePool(scene: Scene, looks: PoolLooks, { name, hosts: names }: LivePoolPlan): LivePool {
  const hosts = names.map((host) => hostOf(scene, host));
  const probe = startAnswerProbe(scene.stage, nameOf(scene, name));
  const until: LivePool['until'] = (what, holds, withinMs) => looks.until(name, what, holds, withinMs);
  const host = (wanted: string) => {
    const found = hosts.find((one) => one.name === wanted);
    if (found === undefined) throw new Error(`${name} has no host ${wanted}`);
    return found;
  };
  return {
    name,
    probe,
    hosts,
    host,
    now: () => looks.one(name),
    until,
    async settled() {
      const view = await until('everybody healthy and ready', (now) => allReady(now) && now.status.state === 'calm');
      const [active] = hosts.filter((one) => memberOf(view, one.name).role === 'active');
      const [next] = hosts.filter((one) => memberOf(view, one.name).place === 1);
      if (active === undefined || next === undefined) throw new Error(`${name} has nobody active or nobody next`);
      return { view, active, next };
    },
    async stays(windowMs, action = async () => undefined) {
      const standing = async () => {
        const { epoch, activeMemberId } = await looks.one(name);
        return { epoch, activeMemberId, answers: [...probe.history] };
      };
      const before = await standing();
      const over = performance.now() + windowMs;
      await action();
      await sleep(Math.max(0, over - performance.now()));
      expect(await standing()).toEqual(before);
    },
    async told(since = 0) {
      const counts: Record<string, number> = {};
      for (const { kind, at } of await eventsOf(scene.plane, name))
        if (Date.parse(at) >= since) counts[kind] = (counts[kind] ?? 0) + 1;
      return counts;
    },
    neverEmptyNorForeign(further = []) {
      const allowed = [...hosts.map(({ address }) => address), ...further];
      const first = probe.history.findIndex(({ addresses }) => addresses.length > 0);
      expect(first).toBeGreaterThanOrEqual(0);
      for (const { addresses } of probe.history.slice(first)) {
        expect(addresses).toHaveLength(1);
        expect(allowed).toContain(addresses[0]);
      }
    },
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

function hostOf(scene: Scene, name: string): LabStageMember {
  const found = scene.stage.members.find((member) => member.name === name);
  if (found === undefined) throw new Error(`the lab has no host ${name}`);
  return found;
}

function nameOf({ stage }: Scene, pool: string): string {
  return `${pool}.${stage.dns.zone}`;
}
