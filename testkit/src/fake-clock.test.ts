import { describe, expect, test } from 'vitest';
import { createFakeClock } from './fake-clock.ts';

describe('the fake clock', () => {
  test('runs timers in the order of their instants, those of one instant in the order of their making', async () => {
    const clock = createFakeClock();
    const ran: string[] = [];
    clock.after(20, () => ran.push('c'));
    clock.after(10, () => ran.push('a'));
    clock.after(10, () => ran.push('b'));
    clock.after(15, () => ran.push('never'))();
    await clock.advance(20);
    expect(ran).toEqual(['a', 'b', 'c']);
  });

  test('carries out every promise that follows from a timer before time goes on', async () => {
    const clock = createFakeClock();
    const startedAt = clock.now();
    const seen: number[] = [];
    async function chain() {
      for (let step = 0; step < 3; step += 1) {
        await clock.sleep(10);
        for (let hop = 0; hop < 50; hop += 1) await Promise.resolve();
        seen.push(clock.now() - startedAt);
      }
    }
    void chain();
    await clock.advance(30);
    expect(seen).toEqual([10, 20, 30]);
  });

  test('a blocked event loop runs what is overdue late, and wall time can jump without it', async () => {
    const clock = createFakeClock();
    const startedAt = clock.now();
    let ranAt = 0;
    clock.after(10, () => {
      ranAt = clock.now();
    });
    const wall = clock.wallTime().getTime();
    clock.jumpWallTime(-1_000_000);
    await clock.block(5_000);
    expect(ranAt - startedAt).toBe(5_000);
    expect(clock.wallTime().getTime() - wall).toBe(5_000 - 1_000_000);
  });
});
