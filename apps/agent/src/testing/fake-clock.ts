import type { Cancel, Clock } from '../platform/clock.ts';

/** Time that moves when a test says so; timers run in the order in which they are due. */
export class FakeClock implements Clock {
  #nowMs = 1_000_000;
  #timers: { readonly dueMs: number; readonly order: number; readonly action: () => void }[] = [];
  #order = 0;

  nowMs(): number {
    return this.#nowMs;
  }

  after(delayMs: number, action: () => void): Cancel {
    this.#order += 1;
    const timer = { dueMs: this.#nowMs + Math.max(0, delayMs), order: this.#order, action };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  }

  /** Runs what falls due, letting promises settle after each timer. */
  async advance(byMs: number): Promise<void> {
    const untilMs = this.#nowMs + byMs;
    await settled();
    for (;;) {
      const next = this.#timers.toSorted((a, b) => a.dueMs - b.dueMs || a.order - b.order)[0];
      if (next === undefined || next.dueMs > untilMs) break;
      this.#timers = this.#timers.filter((timer) => timer !== next);
      this.#nowMs = Math.max(this.#nowMs, next.dueMs);
      next.action();
      await settled();
    }
    this.#nowMs = untilMs;
  }

  /** The process did not run for so long: time moved and no timer ran. */
  jump(byMs: number): void {
    this.#nowMs += byMs;
  }
}

/** Lets all promises settle that wait for nothing but each other. */
export function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
