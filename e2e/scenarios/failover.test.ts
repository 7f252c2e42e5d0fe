import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { closingTests } from '../src/closing-tests.ts';
import { memberOf } from '../src/edge.ts';
import { livePool, openBeforeTests } from '../src/live-pool.ts';
import { wallMs } from '../src/platform/wall-clock.ts';
import { labMissing, scenario } from '../src/scenario.ts';
import { stays } from '../src/stays.ts';

/*
 * One pool of three real hosts, failover delay 10 s, HAProxy grace 1 s. Every scenario asserts on the authoritative answer.
 * They share the hosts and follow each other: each begins when every host is healthy and ready again.
 */
describe.skipIf(labMissing)(`one pool, three hosts${labMissing ? ` (skipped: ${labMissing})` : ''}`, () => {
  const at = scenario('failover', 3);
  const edge = livePool(at, { name: 'edge', label: 'www', delaySeconds: 10, hosts: ['m1', 'm2', 'm3'] });
  openBeforeTests([edge]);

  it('moves the record when HAProxy is stopped on the active host', async () => {
    const { active, next } = await edge.settled();
    const since = wallMs();
    edge.expectMove('failover', next, 'haproxy-inactive');
    await active.stopHaproxy();
    const answer = await edge.probe.until(next.address, { since, withinMs: 15_000 });
    console.log(
      `HAProxy stopped → authoritative answer moved after ${Math.round(answer.at - since)} ms (grace 1000 ms)`,
    );
    await active.startHaproxy();
    await edge.acknowledge();
  });

  it('stays when HAProxy is killed and systemd restarts it (Restart=always)', async () => {
    const { active } = await edge.settled();
    await stays(edge, 5_000, () => active.run(['systemctl', 'kill', '--signal=KILL', 'haproxy.service']));
    expect(edge.probe.present()).toEqual([active.address]);
    await edge.until('calm again', ({ status }) => status.state === 'calm');
  });

  it('moves when a person says so, and not to a host that is not ready', async () => {
    const { active, next } = await edge.settled();
    const refused = await at.plane.tryCli(
      'member',
      'promote',
      edge.name,
      active.hostname,
      '--reason',
      'already there',
      '--yes',
      '--json',
    );
    expect(refused.status).not.toBe(0);
    const since = wallMs();
    edge.expectMove('switchover', next, 'switchover');
    await at.plane.cli('member', 'promote', edge.name, next.hostname, '--reason', 'planned work', '--yes');
    await edge.probe.until(next.address, { since, withinMs: 10_000 });
    await edge.acknowledge();
  });

  it('moves after the failover delay when the active host loses power', async () => {
    const { active, next } = await edge.settled();
    await at.faults.during(active.name, async () => {
      const since = wallMs();
      edge.expectMove('failover', next, 'heartbeat-lost');
      await active.host.powerOff();
      const answer = await edge.probe.until(next.address, { since, withinMs: 25_000 });
      console.log(`power lost → authoritative answer moved after ${Math.round(answer.at - since)} ms (delay 10000 ms)`);
      expect(answer.at - since).toBeGreaterThan(8_500);
      await active.host.powerOn();
      await edge.until('the host is back', (view) => memberOf(view, active.name).health === 'healthy');
    });
    await edge.acknowledge();
  });

  it('moves after the failover delay when the active host’s cable is out, and does not move back by itself', async () => {
    const { active, next } = await edge.settled();
    await at.faults.during(active.name, async () => {
      const since = wallMs();
      edge.expectMove('failover', next, 'heartbeat-lost');
      await active.host.cut();
      await edge.probe.until(next.address, { since, withinMs: 25_000 });
      await active.host.heal();
      await edge.until('the host is back', (view) => memberOf(view, active.name).health === 'healthy');
    });
    await sleep(3_000);
    expect(edge.probe.present()).toEqual([next.address]);
    await edge.acknowledge();
  });

  it('stays when the control plane is cut off from everybody for 60 s and healed', async () => {
    const { active } = await edge.settled();
    await stays(edge, 12_000, () =>
      at.faults.during('all', async () => {
        await at.stage.lab.plane.cut();
        await sleep(60_000);
        await at.stage.lab.plane.heal();
        await edge.until('everybody heard again', ({ status }) =>
          status.members.every(({ health }) => health === 'healthy'),
        );
      }),
    );
    expect(edge.probe.present()).toEqual([active.address]);
    await edge.until('calm', ({ status }) => status.state === 'calm');
  });

  closingTests(at, [edge]);
});
