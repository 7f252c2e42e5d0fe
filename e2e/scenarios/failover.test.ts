import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type AnswerProbe, startAnswerProbe } from '../src/answer-probe.ts';
import { addPool, allReady, hostname, memberOf, type PoolPlan, promotions, untilPool } from '../src/edge.ts';
import type { ExpectedPromotion } from '../src/promotion-balance.ts';
import { labMissing, openScene, type Scene } from '../src/scenario.ts';
import { faultLog, settle } from '../src/verdict.ts';

/*
 * One pool of three real hosts, failover delay 10 s, HAProxy grace 1 s. Every scenario asserts on the authoritative answer.
 * They share the hosts and follow each other: each begins when every host is healthy and ready again.
 */
const plan: PoolPlan = { name: 'edge', label: 'www', delaySeconds: 10 };

describe.skipIf(labMissing)(`one pool, three hosts${labMissing ? ` (skipped: ${labMissing})` : ''}`, () => {
  let scene: Scene;
  let probe: AnswerProbe;
  let failed = false;
  const faults = faultLog();
  const expected: ExpectedPromotion[] = [];
  const expectMove = (kind: ExpectedPromotion['kind'], to: string, cause: string) =>
    void expected.push({ pool: plan.name, kind, to, cause });

  const host = (name: string) => {
    const found = scene.stage.members.find((member) => member.name === name);
    if (found === undefined) throw new Error(`no host ${name}`);
    return found;
  };
  const pool = (what: string, holds: Parameters<typeof untilPool>[3], withinMs?: number) =>
    untilPool(scene.plane, plan.name, what, holds, withinMs);
  const active = async () => {
    const view = await pool('everybody healthy and ready', (view) => allReady(view) && view.status.state === 'calm');
    const name = view.status.members.find(({ role }) => role === 'active')?.hostname.split('.')[0];
    if (name === undefined) throw new Error('nobody is active');
    return { name, view, next: view.status.members.find(({ place }) => place === 1)?.hostname.split('.')[0] ?? '' };
  };
  /** The bucket of R11 is refilled as an operator would: through the public API. */
  const acknowledge = () => scene.plane.cli('pool', 'ack', plan.name, '--reason', 'scenario finished');

  beforeAll(async () => {
    scene = await openScene('failover', 3);
    await addPool(scene.plane, scene.stage, plan, scene.stage.members);
    await pool('all three heard', (view) => view.status.members.every(({ health }) => health === 'healthy'));
    await scene.plane.cli('pool', 'publish', plan.name, host('m1').hostname, '--yes', '--confirm-not-ready');
    expectMove('first-publish', 'm1', 'first-publish');
    probe = startAnswerProbe(scene.stage, hostname(scene.stage, plan));
    await probe.until(host('m1').address, { since: 0, withinMs: 10_000 });
    await pool('standbys ready', allReady);
    await scene.plane.cli('failover', 'on', plan.name);
  });
  afterEach((context) => {
    if (context.task.result?.state === 'fail') failed = true;
  });
  afterAll(async () => {
    await probe?.stop();
    await scene?.end(failed);
  });

  it('moves the record when HAProxy is stopped on the active host', async () => {
    const { name, next } = await active();
    const since = Date.now();
    expectMove('failover', next, 'haproxy-inactive');
    await host(name).stopHaproxy();
    const answer = await probe.until(host(next).address, { since, withinMs: 15_000 });
    console.log(
      `HAProxy stopped → authoritative answer moved after ${Math.round(answer.at - since)} ms (grace 1000 ms)`,
    );
    await host(name).startHaproxy();
    await acknowledge();
  });

  it('stays when HAProxy is killed and systemd restarts it (Restart=always)', async () => {
    const { name, view } = await active();
    await host(name).run(['systemctl', 'kill', '--signal=KILL', 'haproxy.service']);
    await sleep(5_000);
    expect(probe.present()).toEqual([host(name).address]);
    expect((await pool('calm again', ({ status }) => status.state === 'calm')).epoch).toBe(view.epoch);
  });

  it('moves when a person says so, and not to a host that is not ready', async () => {
    const { name, next } = await active();
    const refused = await scene.plane.tryCli(
      'member',
      'promote',
      plan.name,
      host(name).hostname,
      '--reason',
      'already there',
      '--yes',
      '--json',
    );
    expect(refused.status).not.toBe(0);
    const since = Date.now();
    expectMove('switchover', next, 'switchover');
    await scene.plane.cli('member', 'promote', plan.name, host(next).hostname, '--reason', 'planned work', '--yes');
    await probe.until(host(next).address, { since, withinMs: 10_000 });
    await acknowledge();
  });

  it('moves after the failover delay when the active host loses power', async () => {
    const { name, next } = await active();
    await faults.during(name, async () => {
      const since = Date.now();
      expectMove('failover', next, 'heartbeat-lost');
      await host(name).host.powerOff();
      const answer = await probe.until(host(next).address, { since, withinMs: 25_000 });
      console.log(`power lost → authoritative answer moved after ${Math.round(answer.at - since)} ms (delay 10000 ms)`);
      expect(answer.at - since).toBeGreaterThan(8_500);
      await host(name).host.powerOn();
      await pool('the host is back', (view) => memberOf(view, name).health === 'healthy');
    });
    await acknowledge();
  });

  it('moves after the failover delay when the active host’s cable is out, and does not move back by itself', async () => {
    const { name, next } = await active();
    await faults.during(name, async () => {
      const since = Date.now();
      expectMove('failover', next, 'heartbeat-lost');
      await host(name).host.cut();
      await probe.until(host(next).address, { since, withinMs: 25_000 });
      await host(name).host.heal();
      await pool('the host is back', (view) => memberOf(view, name).health === 'healthy');
    });
    await sleep(3_000);
    expect(probe.present()).toEqual([host(next).address]);
    await acknowledge();
  });

  it('stays when the control plane is cut off from everybody for 60 s and healed', async () => {
    const { name, view } = await active();
    await faults.during('all', async () => {
      await scene.stage.lab.plane.cut();
      await sleep(60_000);
      await scene.stage.lab.plane.heal();
      await pool('everybody heard again', (now) => now.status.members.every(({ health }) => health === 'healthy'));
    });
    await sleep(12_000);
    expect(probe.present()).toEqual([host(name).address]);
    expect((await pool('calm', ({ status }) => status.state === 'calm')).epoch).toBe(view.epoch);
  });

  it('leaves HAProxy of every host running, whatever happened to the control plane (R43)', async () => {
    for (const member of scene.stage.members)
      expect((await member.run(['systemctl', 'is-active', 'haproxy.service'])).stdout.trim()).toBe('active');
  });

  it('never answered with nothing, two addresses or a stranger’s (R20)', () => {
    const ours = scene.stage.members.map(({ address }) => address);
    for (const { addresses } of probe.history.filter(({ addresses }) => addresses.length > 0)) {
      expect(addresses).toHaveLength(1);
      expect(ours).toContain(addresses[0]);
    }
    const firstSet = probe.history.findIndex(({ addresses }) => addresses.length > 0);
    expect(probe.history.slice(firstSet).every(({ addresses }) => addresses.length === 1)).toBe(true);
  });

  it('has no unexplained gap, no false promotion and no missing one', async () => {
    const verdict = await settle(scene.plane, 'failover', expected, faults);
    expect(verdict).toMatchObject({ unexplainedGaps: 0, falsePromotions: 0, missingPromotions: 0 });
    expect((await promotions(scene.plane, plan.name)).every(({ sentence }) => sentence.length > 20)).toBe(true);
  });
});
