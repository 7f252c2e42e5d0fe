import type { Clock } from '../platform/clock.ts';

/** A sleeper that many may wake. A ring while nobody sleeps is kept: the next sleep ends at once, so no news is ever slept through. */
export interface Wake {
  ring(): void;
  /** Resolves when rung, when `forMs` have passed (0 = at once, null = never by time), or when the signal aborts. Never rejects. */
  sleep(forMs: number | null, signal: AbortSignal): Promise<void>;
}

export function createWake(clock: Clock): Wake {
  let rung = false;
  let stir: (() => void) | null = null;

  return {
    ring() {
      rung = true;
      stir?.();
    },
    async sleep(forMs, signal) {
      if (!rung && forMs !== 0 && !signal.aborted) {
        await new Promise<void>((resolve) => {
          const cancel = forMs === null ? () => {} : clock.after(forMs, resolve);
          stir = () => {
            cancel();
            resolve();
          };
          signal.addEventListener('abort', stir, { once: true });
        });
        if (stir !== null) signal.removeEventListener('abort', stir);
        stir = null;
      }
      rung = false;
    },
  };
}
