import { type Instant, minuteMs, secondMs } from '@serverctl/core';
import type { Clock } from '../../platform/clock.ts';

const mostPerWindow = 20;
const windowMs = minuteMs;
/** Bounded: whoever has more places than this makes us forget the oldest, and gains 20 tries at 256 bits. */
const mostPlaces = 10_000;

/** Failed proofs per place (services/place-of.ts): 20 a minute are answered as such, the rest with how long to wait. */
export class FailureLimit {
  readonly #clock: Clock;
  readonly #windows = new Map<string, { startedAt: Instant; count: number }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Counts one failure; returns the seconds to wait, 0 within the limit. */
  note(place: string): number {
    const now = this.#clock.now();
    const window = this.#present(place) ?? { startedAt: now, count: 0 };
    window.count += 1;
    this.#windows.delete(place);
    this.#windows.set(place, window);
    const [oldest] = this.#windows.keys();
    if (this.#windows.size > mostPlaces && oldest !== undefined) this.#windows.delete(oldest);
    return window.count <= mostPerWindow ? 0 : (window.startedAt + windowMs - now) / secondMs;
  }

  /** Whether the next failure would be over the limit. */
  isSpent(place: string): boolean {
    return (this.#present(place)?.count ?? 0) >= mostPerWindow;
  }

  #present(place: string) {
    const known = this.#windows.get(place);
    return known === undefined || this.#clock.now() - known.startedAt >= windowMs ? undefined : known;
  }
}
