import type { Lease, LeaseFence } from '../../apps/server/src/worker/ports.ts';
import { createBell } from './bell.ts';

export interface MemoryLease extends Lease {
  /** The clock of its row, which stands still. */
  nowMs(): number;
  grant(): LeaseFence;
  lose(): void;
  /** Comes back in its own term: the database was away and nobody else took it. */
  resume(): void;
}

/** A lease that a test grants and takes away; each grant raises the term (R15). */
export function memoryLease(holder = 'memory'): MemoryLease {
  const bell = createBell();
  let fence: LeaseFence | null = null;
  let term = 0;
  const unaging = { rowsFromMs: 0, rowsByMs: () => 0, ageMs: () => 0 };

  return {
    nowMs: () => 0,
    held: () => fence,
    onChange: bell.subscribe,
    keep: (signal) =>
      new Promise((resolve) => {
        if (signal.aborted) return resolve();
        signal.addEventListener('abort', () => resolve(), { once: true });
      }),
    grant() {
      term += 1;
      fence = { holder, term, ...unaging };
      bell.ring();
      return fence;
    },
    lose() {
      fence = null;
      bell.ring();
    },
    resume() {
      fence = { holder, term, ...unaging };
      bell.ring();
    },
  };
}
