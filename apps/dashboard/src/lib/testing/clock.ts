import type { Clock } from '../../platform/clock.ts';

export interface FakeClock extends Clock {
  /** Time goes on, and what is due in it happens in its order. */
  advance(ms: number): void;
  /** The computer sleeps for so long: nothing happens in it, and whoever listens is told when the time is asked for next. */
  sleep(ms: number): void;
}

export function createFakeClock(): FakeClock {
  let now = 1_000;
  let sleptMs = 0;
  const sleepers = new Set<() => void>();
  const timers = new Set<{ readonly at: number; readonly then: () => void }>();
  const after = (ms: number, then: () => void) => {
    const timer = { at: now + ms, then };
    timers.add(timer);
    return () => void timers.delete(timer);
  };
  return {
    nowMs() {
      if (sleptMs > 0) {
        now += sleptMs;
        sleptMs = 0;
        for (const slept of [...sleepers]) slept();
      }
      return now;
    },
    onSlept(slept) {
      sleepers.add(slept);
      return () => void sleepers.delete(slept);
    },
    sleep(ms) {
      sleptMs = ms;
    },
    wallMs: () => now,
    after,
    frame: (then) => after(0, then),
    advance(ms) {
      const end = now + ms;
      for (;;) {
        const [next] = [...timers].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at);
        if (next === undefined) break;
        timers.delete(next);
        now = next.at;
        next.then();
      }
      now = end;
    },
  };
}
