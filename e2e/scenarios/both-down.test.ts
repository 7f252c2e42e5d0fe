import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type AnswerProbe, startAnswerProbe } from '../src/answer-probe.ts';
import { addPool, allReady, hostname, type PoolPlan, untilPool } from '../src/edge.ts';
import { labMissing, openScene, type Scene } from '../src/scenario.ts';
import { faultLog, settle } from '../src/verdict.ts';

const plan: PoolPlan = { name: 'pair', label: 'pair', delaySeconds: 10 };

describe.skipIf(labMissing)(
  `two hosts, nobody else in the fleet${labMissing ? ` (skipped: ${labMissing})` : ''}`,
  () => {
    let scene: Scene;
    let probe: AnswerProbe;
    let failed = false;
    const faults = faultLog();

    beforeAll(async () => {
      scene = await openScene('both-down', 2);
      const [m1] = scene.stage.members;
      await addPool(scene.plane, scene.stage, plan, scene.stage.members);
      await untilPool(scene.plane, plan.name, 'both heard', (view) =>
        view.status.members.every(({ health }) => health === 'healthy'),
      );
      await scene.plane.cli('pool', 'publish', plan.name, m1!.hostname, '--yes', '--confirm-not-ready');
      probe = startAnswerProbe(scene.stage, hostname(scene.stage, plan));
      await probe.until(m1!.address, { since: 0, withinMs: 10_000 });
      await untilPool(scene.plane, plan.name, 'the standby ready', allReady);
      await scene.plane.cli('failover', 'on', plan.name);
    });
    afterEach((context) => {
      if (context.task.result?.state === 'fail') failed = true;
    });
    afterAll(async () => {
      await probe?.stop();
      await scene?.end(failed);
    });

    it('keeps the record while both are silent, says nobody is heard, and promotes the one that comes back', async () => {
      const [m1, m2] = scene.stage.members;
      await faults.during('all', async () => {
        await Promise.all([m1!.host.powerOff(), m2!.host.powerOff()]);
        await untilPool(
          scene.plane,
          plan.name,
          'the state is nobody-heard',
          ({ status }) => status.state === 'nobody-heard',
        );
        await sleep(5_000);
        expect(probe.present()).toEqual([m1!.address]);
        const since = Date.now();
        await m2!.host.powerOn();
        await probe.until(m2!.address, { since, withinMs: 60_000 });
        await m1!.host.powerOn();
        await untilPool(scene.plane, plan.name, 'both are back', allReady);
      });
      expect(probe.present()).toEqual([m2!.address]);
    });

    it('has no unexplained gap, no false promotion and no missing one', async () => {
      const verdict = await settle(
        scene.plane,
        'both-down',
        [
          { pool: plan.name, kind: 'first-publish', to: 'm1', cause: 'first-publish' },
          { pool: plan.name, kind: 'failover', to: 'm2', cause: 'heartbeat-lost' },
        ],
        faults,
      );
      expect(verdict).toMatchObject({ unexplainedGaps: 0, falsePromotions: 0, missingPromotions: 0 });
    });
  },
);
