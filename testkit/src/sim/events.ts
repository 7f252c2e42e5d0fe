import { Digest } from './digest.ts';
import type { Observer } from './observer.ts';
import type { WorldClock } from './world-clock.ts';

/*
 * The one place that everything which happens is told at: to the digest always, to the trace when there is one, to the observers that
 * have a method for it.
 */

/** Methods of an observer that end with the instant. */
type Told = Exclude<keyof Observer, 'onBegin' | 'onEvent'>;
type Arguments<Kind extends Told> = Parameters<NonNullable<Observer[Kind]>>;
type Before<List extends readonly unknown[]> = List extends readonly [...infer First, number] ? First : never;

export interface EventsParts {
  readonly clock: WorldClock;
  readonly trace: ((line: string) => void) | null;
}

export class Events {
  readonly digest = new Digest();
  readonly #clock: WorldClock;
  readonly #trace: ((line: string) => void) | null;
  readonly #observers: Observer[] = [];
  readonly #byKind = new Map<keyof Observer, Observer[]>();

  constructor({ clock, trace }: EventsParts) {
    this.#clock = clock;
    this.#trace = trace;
  }

  get observers(): readonly Observer[] {
    return this.#observers;
  }

  observe(observer: Observer): void {
    this.#observers.push(observer);
    this.#byKind.clear();
  }

  /** Nobody is told anything any more. */
  close(): void {
    this.#observers.length = 0;
    this.#byKind.clear();
  }

  /** `words` name the event in digest and trace: everything in it that two runs must share. */
  tell<Kind extends Told>(kind: Kind, words: readonly (string | number)[], ...told: Before<Arguments<Kind>>): void {
    const at = this.#clock.now();
    this.digest.word(kind);
    this.digest.number(at);
    for (const word of words) {
      if (typeof word === 'number') this.digest.number(word);
      else this.digest.word(word);
    }
    if (this.#trace !== null) this.#trace(`${at.toFixed(3).padStart(12)} ${kind.slice(2)} ${words.join(' ')}`);
    for (const observer of this.#with(kind)) {
      const method = observer[kind] as (...given: readonly unknown[]) => void;
      method.call(observer, ...told, at);
    }
  }

  #with(kind: keyof Observer): readonly Observer[] {
    let list = this.#byKind.get(kind);
    if (list === undefined) {
      list = this.#observers.filter((observer) => observer[kind] !== undefined);
      this.#byKind.set(kind, list);
    }
    return list;
  }
}
