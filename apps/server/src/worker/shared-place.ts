import type { Instant } from '@serverctl/core';
import type { KeptCall } from './budget.ts';

/** A place in the budget that all who travelled together hold for the write that follows; the first to write uses it. */
export class SharedPlace {
  /** How many it is for. */
  readonly requests: number;
  readonly #kept: KeptCall;
  #holders = 1;
  #isUsed = false;

  /** Held by whoever made it. */
  constructor(kept: KeptCall, requests: number) {
    this.#kept = kept;
    this.requests = requests;
  }

  get isUsed(): boolean {
    return this.#isUsed;
  }

  hold(): this {
    this.#holders += 1;
    return this;
  }

  letGo(): void {
    this.#holders -= 1;
    if (this.#holders === 0) this.#kept.release();
  }

  async use(signal: AbortSignal, until: Instant): Promise<boolean> {
    this.#isUsed = true;
    this.#isUsed = await this.#kept.use(signal, until);
    return this.#isUsed;
  }
}
