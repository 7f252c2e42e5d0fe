/*
 * Monotonic time that goes on while the computer sleeps. A browser's own may stand still then (it does on Linux and macOS), and what was read
 * hours ago would be shown as seconds old:
 *
 *   asked ──→ wall time ran ahead of monotonic time by more than 2 s since the last question? ──no──→ monotonic + slept
 *                                                   └─→ yes: slept grows by it, whoever listens is told
 *
 * Wall time that is put back, or a little on, changes nothing: it only is where the next difference is counted from.
 */
export interface AwakeTime {
  nowMs(): number;
  /** Calls back when time was slept through, with how much. Returns what ends it. */
  onSlept(slept: (ms: number) => void): () => void;
}

const leastMs = 2_000;

export function createAwakeTime(monotonicMs: () => number, wallMs: () => number): AwakeTime {
  const listeners = new Set<(ms: number) => void>();
  let aheadMs = wallMs() - monotonicMs();
  let sleptMs = 0;
  return {
    nowMs() {
      const monotonic = monotonicMs();
      const nextMs = wallMs() - monotonic;
      const jumpMs = nextMs - aheadMs;
      aheadMs = nextMs;
      if (jumpMs > leastMs) {
        sleptMs += jumpMs;
        for (const slept of [...listeners]) slept(jumpMs);
      }
      return monotonic + sleptMs;
    },
    onSlept(slept) {
      listeners.add(slept);
      return () => void listeners.delete(slept);
    },
  };
}
