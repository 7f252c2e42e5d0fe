import { describe, expect, test } from 'vitest';
import { WorldClock } from './world-clock.ts';

describe('the clock of a world', () => {
  test('runs timers in the order of their instants, those of one instant in the order of their making', async () => {
    const clock = new WorldClock();
    const ran: string[] = [];
    clock.schedule(20, () => ran.push('c'));
    clock.schedule(10, () => ran.push('a'));
    clock.schedule(10, () => ran.push('b'));
    clock.schedule(15, () => ran.push('never')).action = null;
    await clock.run(20);
    expect(ran).toEqual(['a', 'b', 'c']);
    expect(clock.now()).toBe(20);
  });

  test('keeps a thousand timers in order', async () => {
    const clock = new WorldClock();
    const ran: number[] = [];
    for (let index = 0; index < 1_000; index += 1) {
      const at = (index * 7_919) % 1_009;
      clock.schedule(at, () => ran.push(at));
    }
    await clock.run(2_000);
    expect(ran).toHaveLength(1_000);
    expect(ran).toEqual(ran.toSorted((a, b) => a - b));
  });

  test('carries out every promise that follows from a timer before time goes on, however long the chain', async () => {
    const clock = new WorldClock();
    const seen: string[] = [];
    clock.schedule(10, async () => {
      for (let hop = 0; hop < 500; hop += 1) await Promise.resolve();
      seen.push(`followed at ${clock.now()}`);
    });
    clock.schedule(10.001, () => seen.push('next'));
    await clock.run(20);
    expect(seen).toEqual(['followed at 10', 'next']);
  });

  test('tells of an event when all that follows from it is done', async () => {
    const order: string[] = [];
    const clock = new WorldClock((at, count) => order.push(`told ${at} ${count}`));
    clock.schedule(5, () => void Promise.resolve().then(() => order.push('followed')));
    await clock.run(5);
    expect(order).toEqual(['followed', 'told 5 1']);
  });

  test('ends with what an event or its observer threw', async () => {
    const clock = new WorldClock(() => {
      throw new Error('judged');
    });
    clock.schedule(5, () => {});
    await expect(clock.run(5)).rejects.toThrow('judged');
  });
});
