import { AppError, type Instant } from '@serverctl/core';
import type { Clock } from '../platform/clock.ts';

/*
 * When a listener writes. One write is in flight at a time, and the writer is in one of these states:
 *
 *   resting   the pulse is set; a write starts with the next pulse (every 250 ms, so a database write is proved that often: R2)
 *   urged     a change wants out: a write starts in a microtask, or when 25 ms have passed since the last start (a storm of changes
 *             costs at most 40 writes a second); for a waiting `flush` when 5 ms have passed, since a promotion waits for it
 *   writing   one write in flight; urges and waiting `flush` calls are remembered and served by a write that starts after it
 *   stopped   nothing starts any more; waiting `flush` calls are rejected
 *
 * The pulse goes on while a write is in flight, since it also proves the event loop: the watermark says "whatever reached us before this
 * instant is stored", and after a blocked loop that is not true until the sockets have been read. So a write whose last pulse was late,
 * or is overdue, stores what was heard but leaves the watermark where it was; the next punctual pulse moves it (R2).
 */

export const paceLimits = {
  routineMs: 250,
  urgentSpacingMs: 25,
  /** Flushes are asked for by decisions, so they are few; the limit is for a decision that fails at once again and again. */
  flushSpacingMs: 5,
  /** A pulse later than this shows a blocked event loop (R2: worst delay below 500 ms). */
  latePulseMs: 500,
  /** Not stored anything for this long = not listening (R2). */
  healthyMs: 1_000,
} as const;

interface Waiter {
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** Runs `write(watermark)` by the states above. `write` rejects when it failed; it is tried again with the next pulse. */
export class Pace {
  readonly #clock: Clock;
  readonly #write: (watermarkMs: Instant) => Promise<void>;
  #state: 'resting' | 'urged' | 'writing' | 'stopped' = 'stopped';
  #urgedWhileWriting = false;
  #startedAt: Instant = Number.NEGATIVE_INFINITY;
  #storedAt: Instant;
  #pulsedAt: Instant;
  #punctual = true;
  #watermarkMs: Instant;
  #waiting: Waiter[] = [];
  #inFlight: Promise<void> = Promise.resolve();
  #cancelPulse = () => {};
  #cancelUrge = () => {};

  constructor(clock: Clock, write: (watermarkMs: Instant) => Promise<void>) {
    this.#clock = clock;
    this.#write = write;
    this.#storedAt = this.#pulsedAt = this.#watermarkMs = clock.now();
  }

  start(): void {
    if (this.#state !== 'stopped') return;
    this.#state = 'resting';
    this.#pulsedAt = this.#clock.now();
    this.#pulse();
  }

  /** Resolves when the write in flight, if any, has ended. */
  async stop(): Promise<void> {
    this.#state = 'stopped';
    this.#cancelPulse();
    this.#cancelUrge();
    for (const waiter of this.#waiting.splice(0)) waiter.reject(new AppError('not_listening'));
    await this.#inFlight;
  }

  /** A change wants to be stored now. */
  urge(): void {
    if (this.#state === 'writing') this.#urgedWhileWriting = true;
    if (this.#state === 'resting') this.#beginSpaced(paceLimits.urgentSpacingMs);
  }

  /** Resolves when a write that started after this call is stored; rejects with `database_unavailable`. */
  flush(): Promise<void> {
    if (this.#state === 'stopped') return Promise.reject(new AppError('not_listening'));
    return new Promise<void>((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      if (this.#state !== 'writing') this.#beginSpaced(paceLimits.flushSpacingMs);
    });
  }

  /** Time since the start of the last write that succeeded; since our start while there was none. */
  storedAgeMs(): number {
    return this.#clock.now() - this.#storedAt;
  }

  #pulse(): void {
    const now = this.#clock.now();
    this.#punctual = now - this.#pulsedAt < paceLimits.routineMs + paceLimits.latePulseMs;
    this.#pulsedAt = now;
    this.#cancelPulse = this.#clock.after(paceLimits.routineMs, () => this.#pulse());
    this.#begin();
  }

  #beginSpaced(spacingMs: number): void {
    this.#state = 'urged';
    this.#cancelUrge();
    const waitMs = this.#startedAt + spacingMs - this.#clock.now();
    if (waitMs > 0) this.#cancelUrge = this.#clock.after(waitMs, () => this.#begin());
    else queueMicrotask(() => this.#state === 'urged' && this.#begin());
  }

  #begin(): void {
    if (this.#state === 'stopped' || this.#state === 'writing') return;
    this.#cancelUrge();
    this.#state = 'writing';
    this.#urgedWhileWriting = false;
    const now = this.#clock.now();
    this.#startedAt = now;
    const overdue = now - this.#pulsedAt >= paceLimits.routineMs + paceLimits.latePulseMs;
    if (this.#punctual && !overdue) this.#watermarkMs = now;
    const served = this.#waiting.splice(0);
    this.#inFlight = this.#write(this.#watermarkMs).then(
      () => {
        this.#storedAt = now;
        for (const waiter of served) waiter.resolve();
        this.#rest();
      },
      (cause: unknown) => {
        for (const waiter of served) waiter.reject(new AppError('database_unavailable', {}, cause));
        this.#rest();
      },
    );
  }

  #rest(): void {
    if (this.#state === 'stopped') return;
    this.#state = 'resting';
    if (this.#waiting.length > 0) this.#beginSpaced(paceLimits.flushSpacingMs);
    else if (this.#urgedWhileWriting) this.urge();
  }
}
