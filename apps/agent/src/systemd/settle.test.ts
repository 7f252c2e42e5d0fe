import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FakeClock } from '../testing/fake-clock.ts';
import { createSettling, settleLimitMs, settleMs } from './settle.ts';

/** A unit whose state is what `state` says at the moment of reading; a read takes `readMs`. */
function unit(readMs = 0) {
  const clock = new FakeClock();
  const startMs = clock.nowMs();
  const reports: { readonly atMs: number; readonly state: string }[] = [];
  const world = { state: 'active', broken: false };
  const read = () =>
    new Promise<string>((resolve, reject) => {
      const seen = world.state;
      clock.after(readMs, () => (world.broken ? reject(new Error('bus lost')) : resolve(seen)));
    });
  const settling = createSettling(clock, read, (state) => reports.push({ atMs: clock.nowMs() - startMs, state }));
  return { clock, settling, world, reports };
}

describe('a unit that gave a signal', () => {
  it('is read and reported 50 ms after the signal', async () => {
    const { clock, settling, world, reports } = unit();
    world.state = 'inactive';
    settling.signal();
    await clock.advance(49);
    expect(reports).toEqual([]);
    await clock.advance(1);
    expect(reports).toEqual([{ atMs: 50, state: 'inactive' }]);
  });

  it('killed with Restart=always shows `failed` for 90 µs, and that is never reported', async () => {
    const { clock, settling, world, reports } = unit();
    world.state = 'failed';
    settling.signal();
    await clock.advance(0.09);
    world.state = 'activating';
    settling.signal();
    await clock.advance(300);
    world.state = 'active';
    settling.signal();
    await clock.advance(300);
    expect(reports.map(({ state }) => state)).toEqual(['activating', 'active']);
  });

  it('waits for the last of several signals', async () => {
    const { clock, settling, reports } = unit();
    settling.signal();
    await clock.advance(40);
    settling.signal();
    await clock.advance(49);
    expect(reports).toEqual([]);
    await clock.advance(1);
    expect(reports.map(({ atMs }) => atMs)).toEqual([90]);
  });

  it('that never rests is reported 200 ms after the first signal all the same', async () => {
    const { clock, settling, reports } = unit();
    for (let ms = 0; ms < 1_000; ms += 10) {
      settling.signal();
      await clock.advance(10);
    }
    expect(reports.length).toBeGreaterThanOrEqual(4);
    expect(reports[0]?.atMs).toBe(settleLimitMs);
  });

  it('and another while it is read: what was read is from before, and thrown away', async () => {
    const { clock, settling, world, reports } = unit(5);
    world.state = 'failed';
    settling.signal();
    await clock.advance(52);
    world.state = 'active';
    settling.signal();
    await clock.advance(100);
    expect(reports).toEqual([{ atMs: 107, state: 'active' }]);
  });

  it('and cannot be read is calm again, and the next signal is taken', async () => {
    const { clock, settling, world, reports } = unit();
    world.broken = true;
    settling.signal();
    await clock.advance(60);
    expect(settling.isRestless()).toBe(false);
    world.broken = false;
    settling.signal();
    await clock.advance(60);
    expect(reports).toHaveLength(1);
  });

  it('and is not watched any more is not reported', async () => {
    const { clock, settling, reports } = unit(5);
    settling.signal();
    await clock.advance(52);
    settling.stop();
    settling.signal();
    await clock.advance(500);
    expect(reports).toEqual([]);
  });

  it('is reported as it is in the end, whatever the signals and however long a read takes', async () => {
    const gaps = fc.array(fc.double({ min: 0.05, max: 120, noNaN: true }), { minLength: 1, maxLength: 30 });
    await fc.assert(
      fc.asyncProperty(gaps, fc.constantFrom(0, 1, 30), async (waits, readMs) => {
        const { clock, settling, world, reports } = unit(readMs);
        for (const [index, waitMs] of waits.entries()) {
          world.state = `state-${index}`;
          settling.signal();
          await clock.advance(waitMs);
        }
        await clock.advance(settleLimitMs + settleMs + 2 * readMs);
        expect(reports.at(-1)?.state).toBe(`state-${waits.length - 1}`);
        expect(settling.isRestless()).toBe(false);
      }),
      { numRuns: 150 },
    );
  });
});
