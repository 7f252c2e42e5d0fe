import { AppError } from '@serverctl/core';
import type { Connection } from './network.ts';
import type { ProcessClock } from './process-clock.ts';
import type { Stream } from './random.ts';
import type { WorldClock } from './world-clock.ts';

/*
 * The one database of an installation as its clients meet it. A statement:
 *
 *   over the way there ─► up        takes effect after its time, at once and as a whole ─► its reply over the way back
 *                         refusing  nothing; the reply says so
 *                         silent    held; when the server goes on, it takes effect though its client has long given up
 *   lost on the way, or no reply in time ─► `database_unavailable` at the client, whatever took effect
 *
 * Notices go to each client by a connection of its own; one that breaks is made again, and then tells every subscriber to look.
 */

/** What the database does with statements. */
export type DatabaseState = 'up' | 'refusing' | 'silent';

export class Database {
  state: DatabaseState = 'up';
  /** Added to each statement, at most. */
  slowMs = 0;
  /** The share of statements whose reply is lost after they took effect. */
  lostReplies = 0;
  /** The share of notices that reach nobody, and nobody knows. */
  lostNotices = 0;
  readonly #clock: WorldClock;
  readonly #random: Stream;
  readonly #notices = new Set<(channel: string) => void>();
  #held: (() => void)[] = [];

  constructor(clock: WorldClock, random: Stream) {
    this.#clock = clock;
    this.#random = random;
  }

  /** Carries one statement out; `answer` gets its outcome, unless the reply is lost. */
  carryOut<T>(effect: () => Promise<T>, answer: (outcome: Promise<T>) => void): void {
    if (this.state === 'refusing') return void answer(Promise.reject(new AppError('database_unavailable')));
    if (this.state === 'silent') return void this.#held.push(() => this.carryOut(effect, answer));
    if (this.slowMs > 0) this.#clock.schedule(this.slowMs * this.#random.fraction(), () => this.#take(effect, answer));
    else this.#take(effect, answer);
  }

  /** The server goes on, or stops: statements that it held are carried out, or are gone. */
  turn(state: DatabaseState): void {
    this.state = state;
    if (state === 'silent') return;
    const held = this.#held.splice(0);
    if (state === 'up') for (const statement of held) this.#clock.schedule(0, statement);
  }

  /** Tells every client that listens, on its own connection. */
  notify(channel: string): void {
    for (const tell of this.#notices) if (!this.#random.chance(this.lostNotices)) tell(channel);
  }

  onNotice(tell: (channel: string) => void): () => void {
    this.#notices.add(tell);
    return () => void this.#notices.delete(tell);
  }

  #take<T>(effect: () => Promise<T>, answer: (outcome: Promise<T>) => void): void {
    const outcome = effect();
    if (this.lostReplies > 0 && this.#random.chance(this.lostReplies)) outcome.catch(() => {});
    else answer(outcome);
  }
}

const limits = { vital: 1_500, usual: 12_000 } as const;
const reconnectMs = 500;

/** One process's way to the database. */
export class DatabaseClient {
  readonly #database: Database;
  readonly #clock: ProcessClock;
  readonly #ways: Connection;
  readonly #callbacks = new Map<string, Set<() => void>>();
  readonly #stopListening: () => void;
  #isBroken = false;

  constructor(database: Database, clock: ProcessClock, ways: Connection) {
    this.#database = database;
    this.#clock = clock;
    this.#ways = ways;
    this.#stopListening = database.onNotice((channel) => this.#receive(channel));
  }

  /** Rejects with what the statement rejected with, or `database_unavailable`; `vital` ones wait less (apps/server/src/db/connection.ts). */
  call<T>(patience: keyof typeof limits, effect: () => Promise<T>): Promise<T> {
    return this.#carry(patience, effect, true);
  }

  /** Several statements and a commit: without its client, who has given up, the server does not come to the end of it. */
  transact<T>(patience: keyof typeof limits, effect: () => Promise<T>): Promise<T> {
    return this.#carry(patience, effect, false);
  }

  #carry<T>(patience: keyof typeof limits, effect: () => Promise<T>, outlivesClient: boolean): Promise<T> {
    const limitMs = limits[patience];
    return new Promise((resolve, reject) => {
      let isOver = false;
      const settle = (end: () => void) => {
        if (isOver) return;
        isOver = true;
        cancel();
        end();
      };
      const cancel = this.#clock.after(limitMs, () => settle(() => reject(new AppError('database_unavailable'))));
      const back = (end: () => void) => this.#ways.back.send(() => this.#clock.deliver(() => settle(end)), limitMs);
      const answer = (outcome: Promise<T>) =>
        void outcome.then(
          (result) => back(() => resolve(result)),
          (error: unknown) => back(() => reject(error)),
        );
      const unlessOver = () =>
        isOver || this.#clock.isDead ? Promise.reject(new AppError('database_unavailable')) : effect();
      let hasArrived = false; // a statement is carried out once, however often its packet comes
      const arrive = () => {
        if (hasArrived) return;
        hasArrived = true;
        this.#database.carryOut(outlivesClient ? effect : unlessOver, answer);
      };
      this.#ways.there.send(arrive, limitMs);
    });
  }

  /** Calls back for each notice on the channel, once at first, and once after each reconnection. */
  listen(channel: string, callback: () => void): () => void {
    const own = () => callback();
    const callbacks = this.#callbacks.get(channel) ?? new Set<() => void>();
    this.#callbacks.set(channel, callbacks.add(own));
    this.#ways.back.send(() => this.#clock.deliver(own), limits.usual);
    return () => void callbacks.delete(own);
  }

  /** The process is gone. */
  close(): void {
    this.#stopListening();
  }

  #receive(channel: string): void {
    if (this.#isBroken) return;
    if (this.#ways.back.isCut) return void this.#break();
    this.#ways.back.send(() => this.#clock.deliver(() => this.#tell(channel)), limits.usual);
  }

  #tell(channel: string): void {
    for (const callback of [...(this.#callbacks.get(channel) ?? [])]) callback();
  }

  #break(): void {
    this.#isBroken = true;
    this.#clock.after(reconnectMs, () => this.#reconnect());
  }

  #reconnect(): void {
    if (this.#database.state !== 'up' || this.#ways.back.isCut || this.#ways.there.isCut) return void this.#break();
    this.#isBroken = false;
    for (const channel of this.#callbacks.keys()) this.#tell(channel);
  }
}
