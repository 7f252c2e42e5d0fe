import { type Instant, secondMs } from '@serverctl/core';
import type { Clock } from '../platform/clock.ts';
import type { EventLoopMonitor } from './ports.ts';

const everyMs = 50;

/**
 * Measures how late a timer of 50 ms runs; a timer that is overdue right now counts as late as it is, whoever asks first. `collect` is what is
 * done at rest (platform/young-collection.ts).
 */
export function createEventLoopMonitor(
  clock: Clock,
  collect: () => void = () => {},
): EventLoopMonitor & { start(): void; stop(): void } {
  let late: { readonly at: Instant; readonly byMs: number }[] = [];
  let dueAt: Instant | null = null;
  let cancel = () => {};

  function beat(): void {
    const now = clock.now();
    if (dueAt !== null) late = [...late.filter(({ at }) => now - at <= secondMs), { at: now, byMs: now - dueAt }];
    dueAt = now + everyMs;
    cancel = clock.after(everyMs, beat);
  }

  return {
    start: beat,
    rest: collect,
    stop() {
      cancel();
      dueAt = null;
    },
    worstDelayMs() {
      const now = clock.now();
      const overdueMs = dueAt === null ? 0 : Math.max(0, now - dueAt);
      return late.reduce((worst, { at, byMs }) => (now - at <= secondMs ? Math.max(worst, byMs) : worst), overdueMs);
    },
  };
}
