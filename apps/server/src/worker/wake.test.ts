import { describe, expect, test } from 'vitest';
import { createFakeClock } from '../../../../testkit/src/index.ts';
import { createEventLoopMonitor } from './event-loop-monitor.ts';
import { TimeLimitError, withinLimit } from './time-limit.ts';
import { createWake } from './wake.ts';

const never = new AbortController().signal;

describe('a wake', () => {
  test('ends the sleep when rung, when its time has come, or when the signal aborts', async () => {
    const clock = createFakeClock();
    const wake = createWake(clock);
    const ends: string[] = [];
    void wake.sleep(1_000, never).then(() => ends.push('time'));
    await clock.advance(1_000);
    void wake.sleep(null, never).then(() => ends.push('rung'));
    await clock.advance(1_000);
    wake.ring();
    await clock.settle();
    const stop = new AbortController();
    void wake.sleep(null, stop.signal).then(() => ends.push('aborted'));
    stop.abort();
    await clock.settle();
    expect([ends, clock.pendingTimers]).toEqual([['time', 'rung', 'aborted'], 0]);
  });

  test('a ring while nobody sleeps is not slept through, and is used up by one sleep', async () => {
    const clock = createFakeClock();
    const wake = createWake(clock);
    wake.ring();
    wake.ring();
    await wake.sleep(null, never);
    let ended = false;
    void wake.sleep(50, never).then(() => {
      ended = true;
    });
    await clock.advance(49);
    expect(ended).toBe(false);
    await clock.advance(1);
    expect(ended).toBe(true);
  });
});

describe('a time limit', () => {
  test('aborts the call’s signal and settles soon after, whether or not the call obeys', async () => {
    const clock = createFakeClock();
    const deaf = withinLimit(clock, 4_000, () => new Promise<never>(() => {})).catch((error: unknown) => error);
    const obedient = withinLimit(
      clock,
      4_000,
      (signal) =>
        new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(new Error('said so')))),
    ).catch((error: unknown) => error);
    await clock.advance(4_100);
    expect(await deaf).toBeInstanceOf(TimeLimitError);
    expect(await obedient).toEqual(new Error('said so'));
    expect(clock.pendingTimers).toBe(0);
  });

  test('leaves nothing behind when the call is in time', async () => {
    const clock = createFakeClock();
    expect(await withinLimit(clock, 4_000, async () => 7)).toBe(7);
    expect(clock.pendingTimers).toBe(0);
  });
});

describe('the event-loop monitor (R2)', () => {
  test('shows the worst delay of the last second, and one that goes on just now', async () => {
    const clock = createFakeClock();
    const monitor = createEventLoopMonitor(clock);
    monitor.start();
    await clock.advance(10_000);
    expect(monitor.worstDelayMs()).toBe(0);
    await clock.block(800);
    expect(monitor.worstDelayMs()).toBeGreaterThanOrEqual(750);
    await clock.advance(900);
    expect(monitor.worstDelayMs()).toBeGreaterThanOrEqual(750);
    await clock.advance(200);
    expect(monitor.worstDelayMs()).toBe(0);
    monitor.stop();
    expect(clock.pendingTimers).toBe(0);
  });
});
