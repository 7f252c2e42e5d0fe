/** Time as the agent sees it: monotonic only, since a wall clock that jumps must move no beat (R1). */
export interface Clock {
  /** Milliseconds from an arbitrary start. */
  nowMs(): number;
  /** Runs `action` once after `delayMs`; the returned function cancels it. */
  after(delayMs: number, action: () => void): Cancel;
}

export type Cancel = () => void;

export const systemClock: Clock = {
  nowMs: () => performance.now(),
  after(delayMs, action) {
    const timer = setTimeout(action, delayMs);
    return () => clearTimeout(timer);
  },
};

/** Resolves after `delayMs`. */
export function pause(clock: Clock, delayMs: number): Promise<void> {
  return new Promise((resolve) => {
    clock.after(delayMs, resolve);
  });
}

/** `work`, or `fallback` when it takes longer than `limitMs`; the work itself is not cancelled. Rejects only if the work does. */
export function within<T>(clock: Clock, limitMs: number, work: Promise<T>, fallback: T): Promise<T> {
  return new Promise((resolve, reject) => {
    const cancel = clock.after(limitMs, () => resolve(fallback));
    work.then(resolve, reject).finally(cancel);
  });
}
