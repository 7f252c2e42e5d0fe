import { AppError } from '@serverctl/core';
import { placeOf } from '../../services/place-of.ts';

/** So many downloads at once; each is 50 MB, and heartbeats go first. */
export const downloadsAtOnce = 8;
/** Of those for one place, an IPv4 address or an IPv6 /64: a host that reads slowly, or not at all, never holds them all. */
export const downloadsPerPlace = 2;
const retryAfterSeconds = 5;

/** Counts what is under way. Nobody waits in a queue that could grow: who comes too soon comes again. */
export class DownloadSlots {
  readonly #takenBy = new Map<string, number>();
  #taken = 0;

  /** Takes a slot for the place of an address and returns how to give it back, once. Throws `agent_downloads_busy`. */
  take(peer: string): () => void {
    const place = placeOf(peer);
    const byPlace = this.#takenBy.get(place) ?? 0;
    if (this.#taken >= downloadsAtOnce || byPlace >= downloadsPerPlace)
      throw new AppError('agent_downloads_busy', { retryAfterSeconds });
    this.#change(place, 1);
    let held = true;
    return () => {
      if (held) this.#change(place, -1);
      held = false;
    };
  }

  #change(place: string, by: 1 | -1): void {
    this.#taken += by;
    const byPlace = (this.#takenBy.get(place) ?? 0) + by;
    if (byPlace === 0) this.#takenBy.delete(place);
    else this.#takenBy.set(place, byPlace);
  }
}
