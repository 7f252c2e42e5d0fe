import type { PoolOperated, WhyView } from '@serverctl/contract';
import { describe, expect, it } from 'vitest';
import { closingTests } from '../src/closing-tests.ts';
import { memberOf, promotions } from '../src/edge.ts';
import type { LabStageMember } from '../src/lab-stage.ts';
import { livePool, openBeforeTests } from '../src/live-pool.ts';
import { wallMs } from '../src/platform/wall-clock.ts';
import { labMissing, scenario } from '../src/scenario.ts';
import { stays } from '../src/stays.ts';

/*
 * What operators do to a pool, and what a pool does when somebody else has a hand in its record. Two pools side by side, failover delay
 * 10 s, HAProxy grace 1 s; what happens to one pool is told in order.
 *
 *   works   m1 m2   maintenance of the active member (R13)
 *   hands   m3 m4   paused by a person, a mark that is not ours, another member's address by hand (R13, R21, R25), and why (R14)
 */
const delayMs = 10_000;
const delaySeconds = delayMs / 1_000;
const longerThanDelayMs = delayMs + 3_000;
/** Names are read every 30 s for 15 min after a write (R22). */
const noticedWithinMs = 45_000;

describe.skipIf(labMissing)(`operations${labMissing ? ` (skipped: ${labMissing})` : ''}`, () => {
  const at = scenario('operations', 4);
  const works = livePool(at, { name: 'works', hosts: ['m1', 'm2'], delaySeconds });
  const hands = livePool(at, { name: 'hands', hosts: ['m3', 'm4'], delaySeconds });
  const pools = [works, hands];
  openBeforeTests(pools);
  const cli = <Reply>(...args: readonly string[]) => at.plane.cli<Reply>(...args);
  const why = (pool: string, ...args: readonly string[]) => cli<WhyView>('why', pool, ...args);

  async function refusal(...args: readonly string[]): Promise<string> {
    const { status, stderr } = await at.plane.tryCli(...args, '--json');
    expect(status).not.toBe(0);
    return stderr;
  }

  describe.concurrent('works', () => {
    const maintenance = (host: LabStageMember, ...rest: readonly string[]) => [
      ...['member', 'maintenance', works.name, host.hostname],
      ...(rest[0] === '--end' ? rest : ['--for', '30m', '--reason', 'kernel update', ...rest]),
    ];

    it('asks before the active member’s maintenance begins, and moves the records first when told so', {
      concurrent: false,
    }, async () => {
      const { active, next } = await works.settled();
      await stays(works, 1_000, async () => {
        const refused = await refusal(...maintenance(active));
        for (const part of ['maintenance_on_active', next.hostname, '--switch', '--stay'])
          expect(refused).toContain(part);
      });
      works.expectMove('switchover', next, 'switchover');
      const since = wallMs();
      await cli(...maintenance(active, '--switch', '--yes'));
      await works.probe.until(next.address, { since, withinMs: 10_000 });
      const view = await works.until('in maintenance', (now) => memberOf(now, active.name).health === 'maintenance');
      expect(memberOf(view, active.name)).toMatchObject({ role: 'standby', ready: false });
      expect(memberOf(view, active.name).maintenance).toMatchObject({ reason: 'kernel update' });
      await cli(...maintenance(active, '--end'));
    });

    it('moves nothing while the active host in maintenance has no power, and after the whole delay when that ends', {
      concurrent: false,
    }, async () => {
      const { active, next } = await works.settled();
      await cli(...maintenance(active, '--stay'));
      await at.faults.during(active.name, async () => {
        await stays(works, longerThanDelayMs, () => active.host.powerOff());
        expect((await works.now()).status).toMatchObject({ state: 'maintenance' });
        expect(await why(works.name)).toMatchObject({
          kind: 'refuse',
          because: 'maintenance',
          rules: ['R1', 'R2', 'R13'],
        });
        works.expectMove('failover', next, 'heartbeat-lost');
        const endedAt = wallMs();
        await cli(...maintenance(active, '--end'));
        const answer = await works.probe.until(next.address, { since: endedAt, withinMs: 25_000 });
        expect(answer.at - endedAt).toBeGreaterThan(delayMs - 500);
        await active.host.powerOn();
        await works.until('the host is back', (view) => memberOf(view, active.name).health === 'healthy');
      });
      await works.settled();
    });
  });

  describe.concurrent('hands', () => {
    const marked = () => `_serverctl.${hands.managedName}`;
    const mark = async () => (await at.stage.lab.dns.dig(marked(), 'TXT')).join();
    const hand = async (...lines: readonly string[]) =>
      expect((await at.stage.lab.dns.nsupdate(`${lines.join('\n')}\nsend\n`)).status).toBe(0);
    const setByHand = ({ address }: LabStageMember) =>
      hand(`update delete ${hands.managedName} A`, `update add ${hands.managedName} 30 A ${address}`);
    const operate = (...args: readonly string[]) => cli<PoolOperated>('pool', ...args, '--reason', 'scenario');

    it('moves nothing while a person has paused it, moves at once when resumed, and says why of both', {
      concurrent: false,
    }, async () => {
      const { active, next, view } = await hands.settled();
      await operate('pause', hands.name);
      await stays(hands, 4_000, async () => {
        await active.stopHaproxy();
        await hands.until('in trouble', (now) => memberOf(now, active.name).health === 'haproxy-inactive');
        expect(await hands.now()).toMatchObject({ paused: { because: 'person' }, status: { state: 'paused' } });
        expect(await refusal('pool', 'cut', hands.name, '--reason', 'x', '--yes')).toContain('pool_paused');
      });
      const pausedAt = new Date(wallMs()).toISOString();
      hands.expectMove('failover', next, 'haproxy-inactive');
      await operate('resume', hands.name);
      await hands.probe.until(next.address, { since: Date.parse(pausedAt), withinMs: 10_000 });
      await active.startHaproxy();
      expect((await hands.settled()).view.epoch).toBe(view.epoch + 1);
      await explains(active, next, pausedAt);
    });

    /** The failover that was held back by the pause: before it, at it, after it. */
    async function explains(active: LabStageMember, next: LabStageMember, pausedAt: string) {
      const before = await why(hands.name, '--at', pausedAt);
      expect(before).toMatchObject({ kind: 'refuse', because: 'paused', chosen: null, replayed: true });
      expect(before.sentence).toContain('HAProxy');
      const now = await why(hands.name);
      expect(now).toMatchObject({ kind: 'keep', because: 'active-healthy', replayed: true });
      const move = now.changes.findLast(({ kind }) => kind === 'promote');
      const [promotion] = await promotions(at.plane, hands.name);
      // The decision stands as it was made (R14), the promotion as it was carried out; both tell of the same silence of HAProxy.
      expect(move).toMatchObject({ because: 'haproxy-inactive' });
      const inactiveFor = /inactive for [\d.]+ s/.exec(move?.sentence ?? '')?.[0] ?? 'no length of time';
      expect(move?.sentence).toContain(`Promote ${next.hostname}: HAProxy on ${active.hostname}`);
      expect(promotion?.sentence).toContain(`${next.hostname} was made active: HAProxy on ${active.hostname}`);
      expect(promotion?.sentence).toContain(inactiveFor);
      // The database keeps microseconds, the timeline milliseconds.
      const moved = await why(hands.name, '--at', new Date(Date.parse(move?.at ?? '') + 1).toISOString());
      expect(moved).toMatchObject({ kind: 'promote', because: 'haproxy-inactive', replayed: true });
      expect(moved.chosen).toMatchObject({ hostname: next.hostname });
      expect(moved.others.map(({ hostname }) => hostname)).toEqual([active.hostname]);
      expect(moved.rules).toEqual(expect.arrayContaining(['R4', 'R7']));
    }

    it('pauses and pages for a mark that is not ours, and writes again above its epoch when told to keep', {
      concurrent: false,
    }, async () => {
      const { active } = await hands.settled();
      const foreign = `v=1 cp=000000000000 pool=${(await hands.now()).id} epoch=41`;
      const news = await stays(hands, 1_000, async () => {
        await hand(`update delete ${marked()} TXT`, `update add ${marked()} 30 TXT "${foreign}"`);
        await hands.until('paused', ({ paused }) => paused?.because === 'foreign-mark', noticedWithinMs);
      });
      expect(news.filter(({ kind, severity }) => kind === 'pool.paused' && severity === 'critical')).toHaveLength(1);
      expect(await mark()).toContain('epoch=41');
      expect(await refusal('pool', 'resume', hands.name, '--reason', 'x')).toContain('resume_needs_choice');
      hands.expectMove('switchover', active, 'kept');
      const { promotion } = await operate('resume', hands.name, '--keep', '--yes');
      expect(promotion).toMatchObject({ epoch: 42 });
      const { view } = await hands.settled();
      expect(view).toMatchObject({ epoch: 42, paused: null });
      expect(await mark()).toMatch(/epoch=42/);
      expect(await mark()).not.toContain('cp=000000000000');
    });

    it('leaves another member’s address that a person set, until it is told to repair or to adopt it', {
      concurrent: false,
    }, async () => {
      const { active, next } = await hands.settled();
      const since = wallMs();
      const drifts = async () => {
        await setByHand(next);
        await hands.until('drift', ({ status }) => status.state === 'drift', noticedWithinMs);
      };
      await drifts();
      expect(hands.probe.present()).toEqual([next.address]);
      expect(await hands.now()).toMatchObject({ activeMemberId: memberOf(await hands.now(), active.name).id });
      hands.expectMove('switchover', active, 'kept');
      const repairedAt = wallMs();
      await operate('repair', hands.name);
      await hands.probe.until(active.address, { since: repairedAt, withinMs: 10_000 });
      await hands.settled();

      await drifts();
      hands.expectMove('adoption', next, 'adopted');
      const adopted = await stayingAt(next, () => operate('adopt', hands.name, '--yes'));
      expect(adopted.promotion).toMatchObject({ kind: 'adoption' });
      const { view } = await hands.settled();
      expect(memberOf(view, next.name)).toMatchObject({ role: 'active' });
      expect(await mark()).toContain(`epoch=${view.epoch}`);
      expect(await hands.told(since)).toMatchObject({ 'dns.drift': 2 });
    });

    /** Nothing changes for clients meanwhile. */
    async function stayingAt<Done>({ address }: LabStageMember, action: () => Promise<Done>): Promise<Done> {
      const seen = hands.probe.history.length;
      const done = await action();
      await hands.until('at rest', ({ status }) => status.state === 'calm');
      expect(hands.probe.history.slice(seen)).toEqual([]);
      expect(hands.probe.present()).toEqual([address]);
      return done;
    }
  });

  closingTests(at, pools);
});
