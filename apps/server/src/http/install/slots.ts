import { AppError } from '@serverctl/core';

/** So many downloads at once; each is 50 MB, and heartbeats go first. */
export const downloadsAtOnce = 8;
/** Of those for one address: a host that reads slowly, or not at all, never holds them all. */
export const downloadsPerPeer = 2;
const retryAfterSeconds = 5;

/** Counts what is under way. Nobody waits in a queue that could grow: who comes too soon comes again. */
export class DownloadSlots {
  readonly #takenBy = new Map<string, number>();
  #taken = 0;

  /** Takes a slot for an address and returns how to give it back, once. Throws `agent_downloads_busy`. */
  take(peer: string): () => void {
    const byPeer = this.#takenBy.get(peer) ?? 0;
    if (this.#taken >= downloadsAtOnce || byPeer >= downloadsPerPeer)
      throw new AppError('agent_downloads_busy', { retryAfterSeconds });
    this.#change(peer, 1);
    let held = true;
    return () => {
      if (held) this.#change(peer, -1);
      held = false;
    };
  }

  #change(peer: string, by: 1 | -1): void {
    this.#taken += by;
    const byPeer = (this.#takenBy.get(peer) ?? 0) + by;
    if (byPeer === 0) this.#takenBy.delete(peer);
    else this.#takenBy.set(peer, byPeer);
  }
}
