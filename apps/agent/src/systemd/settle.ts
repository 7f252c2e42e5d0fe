import type { Cancel, Clock } from '../platform/clock.ts';

/*
 * When a unit is read again after signals (PRODUCT.md section 4). After a kill with `Restart=always` systemd shows
 * `failed` for about 90 µs; 50 ms after the last signal the state is one that stays.
 *
 *   calm     --signal--> waiting: until 50 ms after it
 *   waiting  --signal--> waiting: until 50 ms after it, but at most 200 ms after the first signal of the burst
 *   waiting  --time is up--> reading
 *   reading  --signal--> waiting again, and what is being read is thrown away, since it is from before;
 *                        except when the 200 ms are over: a unit that never rests must be reported all the same
 *   reading  --read--> calm, and what was read is reported
 *   reading  --cannot be read--> calm; whoever reads says what then (the bus is lost)
 */
export interface Settling {
  signal(): void;
  /** True while a signal has not been followed by a report. */
  isRestless(): boolean;
  stop(): void;
}

export const settleMs = 50;
export const settleLimitMs = 200;

export function createSettling<State>(
  clock: Clock,
  read: () => Promise<State>,
  report: (state: State) => void,
): Settling {
  let burstStartMs: number | null = null;
  let cancelWait: Cancel = () => undefined;
  let generation = 0;
  let stopped = false;

  function wait(): void {
    const nowMs = clock.nowMs();
    burstStartMs ??= nowMs;
    cancelWait();
    cancelWait = clock.after(Math.max(0, Math.min(settleMs, burstStartMs + settleLimitMs - nowMs)), look);
  }

  async function look(): Promise<void> {
    generation += 1;
    const mine = generation;
    const isLast = burstStartMs !== null && clock.nowMs() - burstStartMs >= settleLimitMs;
    if (isLast) burstStartMs = null; // what comes while we read is the next burst
    const state = await read().catch(() => null);
    if (stopped || (mine !== generation && !isLast)) return;
    if (mine === generation) burstStartMs = null;
    if (state !== null) report(state);
  }

  return {
    signal() {
      if (stopped) return;
      generation += 1;
      wait();
    },
    isRestless: () => burstStartMs !== null,
    stop() {
      stopped = true;
      burstStartMs = null;
      cancelWait();
    },
  };
}
