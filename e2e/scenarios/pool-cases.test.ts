import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { closingTests } from '../src/closing-tests.ts';
import { allReady, memberOf, promotions } from '../src/edge.ts';
import type { LabStageMember } from '../src/lab-stage.ts';
import { type LivePool, livePool, openBeforeTests } from '../src/live-pool.ts';
import { wallMs } from '../src/platform/wall-clock.ts';
import { labMissing, scenario } from '../src/scenario.ts';
import { stays } from '../src/stays.ts';

/*
 * The cases of PRODUCT.md section 4 that are about one pool's make-up and settings. Four pools side by side, failover delay 10 s, HAProxy
 * grace 1 s; what happens to one pool is told in order, the pools do not wait for each other.
 *
 *   names    m1 m2   renamed, re-addressed, automatic failover off
 *   lone     m3      a pool of one member
 *   spare    m4 m5   no ready standby, a member that is not monitored
 *   generic  m6 m7   HAProxy is not this pool's matter
 */
const delayMs = 10_000;
const delaySeconds = delayMs / 1_000;
/** Longer than the delay and the grace together: whatever would move the record has had its time. */
const longerThanDelayMs = delayMs + 3_000;

describe.skipIf(labMissing)(`cases of single pools${labMissing ? ` (skipped: ${labMissing})` : ''}`, () => {
  const at = scenario('pool-cases', 7);
  const names = livePool(at, { name: 'names', hosts: ['m1', 'm2'], delaySeconds });
  const lone = livePool(at, { name: 'lone', hosts: ['m3'], delaySeconds });
  const spare = livePool(at, { name: 'spare', hosts: ['m4', 'm5'], delaySeconds });
  const generic = livePool(at, { name: 'generic', hosts: ['m6', 'm7'], delaySeconds, preset: 'generic' });
  const pools = [names, lone, spare, generic];
  openBeforeTests(pools);
  const cli = (...args: readonly string[]) => at.plane.cli(...args);

  describe.concurrent('names', () => {
    it('keeps a member that is renamed, the host after its entry, and its id', { concurrent: false }, async () => {
      const { active, view } = await names.settled();
      const { id } = memberOf(view, active.name);
      const since = wallMs();
      for (const renamed of [`renamed.${at.stage.dns.zone}`, active.hostname]) {
        await stays(names, 8_000, async () => {
          const asked = await names.now();
          const before = asked.status.members.find((member) => member.id === id)?.hostname ?? '';
          await cli('member', 'set', names.name, before, '--hostname', renamed);
          await sleep(2_000); // beats under the old name, which is accepted for 10 more minutes
          const between = await names.now();
          const show = { id, hostname: renamed, health: 'healthy', role: 'active' };
          expect(between.status.members.find((member) => member.id === id)).toMatchObject(show);
          await active.run(['hostname', renamed]);
          expect((await active.run(['hostname'])).stdout.trim()).toBe(renamed);
        });
      }
      expect(memberOf((await names.settled()).view, active.name)).toMatchObject({ id, role: 'active' });
      const told = await names.told(since);
      expect(told).toMatchObject({ 'member.changed': 2 });
      expect(told).not.toHaveProperty(['member.refused']);
    });

    it('refuses a host that bears neither name, and moves nothing (R5)', { concurrent: false }, async () => {
      const { active } = await names.settled();
      await stays(names, longerThanDelayMs, async () => {
        await active.run(['hostname', `stranger.${at.stage.dns.zone}`]);
        const refused = await names.until('refused', (now) => memberOf(now, active.name).health === 'refused');
        expect(memberOf(refused, active.name).healthSentence).toContain('stranger');
      });
      await active.run(['hostname', active.hostname]);
      await names.settled();
    });

    it('stores a standby’s new address, and moves the records to the active member’s only with a yes (ADR 0009)', {
      concurrent: false,
    }, async () => {
      const { active, next, view } = await names.settled();
      const moved = { active: secondAddress(active.address), next: secondAddress(next.address) };
      await active.run(['ip', 'address', 'add', `${moved.active}/24`, 'dev', 'eth0']);
      await next.run(['ip', 'address', 'add', `${moved.next}/24`, 'dev', 'eth0']);
      await stays(names, 4_000, async () => {
        await cli('member', 'set', names.name, next.hostname, '--ipv4', moved.next);
        expect(memberOf(await names.now(), next.name).address).toBe(moved.next);
        const set = ['member', 'set', names.name, active.hostname, '--ipv4', moved.active];
        const refused = await at.plane.tryCli(...set, '--json');
        expect(refused.status).not.toBe(0);
        for (const word of ['member_address_would_move', active.address, moved.active, 'names.lab.test'])
          expect(`${refused.stdout}${refused.stderr}`).toContain(word);
      });
      const since = wallMs();
      names.expectMove('switchover', active, 're-addressed');
      await cli('member', 'set', names.name, active.hostname, '--ipv4', moved.active, '--confirm-move');
      await names.probe.until(moved.active, { since, withinMs: 10_000 });
      const after = (await names.settled()).view;
      expect(after).toMatchObject({ activeMemberId: view.activeMemberId, epoch: view.epoch + 1 });
      expect((await promotions(at.plane, names.name)).length).toBe(2);
      const mark = await at.stage.lab.dns.dig(`_serverctl.names.${at.stage.dns.zone}`, 'TXT');
      expect(mark.join()).toContain(`epoch=${after.epoch}`);
    });

    it('only alerts while automatic failover is off, asks before switching it on, and then moves', {
      concurrent: false,
    }, async () => {
      const { active, next, view } = await names.settled();
      await cli('failover', 'off', names.name);
      const since = wallMs();
      await stays(names, 8_000, async () => {
        await active.stopHaproxy();
        await names.until('says that it is off', ({ status }) => status.sentence.includes('automatic failover is off'));
        const refused = await at.plane.tryCli('failover', 'on', names.name, '--json');
        expect(refused.status).not.toBe(0);
        expect(`${refused.stdout}${refused.stderr}`).toContain('failover_would_move_now');
      });
      expect(await names.told(since)).toMatchObject({ 'pool.automatic-failover-off': 1, 'member.haproxy-inactive': 1 });
      names.expectMove('failover', next, 'haproxy-inactive');
      const switchedOnAt = wallMs();
      await cli('failover', 'on', names.name, '--confirm-move');
      // The address that the standby was given above is the one that its promotion writes.
      await names.probe.until(secondAddress(next.address), { since: switchedOnAt, withinMs: 10_000 });
      await active.startHaproxy();
      expect((await names.settled()).view.epoch).toBe(view.epoch + 1);
      expect(await names.told(since)).toMatchObject({ 'pool.promoted': 1, 'pool.recovered': 1 });
    });
  });

  describe.concurrent('lone', () => {
    it('alerts, says that automatic failover needs a second member, and writes nothing', {
      concurrent: false,
    }, async () => {
      const [only] = lone.hosts;
      if (only === undefined) throw new Error('nobody is there');
      await lone.until('healthy', allReady);
      const since = wallMs();
      await stays(lone, longerThanDelayMs, async () => {
        await only.stopHaproxy();
        const trouble = await lone.until('in trouble', ({ status }) => status.state === 'no-standby');
        expect(trouble.status.sentence).toContain('automatic failover needs a second member');
        expect(memberOf(trouble, only.name)).toMatchObject({ role: 'active', health: 'haproxy-inactive' });
      });
      await stays(lone, 4_000, async () => {
        await only.startHaproxy();
        await lone.until('healthy again', allReady);
      });
      const told = await lone.told(since);
      expect(told).toMatchObject({ 'member.haproxy-inactive': 1, 'pool.single-member': 1 });
      expect(told).toMatchObject({ 'member.healthy': 1, 'pool.recovered': 1 });
    });
  });

  describe.concurrent('spare', () => {
    it('keeps the record while no standby is ready, alerts once, and promotes the first to become ready (R8)', {
      concurrent: false,
    }, async () => {
      const { active, next, view } = await spare.settled();
      const since = wallMs();
      await next.stopHaproxy();
      await spare.until('the standby not ready', (now) => memberOf(now, next.name).health === 'haproxy-inactive');
      await stays(spare, longerThanDelayMs, async () => {
        await active.stopHaproxy();
        const trouble = await spare.until('nobody to promote', ({ status }) => status.state === 'no-standby');
        expect(trouble.status.sentence).toContain('no standby is ready');
      });
      const backAt = wallMs();
      spare.expectMove('failover', next, 'haproxy-inactive');
      await next.startHaproxy();
      const answer = await spare.probe.until(next.address, { since: backAt, withinMs: 25_000 });
      console.log(
        `standby’s HAProxy started → answer moved after ${Math.round(answer.at - backAt)} ms (10 s of health)`,
      );
      expect(answer.at - backAt).toBeGreaterThan(9_500);
      await active.startHaproxy();
      expect((await spare.settled()).view.epoch).toBe(view.epoch + 1);
      const told = await spare.told(since);
      expect(told).toMatchObject({ 'pool.no-standby': 1, 'pool.promoted': 1, 'pool.recovered': 1 });
    });

    it('does not look at HAProxy of a member that is not monitored, and moves when its cable is out', {
      concurrent: false,
    }, async () => {
      const { active, next } = await spare.settled();
      await cli('member', 'set', spare.name, active.hostname, '--no-monitored');
      await staysWithoutHaproxyAndMovesWithoutCable(spare, active, next);
    });
  });

  describe.concurrent('generic', () => {
    it('does not look at HAProxy, and moves when the active host’s cable is out', { concurrent: false }, async () => {
      const { active, next, view } = await generic.settled();
      expect(view.preset).toBe('generic');
      await staysWithoutHaproxyAndMovesWithoutCable(generic, active, next);
    });
  });

  closingTests(at, pools, (address) => [secondAddress(address)]);

  async function staysWithoutHaproxyAndMovesWithoutCable(one: LivePool, active: LabStageMember, next: LabStageMember) {
    const since = wallMs();
    await stays(one, longerThanDelayMs, () => active.stopHaproxy());
    expect(memberOf(await one.now(), active.name)).toMatchObject({ health: 'healthy' });
    one.expectMove('failover', next, 'heartbeat-lost');
    await at.faults.during(active.name, async () => {
      const cutAt = wallMs();
      await active.host.cut();
      const answer = await one.probe.until(next.address, { since: cutAt, withinMs: 25_000 });
      expect(answer.at - cutAt).toBeGreaterThan(delayMs - 1_500);
      await active.host.heal();
      await one.settled();
    });
    await active.startHaproxy();
    const told = await one.told(since);
    expect(told).toMatchObject({ 'pool.promoted': 1 });
    expect(told).not.toHaveProperty(['member.haproxy-inactive']);
  }
});

/** A second address of a lab host on the lab's network: 10.77.0.11 → 10.77.0.111. */
function secondAddress(address: string): string {
  return address.replace(/\.(\d+)$/, '.1$1');
}
