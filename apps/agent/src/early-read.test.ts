import { describe, expect, test } from 'vitest';
import { createEarlyRead } from './early-read.ts';
import { settleLimitMs } from './systemd/settle.ts';
import { FakeClock } from './testing/fake-clock.ts';

/** A lock that is seen as it is when a read begins; a read takes `readMs`. */
function reading(readMs = 0) {
  const clock = new FakeClock();
  const world = { isLocked: false, isWaiting: false, reads: 0 };
  const read = () =>
    new Promise<boolean>((resolve) => {
      world.reads += 1;
      const seen = world.isLocked;
      clock.after(readMs, () => resolve(seen));
    });
  const early = createEarlyRead({ clock, goodForMs: settleLimitMs + 50, read, isWaiting: () => world.isWaiting });
  const asked = async () => {
    const value = early.read();
    await clock.advance(readMs);
    return value;
  };
  return { clock, early, world, asked };
}

describe('what is read with the first sign', () => {
  test('is what is told behind it, without another read', async () => {
    const { clock, early, world, asked } = reading();
    early.begin();
    early.begin();
    await clock.advance(settleLimitMs);
    await asked();
    expect(world.reads).toBe(1);
  });

  test('is never older than the sign, although somebody asked shortly before', async () => {
    const { clock, early, world, asked } = reading();
    expect(await asked()).toBe(false);
    await clock.advance(60);
    world.isLocked = true;
    await clock.advance(70);
    early.begin();
    await clock.advance(60);
    expect(await asked()).toBe(true);
  });

  test('is not older than the sign although another one came shortly before', async () => {
    const { clock, early, world, asked } = reading();
    early.begin();
    await clock.advance(60);
    world.isLocked = true;
    early.begin();
    await clock.advance(50);
    expect(await asked()).toBe(true);
  });

  test('stays for the telling when somebody else asks in between', async () => {
    const { clock, early, world, asked } = reading();
    world.isWaiting = true;
    early.begin();
    await clock.advance(10);
    await asked();
    await clock.advance(40);
    world.isWaiting = false;
    await asked();
    expect(world.reads).toBe(1);
  });

  test('is told once: what comes later reads anew', async () => {
    const { clock, early, world, asked } = reading();
    early.begin();
    await clock.advance(50);
    await asked();
    world.isLocked = true;
    await clock.advance(1);
    expect(await asked()).toBe(true);
  });

  test('is not told when it is too old', async () => {
    const { clock, early, world, asked } = reading();
    early.begin();
    await clock.advance(settleLimitMs + 51);
    world.isLocked = true;
    expect(await asked()).toBe(true);
  });

  test('is what somebody gets who asked before it and waits still', async () => {
    const { clock, early, world } = reading(90);
    const value = early.read();
    await clock.advance(10);
    world.isLocked = true;
    early.begin();
    await clock.advance(180);
    expect(await value).toBe(true);
  });
});

test('nobody leaves a read behind for the next one', async () => {
  const { world, asked } = reading();
  expect(await asked()).toBe(false);
  world.isLocked = true;
  expect(await asked()).toBe(true);
});
