import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HeartbeatLoop } from './loop.ts';
import type { NextStep } from './outcome.ts';
import { FakeClock } from './testing/fake-clock.ts';

const goOn: NextStep = { kind: 'go-on' };

/** A loop whose beats take `beatMs` and end as `steps` say, then `go-on`. */
function looping({ beatMs = 5, steps = [] as NextStep[], urlCount = 2, fraction = 0.5 } = {}) {
  const clock = new FakeClock();
  const startMs = clock.nowMs();
  const world = { beatMs, inFlight: 0, mostInFlight: 0 };
  const startsMs: number[] = [];
  const beat = () =>
    new Promise<NextStep>((resolve) => {
      startsMs.push(Math.round(clock.nowMs() - startMs));
      world.inFlight += 1;
      world.mostInFlight = Math.max(world.mostInFlight, world.inFlight);
      clock.after(world.beatMs, () => {
        world.inFlight -= 1;
        resolve(steps.shift() ?? goOn);
      });
    });
  const random = { fraction: () => fraction };
  const loop = new HeartbeatLoop({ clock, random, urlCount, beat });
  loop.start();
  return { clock, loop, startsMs, world };
}

describe('the schedule', () => {
  it('begins at once and then beats every second, however long a beat takes', async () => {
    const { clock, startsMs } = looping({ beatMs: 300 });
    await clock.advance(4_500);
    expect(startsMs).toEqual([0, 1_000, 2_000, 3_000, 4_000]);
  });

  it.each([
    [0, 900],
    [0.9999, 1_100],
  ])('is jittered by at most a tenth (chance %f gives %i ms)', async (fraction, everyMs) => {
    const { clock, startsMs } = looping({ fraction });
    await clock.advance(3_500);
    expect(startsMs).toEqual([0, everyMs, 2 * everyMs, 3 * everyMs]);
  });

  it('takes the interval that the control plane asks for', async () => {
    const { clock, loop, startsMs } = looping();
    loop.setIntervalMs(250);
    await clock.advance(2_000);
    expect(startsMs).toEqual([0, 1_000, 1_250, 1_500, 1_750, 2_000]);
  });

  it('does not make up for beats missed while the process did not run, and goes on from then', async () => {
    const { clock, startsMs } = looping();
    await clock.advance(1_500);
    clock.jump(60_000);
    await clock.advance(2_600);
    expect(startsMs).toEqual([0, 1_000, 61_500, 62_500, 63_500]);
  });

  it('has a second beat beside one that is still in flight; the slot after that is owed and paid as soon as one ends', async () => {
    const { clock, startsMs, world } = looping({ beatMs: 2_500 });
    await clock.advance(4_900);
    expect(startsMs).toEqual([0, 1_000, 2_500, 3_500]);
    expect(world.mostInFlight).toBe(2);
  });
});

describe('a change on the host', () => {
  it('makes a beat at once, and the schedule goes on as before', async () => {
    const { clock, loop, startsMs } = looping();
    await clock.advance(1_500);
    loop.changed();
    await clock.advance(1_000);
    expect(startsMs).toEqual([0, 1_000, 1_500, 2_000]);
  });

  it('makes a second beat beside one in flight', async () => {
    const { clock, loop, startsMs, world } = looping({ beatMs: 400 });
    await clock.advance(1_200);
    loop.changed();
    await clock.advance(1);
    expect(startsMs).toEqual([0, 1_000, 1_200]);
    expect(world.inFlight).toBe(2);
  });

  it('does not wait for two slots in flight whose replies may never come', async () => {
    const { clock, loop, startsMs, world } = looping({ beatMs: 2_000 });
    await clock.advance(1_500);
    loop.changed();
    await clock.advance(1);
    expect(startsMs).toEqual([0, 1_000, 1_500]);
    expect(world.inFlight).toBe(3);
  });

  it('while three are in flight is told as soon as one of them ends', async () => {
    const { clock, loop, startsMs } = looping({ beatMs: 600 });
    await clock.advance(1_200);
    loop.changed();
    await clock.advance(100);
    loop.changed();
    await clock.advance(100);
    loop.changed();
    await clock.advance(300);
    expect(startsMs).toEqual([0, 1_000, 1_200, 1_300, 1_600]);
  });

  it('that comes a hundred times in a row makes a beat every 100 ms, and the last one is told', async () => {
    const { clock, loop, startsMs } = looping();
    await clock.advance(1_150);
    for (let times = 0; times < 100; times += 1) {
      loop.changed();
      await clock.advance(2);
    }
    await clock.advance(600);
    expect(startsMs).toEqual([0, 1_000, 1_150, 1_250, 1_350]);
  });
});

describe('what a beat says', () => {
  it('`again` at another URL is tried at once, each further URL one time', async () => {
    const again: NextStep = { kind: 'again', because: 'url' };
    const { clock, startsMs } = looping({ steps: [again, again, again], urlCount: 3 });
    await clock.advance(900);
    expect(startsMs).toEqual([0, 5, 10]);
  });

  it('`again` with a new token is tried at once, one time', async () => {
    const again: NextStep = { kind: 'again', because: 'token' };
    const { clock, startsMs } = looping({ steps: [again, again] });
    await clock.advance(900);
    expect(startsMs).toEqual([0, 5]);
  });

  it('`quiet` stops slots and changes for so long', async () => {
    const { clock, loop, startsMs } = looping({ steps: [{ kind: 'quiet', forMs: 30_000, spreadMs: 0 }] });
    await clock.advance(10_000);
    loop.changed();
    await clock.advance(21_000);
    expect(startsMs).toEqual([0, 31_000]);
  });

  it.each([
    [0, 2_700],
    [0.9999, 5_500],
  ])('`quiet` with a spread lasts longer by chance (%f: the slot at %i ms is the next)', async (fraction, nextMs) => {
    const { clock, startsMs } = looping({ fraction, steps: [{ kind: 'quiet', forMs: 2_000, spreadMs: 3_000 }] });
    await clock.advance(5_600);
    expect(startsMs.slice(0, 2)).toEqual([0, nextMs]);
  });
});

it('after stop there is no further beat', async () => {
  const { clock, loop, startsMs } = looping({ beatMs: 1_500 });
  await clock.advance(1_200);
  loop.changed();
  loop.stop();
  await clock.advance(60_000);
  expect(startsMs).toEqual([0, 1_000, 1_200]);
});

it('whatever happens: at most three beats in flight, never silent for longer than a slot and a beat, every change told', async () => {
  const happening = fc.record({
    waitMs: fc.integer({ min: 0, max: 1_500 }),
    what: fc.constantFrom('change', 'slow', 'fast', 'nothing'),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.array(happening, { maxLength: 40 }),
      fc.double({ min: 0, max: 0.999, noNaN: true }),
      async (happenings, fraction) => {
        const { clock, loop, startsMs, world } = looping({ fraction });
        const originMs = clock.nowMs();
        for (const { waitMs, what } of happenings) {
          await clock.advance(waitMs);
          if (what === 'slow') world.beatMs = 2_000;
          if (what === 'fast') world.beatMs = 5;
          if (what === 'change') loop.changed();
        }
        const lastChangeMs = clock.nowMs() - originMs;
        await clock.advance(4_200);
        expect(world.mostInFlight).toBeLessThanOrEqual(3);
        const gaps = startsMs.slice(1).map((atMs, index) => atMs - (startsMs[index] ?? 0));
        expect(Math.max(0, ...gaps)).toBeLessThanOrEqual(2_000 + 1_101);
        if (happenings.at(-1)?.what === 'change') expect(startsMs.at(-1)).toBeGreaterThanOrEqual(lastChangeMs);
      },
    ),
    { numRuns: 150 },
  );
});
