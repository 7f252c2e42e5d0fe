import { setTimeout as sleep } from 'node:timers/promises';
import type { MemberView, PoolView } from '@serverctl/contract';
import { beforeAll, describe, expect, it } from 'vitest';
import { startTraffic } from '../src/client-traffic.ts';
import { closingTests } from '../src/closing-tests.ts';
import { memberOf, promotions } from '../src/edge.ts';
import { addEcho, haproxyAsItIs } from '../src/haproxy-host.ts';
import type { LabStageMember } from '../src/lab-stage.ts';
import { livePool, openBeforeTests } from '../src/live-pool.ts';
import { startPlane } from '../src/plane.ts';
import { wallMs } from '../src/platform/wall-clock.ts';
import { labMissing, scenario } from '../src/scenario.ts';
import { staysCalm } from '../src/stays.ts';

/*
 * The control plane ends, in order or by kill -9 with its embedded database, and goes on with the same data. A fault of ours alone never
 * moves a record (I10), and nothing happens on a host (R43, I19).
 */
const delayMs = 10_000;
/** Long enough for a loss that our own absence made up. */
const watchMs = delayMs + 2_000;

describe.skipIf(labMissing)(`the control plane’s life${labMissing ? ` (skipped: ${labMissing})` : ''}`, () => {
  const at = scenario('plane-life', 3);
  const pool = livePool(at, { name: 'plane', delaySeconds: delayMs / 1_000, hosts: ['m1', 'm2', 'm3'] });
  openBeforeTests([pool]);
  const startAgain = async () => {
    at.plane = await startPlane(at.stage);
  };
  const priorityOf = async ({ hostname }: LabStageMember) =>
    (await at.plane.cli<MemberView>('member', 'show', pool.name, hostname)).priority;
  const everybodyHeard = () =>
    pool.until('everybody heard', ({ status }) => status.members.every(({ health }) => health === 'healthy'));

  it('stays when the control plane is restarted in order', async () => {
    await staysCalm(pool, watchMs, async ({ view }) => {
      await at.keepCounters();
      await at.faults.during('all', async () => {
        await at.plane.stop();
        await startAgain();
        expect(await pool.until('is read', () => true)).toMatchObject({
          activeMemberId: view.activeMemberId,
          epoch: view.epoch,
        });
        await everybodyHeard();
      });
    });
  });

  it('stays when it is killed for 20 s: acknowledged state is there again, HAProxy and its sessions go on (R43)', async () => {
    await staysCalm(pool, watchMs, async ({ active, next }) => {
      const hosts = at.stage.members;
      const session = await startTraffic(at.stage, 'session', active, await addEcho(active));
      await at.keepCounters();
      const before = await Promise.all(hosts.map(haproxyAsItIs));
      const priority = (await priorityOf(next)) + 1;
      await at.faults.during('all', async () => {
        await at.plane.cli('member', 'set', pool.name, next.hostname, '--priority', String(priority));
        await at.plane.kill();
        await sleep(20_000);
        expect(await Promise.all(hosts.map(haproxyAsItIs))).toEqual(before);
        await session.flows();
        await startAgain();
        await everybodyHeard();
      });
      expect(await priorityOf(next)).toBe(priority);
      expect(await Promise.all(hosts.map(haproxyAsItIs))).toEqual(before);
      const { done, failed, longestMs } = await session.flows();
      await session.stop();
      console.log(
        `session over the kill: ${done} exchanges, ${failed} failed, the longest ${Math.round(longestMs)} ms`,
      );
      expect(failed).toBe(0);
      expect(longestMs).toBeLessThan(2_000);
    });
  });

  it('counts the silence of a host that lost power meanwhile from its own start on (R3)', async () => {
    const { active } = await pool.settled();
    await at.keepCounters();
    await at.faults.during('all', async () => {
      await at.plane.kill();
      await active.host.powerOff();
      await sleep(watchMs); // silent for longer than the delay before anybody could have heard it
      const startedAt = wallMs();
      await startAgain();
      const readyAt = wallMs();
      const moved = await pool.untilMovedFrom(active, 30_000);
      pool.expectMove('failover', moved.to, 'heartbeat-lost');
      const took = { afterStartMs: Math.round(moved.at - startedAt), afterReadyMs: Math.round(moved.at - readyAt) };
      console.log(`lost before our start (delay ${delayMs} ms) → authoritative answer moved ${JSON.stringify(took)}`);
      expect(took.afterStartMs).toBeGreaterThan(delayMs);
      expect(took.afterReadyMs).toBeLessThan(delayMs + 5_000);
      await active.host.powerOn();
      await pool.until('the host is back', (view) => memberOf(view, active.name).health === 'healthy');
    });
    await pool.acknowledge();
  });

  describe('killed around a decision', () => {
    beforeAll(async () => {
      await at.plane.cli('pool', 'set', pool.name, '--grace', '0'); // decided at once, so that the kills fall around it
    });

    /** HAProxy stops on the active host, `untilKill` passes, the control plane is killed and started again: one move, one address. */
    async function movesOnce(untilKill: (epoch: number) => Promise<unknown>, untilStart: () => void = () => undefined) {
      const { epoch, status } = await pool.until('somebody could take over', (view) => {
        return view.status.state === 'calm' && view.status.nextInLine !== null;
      });
      const host = at.host(labName(status));
      await at.keepCounters();
      await at.faults.during('all', async () => {
        await host.stopHaproxy();
        await untilKill(epoch);
        await at.plane.kill();
        const killedAt = wallMs();
        const answered = pool.probe.present()[0] !== host.address;
        untilStart();
        await startAgain();
        const view = await pool.until('the new address is published', (now) => {
          return now.epoch > epoch && now.status.bindings.every(({ state }) => state === 'published');
        });
        await host.startHaproxy();
        const to = at.host(labName(view.status));
        pool.expectMove('failover', to, 'haproxy-inactive');
        expect(view.status.bindings.map(({ desiredAddress }) => desiredAddress)).toEqual([to.address]);
        expect(await at.stage.lab.dns.dig(pool.managedName, 'A')).toEqual([to.address]);
        const [ours, ...others] = (await promotions(at.plane, pool.name)).filter((one) => one.epoch > epoch);
        expect(ours).toMatchObject({ epoch: epoch + 1, toMemberId: view.activeMemberId });
        expect(others).toEqual([]);
        const decided = Date.parse(ours!.decidedAt) <= killedAt;
        console.log(
          `before the kill: ${decided ? 'decided' : 'not decided'}, ${answered ? 'answered' : 'not answered'}`,
        );
      });
      await pool.acknowledge();
    }

    it.each([20, 90, 200])('moves once when it is killed %i ms after HAProxy stopped', (afterMs) =>
      movesOnce(() => sleep(afterMs)),
    );

    it('moves once when it is killed after the decision, with the write in flight at a name server that stands still', async () => {
      const { dns } = at.stage.lab;
      dns.pause();
      try {
        await movesOnce(
          (before) => pool.until('it is decided', ({ epoch }) => epoch > before),
          () => dns.resume(),
        );
      } finally {
        dns.resume();
      }
      await pool.settled();
    });
  });

  closingTests(at, [pool]);
});

/** The active member by its name in the lab. */
function labName({ members }: PoolView['status']): string {
  return members.find(({ role }) => role === 'active')?.hostname.split('.')[0] ?? 'nobody';
}
