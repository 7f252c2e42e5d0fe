import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { closingTests } from '../src/closing-tests.ts';
import { allReady } from '../src/edge.ts';
import { livePool, openBeforeTests } from '../src/live-pool.ts';
import { wallMs } from '../src/platform/wall-clock.ts';
import { labMissing, scenario } from '../src/scenario.ts';

describe.skipIf(labMissing)(
  `two hosts, nobody else in the fleet${labMissing ? ` (skipped: ${labMissing})` : ''}`,
  () => {
    const at = scenario('both-down', 2);
    const pair = livePool(at, { name: 'pair', delaySeconds: 10, hosts: ['m1', 'm2'] });
    openBeforeTests([pair]);

    it('keeps the record while both are silent, says nobody is heard, and promotes the one that comes back', async () => {
      const { probe } = pair;
      const [m1, m2] = pair.hosts;
      await at.faults.during('all', async () => {
        await Promise.all([m1!.host.powerOff(), m2!.host.powerOff()]);
        await pair.until('the state is nobody-heard', ({ status }) => status.state === 'nobody-heard');
        await sleep(5_000);
        expect(probe.present()).toEqual([m1!.address]);
        pair.expectMove('failover', m2!, 'heartbeat-lost');
        const since = wallMs();
        await m2!.host.powerOn();
        await probe.until(m2!.address, { since, withinMs: 60_000 });
        await m1!.host.powerOn();
        await pair.until('both are back', allReady);
      });
      expect(probe.present()).toEqual([m2!.address]);
    });

    closingTests(at, [pair]);
  },
);
