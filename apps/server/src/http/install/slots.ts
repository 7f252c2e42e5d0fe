import { AppError } from '@serverctl/core';

/** So many downloads at once; each is 50 MB, and heartbeats go first. */
export const downloadsAtOnce = 8;
const retryAfterSeconds = 5;

/** Counts what is under way. Nobody waits in a queue that could grow: who comes too soon comes again. */
export class DownloadSlots {
  readonly #limit: number;
  #taken = 0;

  constructor(limit = downloadsAtOnce) {
    this.#limit = limit;
  }

  /** Takes a slot and returns how to give it back, once. Throws `agent_downloads_busy`. */
  take(): () => void {
    if (this.#taken >= this.#limit) throw new AppError('agent_downloads_busy', { retryAfterSeconds });
    this.#taken += 1;
    let held = true;
    return () => {
      if (held) this.#taken -= 1;
      held = false;
    };
  }
}
