import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Instant } from '@serverctl/core';
import type { Clock } from '../../apps/server/src/platform/clock.ts';

/*
 * Virtual time. It stands still until a test moves it:
 *
 *   advance(ms)  runs every timer that falls due, in the order of its instant, then of its making; after each one everything that
 *                follows without a timer (promises, immediates) is carried out, so a chain of awaits ends before time goes on
 *   block(ms)    the event loop is blocked or the machine suspended: time passes, nothing runs; overdue timers run afterwards, late
 */

interface Timer {
  readonly at: Instant;
  readonly order: number;
  readonly action: () => void;
}

export interface FakeClock extends Clock {
  advance(ms: number): Promise<void>;
  block(ms: number): Promise<void>;
  /** Carries out everything that needs no time. */
  settle(): Promise<void>;
  /** The wall clock jumps, as when a person sets it; monotonic time does not notice. */
  jumpWallTime(ms: number): void;
  /** Timers not due yet: a test that ends with some has left something running. */
  readonly pendingTimers: number;
}

/** A clock of its own for one test. Its monotonic time starts away from 0, so that nobody mistakes "0" for "never". */
export function createFakeClock(wallStart = new Date('2026-11-01T12:00:00Z'), startMs = 1_000_000): FakeClock {
  const timers = new Set<Timer>();
  let nowMs = startMs;
  let wallOffsetMs = wallStart.getTime() - startMs;
  let made = 0;

  function after(delayMs: number, action: () => void): () => void {
    const timer = { at: nowMs + Math.max(0, delayMs), order: made++, action };
    timers.add(timer);
    return () => void timers.delete(timer);
  }

  async function runUntil(end: Instant): Promise<void> {
    await settle();
    for (let next = earliest(timers, end); next !== null; next = earliest(timers, end)) {
      timers.delete(next);
      nowMs = Math.max(nowMs, next.at);
      next.action();
      await settle();
    }
    nowMs = Math.max(nowMs, end);
  }

  return {
    now: () => nowMs,
    wallTime: () => new Date(nowMs + wallOffsetMs),
    after,
    sleep: (delayMs, signal) => sleepOn(after, delayMs, signal),
    advance: (ms) => runUntil(nowMs + ms),
    async block(ms) {
      nowMs += ms;
      await runUntil(nowMs);
    },
    settle,
    jumpWallTime(ms) {
      wallOffsetMs += ms;
    },
    get pendingTimers() {
      return timers.size;
    },
  };
}

/** An immediate runs only when no promise callback is left; twice, for callbacks that were put off to one themselves. */
async function settle(): Promise<void> {
  await nextTurn();
  await nextTurn();
}

function earliest(timers: ReadonlySet<Timer>, end: Instant): Timer | null {
  let first: Timer | null = null;
  for (const timer of timers) {
    if (timer.at > end) continue;
    if (first === null || timer.at < first.at || (timer.at === first.at && timer.order < first.order)) first = timer;
  }
  return first;
}

function sleepOn(after: Clock['after'], delayMs: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve();
    const cancel = after(delayMs, done);
    signal?.addEventListener('abort', done, { once: true });
    function done() {
      cancel();
      signal?.removeEventListener('abort', done);
      resolve();
    }
  });
}
