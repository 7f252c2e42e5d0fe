import { execFileSync } from 'node:child_process';
import { setImmediate } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, test } from 'vitest';
import { faultCatalogue } from './fault-schedule.ts';
import type { Observer } from './observer.ts';
import { createSimWorld } from './world.ts';

async function run(seed: number, minutes: number, observer: Observer = {}) {
  const world = await createSimWorld({ seed, minutes });
  world.observe(observer);
  return world.run();
}

describe('a simulated world', () => {
  test('is the same for the same seed, and another for another', async () => {
    const [first, again, other] = [await run(11, 6), await run(11, 6), await run(12, 6)];
    expect(again).toEqual(first);
    expect(other.digest).not.toBe(first.digest);
  });

  test('is the same in another process', async () => {
    const { digest } = await run(13, 6);
    const program = `import { createSimWorld } from ${JSON.stringify(new URL('world.ts', import.meta.url).href)};
      const world = await createSimWorld({ seed: 13, minutes: 6 });
      process.stdout.write((await world.run()).digest);`;
    const text = execFileSync(process.execPath, ['--input-type=module', '-e', program], { encoding: 'utf8' });
    expect(text).toBe(digest);
  });

  test('is given back when it is discarded, so that thousands fit into one process', async () => {
    setFlagsFromString('--expose-gc');
    const collect: () => void = runInNewContext('gc');
    const held = await (async () => {
      const world = await createSimWorld({ seed: 14, minutes: 4 });
      await world.run();
      world.discard();
      return new WeakRef(world.installation);
    })();
    await setImmediate();
    collect();
    expect(held.deref()).toBeUndefined();
  });

  test('without faults moves nothing, hears everybody, and is led by one', async () => {
    const world = await createSimWorld({ seed: 3, minutes: 10, faults: false });
    const moved: string[] = [];
    world.observe({ onPromotion: ({ cause }) => moved.push(cause) });
    await world.run();
    const { truth } = world;
    expect(moved.filter((cause) => cause !== 'failback')).toEqual([]);
    expect(truth.replicas.filter(({ fence }) => fence !== null)).toHaveLength(1);
    for (const { memberId } of truth.hosts)
      expect(truth.now() - (truth.lastHeardAt(memberId) ?? 0)).toBeLessThan(3_000);
  });

  test('is healed three minutes before its end: every fault that began has ended', async () => {
    const world = await createSimWorld({ seed: 5, minutes: 15 });
    let begun = 0;
    let inForce: number | null = null;
    world.observe({
      onFault: ({ phase }) => {
        if (phase === 'begin') begun += 1;
      },
      onHealed: () => {
        inForce = world.truth.faults.length;
      },
    });
    await world.run();
    expect(begun).toBeGreaterThan(5);
    expect([inForce, world.truth.healedAt()]).toEqual([0, 12 * 60_000]);
    expect(world.truth.hosts.filter(({ host }) => host.startsWith('h')).every(({ serves }) => serves)).toBe(true);
  });

  test.each(faultCatalogue.map(({ kind }) => kind))('the fault %s begins somewhere and ends again', async (kind) => {
    const phases: string[] = [];
    for (let seed = 1; seed < 20 && phases.length === 0; seed += 1) {
      const world = await createSimWorld({ seed, minutes: 4, only: [kind] });
      world.observe({
        onFault: (fault) => {
          if (fault.kind === kind) phases.push(fault.phase);
        },
      });
      await world.run();
    }
    const begun = phases.filter((phase) => phase === 'begin').length;
    expect(begun).toBeGreaterThan(0);
    expect(phases).toHaveLength(2 * begun);
  });
});
