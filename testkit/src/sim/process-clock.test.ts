import { beforeEach, describe, expect, test } from 'vitest';
import { createWallClock, ProcessClock } from './process-clock.ts';
import { WorldClock } from './world-clock.ts';

const wallStartMs = Date.UTC(2026, 10, 1);
let world: WorldClock;
let wall: ReturnType<typeof createWallClock>;
let process: ProcessClock;
let ran: string[];

beforeEach(() => {
  world = new WorldClock();
  wall = createWallClock(world, wallStartMs);
  process = new ProcessClock(world, { startMs: 5_000, wall });
  ran = [];
});
const timer = (name: string, delayMs: number) => process.after(delayMs, () => ran.push(`${name} at ${world.now()}`));

describe('the clock of a process', () => {
  test('has a monotonic time of its own, and timers that can be cancelled', async () => {
    timer('kept', 10);
    timer('cancelled', 10)();
    await world.run(20);
    expect(ran).toEqual(['kept at 10']);
    expect(process.now()).toBe(5_020);
  });

  test('stopped, time runs on and nothing runs; afterwards overdue timers come first, in order, then what arrived', async () => {
    process.stop();
    timer('second', 20);
    timer('first', 10);
    timer('not due', 500);
    world.schedule(15, () => process.deliver(() => ran.push(`arrived at ${world.now()}`)));
    await world.run(100);
    expect(ran).toEqual([]);
    expect(process.now()).toBe(5_100);
    process.resume();
    await world.run(600);
    expect(ran).toEqual(['first at 100', 'second at 100', 'arrived at 100', 'not due at 500']);
  });

  test('suspended, its time stands still and its timers keep what was left of them', async () => {
    timer('soon', 10);
    timer('later', 1_000);
    await world.run(5);
    process.suspend();
    await world.run(300);
    expect(process.now()).toBe(5_005);
    process.resume();
    await world.run(2_000);
    expect(ran).toEqual(['soon at 305', 'later at 1295']);
    expect(process.now()).toBe(6_705);
  });

  test('dead, nothing runs any more and nothing arrives', async () => {
    timer('before', 10);
    process.kill();
    timer('after', 10);
    process.deliver(() => ran.push('arrived'));
    process.resume();
    await world.run(100);
    expect(ran).toEqual([]);
  });

  test('the wall clock jumps, and monotonic time does not notice', async () => {
    timer('on time', 100);
    wall.jump(-315_360_000_000);
    await world.run(100);
    expect(ran).toEqual(['on time at 100']);
    expect(process.wallTime().getTime()).toBe(wallStartMs + 100 - 315_360_000_000);
  });
});
