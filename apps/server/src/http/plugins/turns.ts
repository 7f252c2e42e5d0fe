/**
 * One at a time for each key, in the order in which they came; other keys are not held up. Nothing is refused, and a key is forgotten when
 * nobody of it waits.
 */
export class Turns {
  readonly #last = new Map<string, Promise<unknown>>();

  take<Result>(key: string, act: () => Promise<Result>): Promise<Result> {
    const before = this.#last.get(key) ?? Promise.resolve();
    const mine = before.then(act, act);
    this.#last.set(key, mine);
    const forget = () => {
      if (this.#last.get(key) === mine) this.#last.delete(key);
    };
    mine.then(forget, forget);
    return mine;
  }

  /** How many keys somebody waits for. */
  get size(): number {
    return this.#last.size;
  }
}
