import { type Timer, TimerHeap } from './timer-heap.ts';

/*
 * The time of a simulated world, which no process in it can read. It stands still while anything that needs no time is left to do:
 *
 *   event   the earliest timer's action
 *   drain   every promise callback that follows from it, and those that follow from them
 *   told    `onEvent`
 *
 * The drain costs no timer and no turn of the real event loop: a callback of `process.nextTick` runs only when the queue of microtasks is
 * empty, so the next event is asked for from within a microtask and begins when nothing is left. Nothing in a world may wait for real
 * input or output, which would come after the next event.
 */
export class WorldClock {
  readonly #heap = new TimerHeap();
  readonly #onEvent: (at: number, count: number) => void;
  #now = 0;
  #made = 0;
  #count = 0;

  constructor(onEvent: (at: number, count: number) => void = () => {}) {
    this.#onEvent = onEvent;
  }

  /** Milliseconds since the world began. */
  now(): number {
    return this.#now;
  }

  /** Events so far. */
  get count(): number {
    return this.#count;
  }

  get pendingTimers(): number {
    return this.#heap.size;
  }

  /** Runs `action` once after `delayMs`. Setting the timer's action to null cancels it. */
  schedule(delayMs: number, action: () => void): Timer {
    const timer = { at: delayMs > 0 ? this.#now + delayMs : this.#now, order: this.#made++, action };
    this.#heap.push(timer);
    return timer;
  }

  /** Carries out everything that is due up to `end`. Rejects with what an event or its observer threw. */
  run(end: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const step = () => {
        try {
          if (this.#next(end)) queueMicrotask(drained);
          else resolve();
        } catch (error) {
          reject(error);
        }
      };
      const drained = () => process.nextTick(told);
      const told = () => {
        try {
          this.#onEvent(this.#now, this.#count);
        } catch (error) {
          return reject(error);
        }
        step();
      };
      queueMicrotask(() => process.nextTick(step));
    });
  }

  #next(end: number): boolean {
    const timer = this.#heap.peek();
    if (timer === undefined || timer.at > end) {
      this.#now = Math.max(this.#now, end);
      return false;
    }
    this.#heap.pop();
    this.#now = timer.at;
    this.#count += 1;
    timer.action?.();
    return true;
  }
}
