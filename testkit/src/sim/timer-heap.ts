/** Something that is due at an instant of the world. `action` null = cancelled: it is dropped when its turn comes. */
export interface Timer {
  readonly at: number;
  /** Of two at one instant the one made first goes first. */
  readonly order: number;
  action: (() => void) | null;
}

/** A binary heap of timers, the earliest on top. */
export class TimerHeap {
  readonly #timers: Timer[] = [];

  get size(): number {
    return this.#timers.length;
  }

  /** The earliest that is not cancelled, left where it is; undefined when there is none. */
  peek(): Timer | undefined {
    for (let top = this.#timers[0]; top !== undefined; top = this.#timers[0]) {
      if (top.action !== null) return top;
      this.#drop();
    }
    return undefined;
  }

  /** Takes the top away; only right after `peek` found it. */
  pop(): void {
    this.#drop();
  }

  push(timer: Timer): void {
    const timers = this.#timers;
    let index = timers.length;
    timers.push(timer);
    while (index > 0) {
      const above = (index - 1) >> 1;
      const parent = timers[above] as Timer;
      if (!isBefore(timer, parent)) break;
      timers[index] = parent;
      index = above;
    }
    timers[index] = timer;
  }

  #drop(): void {
    const timers = this.#timers;
    const last = timers.pop() as Timer;
    const { length } = timers;
    if (length === 0) return;
    let index = 0;
    for (;;) {
      let child = 2 * index + 1;
      if (child >= length) break;
      if (child + 1 < length && isBefore(timers[child + 1] as Timer, timers[child] as Timer)) child += 1;
      const below = timers[child] as Timer;
      if (!isBefore(below, last)) break;
      timers[index] = below;
      index = child;
    }
    timers[index] = last;
  }
}

function isBefore(a: Timer, b: Timer): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}
