import type { Clock as ServerClock } from '../../../apps/server/src/platform/clock.ts';
import type { Timer } from './timer-heap.ts';
import type { WorldClock } from './world-clock.ts';

/*
 * Time as one process sees it, and what can be done to a process:
 *
 *   running    timers run when they are due, what arrives is taken at once
 *   stopped    SIGSTOP, or a blocked event loop: its time runs on, nothing runs. Afterwards what is overdue runs late: timers first,
 *              then what waited in the sockets, as Node's event loop does
 *   suspended  the virtual machine stands still: its monotonic time does too, so timers keep what was left of them
 *   dead       nothing runs any more, for good
 *
 * The monotonic clock of each process starts somewhere else, so that no two processes' instants can be mixed up unseen (R1).
 */

/** A timer of the process. `action` null = cancelled, or run. */
interface Local {
  readonly dueMs: number;
  action: (() => void) | null;
  armed: Timer | null;
}

export interface ProcessClockOptions {
  /** Its monotonic time at its birth. */
  readonly startMs: number;
  /** The wall clock of the machine it runs on, which may jump. */
  readonly wall: WallClock;
}

/** The wall clock of one machine, in ms since 1970. */
export interface WallClock {
  nowMs(): number;
}

/** Both the server's and the agent's clock port. */
export class ProcessClock implements ServerClock {
  readonly #world: WorldClock;
  readonly #wall: WallClock;
  #offsetMs: number;
  #state: 'running' | 'stopped' | 'suspended' | 'dead' = 'running';
  #frozenAtMs = 0;
  #overdue: Local[] = [];
  #arrived: (() => void)[] = [];

  constructor(world: WorldClock, { startMs, wall }: ProcessClockOptions) {
    this.#world = world;
    this.#wall = wall;
    this.#offsetMs = startMs - world.now();
  }

  get isDead(): boolean {
    return this.#state === 'dead';
  }

  get isRunning(): boolean {
    return this.#state === 'running';
  }

  now(): number {
    return this.#state === 'suspended' ? this.#frozenAtMs : this.#world.now() + this.#offsetMs;
  }

  nowMs(): number {
    return this.now();
  }

  wallTime(): Date {
    return new Date(this.#wall.nowMs());
  }

  after(delayMs: number, action: () => void): () => void {
    if (this.#state === 'dead') return () => {};
    const timer: Local = { dueMs: this.now() + Math.max(0, delayMs), action, armed: null };
    this.#arm(timer);
    return () => {
      timer.action = null;
      if (timer.armed !== null) timer.armed.action = null;
    };
  }

  sleep(delayMs: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const done = () => {
        cancel();
        signal?.removeEventListener('abort', done);
        resolve();
      };
      const cancel = this.after(delayMs, done);
      signal?.addEventListener('abort', done, { once: true });
    });
  }

  /** Something reaches the process from outside: a packet, a reply. Waits while it cannot run; lost when it is dead. */
  deliver(action: () => void): void {
    if (this.#state === 'running') action();
    else if (this.#state !== 'dead') this.#arrived.push(action);
  }

  /** SIGSTOP, or a task that does not end. */
  stop(): void {
    if (this.#state === 'running') this.#state = 'stopped';
  }

  suspend(): void {
    if (this.#state !== 'running') return;
    this.#frozenAtMs = this.now();
    this.#state = 'suspended';
  }

  /** Ends `stop` and `suspend`. */
  resume(): void {
    if (this.#state !== 'stopped' && this.#state !== 'suspended') return;
    if (this.#state === 'suspended') this.#offsetMs = this.#frozenAtMs - this.#world.now();
    this.#state = 'running';
    const overdue = this.#overdue.splice(0).sort((a, b) => a.dueMs - b.dueMs);
    for (const timer of overdue) if (timer.action !== null) this.#arm(timer);
    for (const action of this.#arrived.splice(0)) this.#world.schedule(0, () => this.deliver(action));
  }

  kill(): void {
    this.#state = 'dead';
    this.#overdue = [];
    this.#arrived = [];
  }

  #arm(timer: Local): void {
    timer.armed = this.#world.schedule(timer.dueMs - this.now(), () => this.#due(timer));
  }

  #due(timer: Local): void {
    const { action } = timer;
    if (action === null || this.#state === 'dead') return;
    if (this.#state !== 'running') this.#overdue.push(timer);
    // A suspension made the world's timer come too early for this process: what is left of it is waited for.
    else if (timer.dueMs - this.now() > roundingMs) this.#arm(timer);
    else {
      timer.action = null;
      action();
    }
  }
}

/** Sums of fractions of a millisecond differ in their last digits. */
const roundingMs = 1e-6;

/** A machine's wall clock over the world's time; `jump` is a person's or NTP's doing. */
export function createWallClock(world: WorldClock, startMs: number): WallClock & { jump(ms: number): void } {
  let offsetMs = startMs;
  return {
    nowMs: () => Math.round(world.now() + offsetMs),
    jump(ms) {
      offsetMs += ms;
    },
  };
}
