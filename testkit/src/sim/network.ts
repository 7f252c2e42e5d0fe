import type { Stream } from './random.ts';
import type { WorldClock } from './world-clock.ts';

/*
 * What lies between two parties, each way by itself. Messages go by TCP: what is lost, or sent while the way is cut, is sent again after
 * 200 ms, 600 ms, 1.4 s, …, for as long as the sender keeps its connection. So packet loss is delay, a cut is silence, and a request that its
 * sender has given up can arrive late. Two messages may overtake each other: they have connections of their own.
 */

/** What one fault does to a way. Several faults add up. */
export interface Condition {
  readonly cut?: boolean;
  readonly loss?: number;
  /** Added to each message's delay, at most: the part is drawn anew. */
  readonly delayMs?: number;
  /** The share of messages that arrive twice. */
  readonly duplicates?: number;
}

const firstAgainMs = 200;

export class Way {
  readonly #clock: WorldClock;
  readonly #random: Stream;
  readonly #baseMs: number;
  readonly #jitterMs: number;
  readonly #conditions = new Set<Condition>();
  #isCut = false;
  #loss = 0;
  #delayMs = 0;
  #duplicates = 0;

  constructor(clock: WorldClock, random: Stream, baseMs: number, jitterMs: number) {
    this.#clock = clock;
    this.#random = random;
    this.#baseMs = baseMs;
    this.#jitterMs = jitterMs;
  }

  get isCut(): boolean {
    return this.#isCut;
  }

  /** True when messages take no longer than usual. */
  get isClear(): boolean {
    return this.#conditions.size === 0;
  }

  /** Carries one message; `arrive` is called when it gets there, which may be never, or (with duplicates) twice. */
  send(arrive: () => void, keepMs: number): void {
    this.#try(arrive, 0, firstAgainMs, keepMs);
  }

  /** The condition holds until the returned function is called. */
  impose(condition: Condition): () => void {
    this.#conditions.add(condition);
    this.#sum();
    return () => {
      this.#conditions.delete(condition);
      this.#sum();
    };
  }

  #try(arrive: () => void, waitedMs: number, againMs: number, keepMs: number): void {
    if (this.#isCut || (this.#loss > 0 && this.#random.chance(this.#loss))) {
      if (waitedMs + againMs > keepMs) return;
      this.#clock.schedule(againMs, () => this.#try(arrive, waitedMs + againMs, againMs * 2, keepMs));
      return;
    }
    this.#clock.schedule(this.#delay(), arrive);
    if (this.#duplicates > 0 && this.#random.chance(this.#duplicates)) this.#clock.schedule(this.#delay() * 3, arrive);
  }

  #delay(): number {
    const usual = this.#baseMs + this.#jitterMs * this.#random.fraction();
    return this.#delayMs > 0 ? usual + this.#delayMs * this.#random.fraction() : usual;
  }

  #sum(): void {
    const all = [...this.#conditions];
    this.#isCut = all.some(({ cut }) => cut === true);
    this.#loss = 1 - all.reduce((kept, { loss = 0 }) => kept * (1 - loss), 1);
    this.#delayMs = all.reduce((sum, { delayMs = 0 }) => sum + delayMs, 0);
    this.#duplicates = 1 - all.reduce((once, { duplicates = 0 }) => once * (1 - duplicates), 1);
  }
}

/** Both ways between two parties. */
export interface Connection {
  readonly there: Way;
  readonly back: Way;
}

/** Makes the ways between parties; each has a base delay of its own between `fromMs` and `toMs`. */
export function connect(clock: WorldClock, random: Stream, fromMs: number, toMs: number): Connection {
  const baseMs = random.between(fromMs, toMs);
  const way = () => new Way(clock, random, baseMs, baseMs / 2);
  return { there: way(), back: way() };
}

/** A condition on both ways; returns what ends it. */
export function imposeBoth({ there, back }: Connection, condition: Condition): () => void {
  const ends = [there.impose(condition), back.impose(condition)];
  return () => {
    for (const end of ends) end();
  };
}
