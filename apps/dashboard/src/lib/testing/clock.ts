import type { Clock } from '../../platform/clock.ts';

export interface FakeClock extends Clock {
  /** Time goes on, and what is due in it happens in its order. */
  advance(ms: number): void;
}

export function createFakeClock(): FakeClock {
  let now = 1_000;
  const timers = new Set<{ readonly at: number; readonly then: () => void }>();
  const after = (ms: number, then: () => void) => {
    const timer = { at: now + ms, then };
    timers.add(timer);
    return () => void timers.delete(timer);
  };
  return {
    nowMs: () => now,
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
