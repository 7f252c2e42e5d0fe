import { AppError } from '@serverctl/core';

export interface TurnLimits {
  /** Waiting for each key, beside the one whose turn it is. */
  readonly waitingPerKey: number;
  /** Waiting in all. */
  readonly waiting: number;
}

interface Line {
  last: Promise<unknown>;
  /** With the one whose turn it is. */
  length: number;
}

const retryAfterSeconds = 1;

/**
 * One at a time for each key, in the order in which they came; other keys are not held up. What waits is held in memory, so lines are bounded,
 * each and all together: whoever comes beyond is refused at once. A key is forgotten when nobody of it waits.
 */
export class Turns {
  readonly #limits: TurnLimits;
  readonly #lines = new Map<string, Line>();
  #waiting = 0;

  constructor(limits: TurnLimits) {
    this.#limits = limits;
  }

  /** Throws `rate_limited` when too many wait. */
  async take<Result>(key: string, act: () => Promise<Result>): Promise<Result> {
    const line = this.#lines.get(key);
    if (line === undefined) return this.#follow(key, { last: Promise.resolve(), length: 0 }, act);
    const { waitingPerKey, waiting } = this.#limits;
    if (line.length > waitingPerKey || this.#waiting >= waiting)
      throw new AppError('rate_limited', { retryAfterSeconds });
    this.#waiting += 1;
    return this.#follow(key, line, () => {
      this.#waiting -= 1;
      return act();
    });
  }

  async #follow<Result>(key: string, line: Line, act: () => Promise<Result>): Promise<Result> {
    this.#lines.set(key, line);
    line.length += 1;
    const mine = line.last.then(act, act);
    line.last = mine;
    try {
      return await mine;
    } finally {
      line.length -= 1;
      if (line.length === 0) this.#lines.delete(key);
    }
  }

  /** How many keys somebody waits for. */
  get size(): number {
    return this.#lines.size;
  }

  /** How many wait, of all keys; those whose turn it is do not count. */
  get waiting(): number {
    return this.#waiting;
  }
}
