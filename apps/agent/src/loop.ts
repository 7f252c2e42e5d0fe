import { heartbeatIntervalMs } from '@serverctl/contract/agent';
import type { NextStep } from './outcome.ts';
import type { Cancel, Clock } from './platform/clock.ts';
import type { Random } from './platform/random.ts';
import { nextDueMs } from './schedule.ts';

/*
 * When a beat goes out. Two things make one; nothing else does, and none is sent twice or kept for later (R43).
 *
 *   slot    about every second on a schedule of its own, whatever became of the last beat: beside one that is still
 *           in flight, since under packet loss the next one may well be the one that arrives. While two are in
 *           flight the slot is owed: the next beat goes out when one of them has ended.
 *   change  a unit's state changed: at once, beside beats in flight; at most three in flight and 100 ms apart, the
 *           last change is owed.
 *
 * If an older beat arrives after a newer one, the control plane drops it, which is honest (R35).
 *
 *   running --beat says `again`--> once more, a beat of its own number (once with a new token, once for each further URL)
 *           --beat says `quiet`--> running, but neither slots nor changes make a beat until then
 *           --stop()--> ended, for good
 *
 * What a beat is: beat.ts.
 */
export interface LoopParts {
  readonly clock: Clock;
  readonly random: Random;
  readonly urlCount: number;
  /** Makes and sends one beat. Never rejects, and ends within the time-outs of its calls. */
  readonly beat: () => Promise<NextStep>;
}

const slotsInFlight = 2;
/** One more than slots may take up, so that a change need not wait for a reply that may never come. */
const inFlightLimit = 3;
const urgentGapMs = 100;

export class HeartbeatLoop {
  readonly #parts: LoopParts;
  #ended = false;
  #intervalMs: number = heartbeatIntervalMs;
  #dueMs = 0;
  #cancelSlot: Cancel = () => undefined;
  #cancelUrgent: Cancel | null = null;
  #inFlight = 0;
  #owed: 'nothing' | 'slot' | 'change' = 'nothing';
  #lastStartMs = Number.NEGATIVE_INFINITY;
  #quietUntilMs = Number.NEGATIVE_INFINITY;

  constructor(parts: LoopParts) {
    this.#parts = parts;
  }

  start(): void {
    this.#dueMs = this.#parts.clock.nowMs();
    this.#planSlot();
    void this.#run();
  }

  /** Something worth a beat of its own changed on the host. */
  changed(): void {
    if (this.#ended || this.#cancelUrgent !== null) return;
    const waitMs = this.#lastStartMs + urgentGapMs - this.#parts.clock.nowMs();
    if (waitMs <= 0) this.#beatForChange();
    else this.#cancelUrgent = this.#parts.clock.after(waitMs, () => this.#beatForChange());
  }

  /** From the next slot on. */
  setIntervalMs(intervalMs: number): void {
    this.#intervalMs = intervalMs;
  }

  stop(): void {
    this.#ended = true;
    this.#cancelSlot();
    this.#cancelUrgent?.();
  }

  #planSlot(): void {
    const { clock, random } = this.#parts;
    this.#dueMs = nextDueMs(this.#dueMs, clock.nowMs(), this.#intervalMs, random.fraction());
    this.#cancelSlot = clock.after(this.#dueMs - clock.nowMs(), () => this.#slot());
  }

  #slot(): void {
    this.#planSlot(); // before anything else: whatever becomes of this beat, there is a next one
    if (this.#inFlight < slotsInFlight) void this.#run();
    else if (this.#owed === 'nothing') this.#owed = 'slot';
  }

  #beatForChange(): void {
    this.#cancelUrgent = null;
    if (this.#inFlight < inFlightLimit) void this.#run();
    else this.#owed = 'change';
  }

  async #run(): Promise<void> {
    const { clock, random } = this.#parts;
    if (this.#ended || clock.nowMs() < this.#quietUntilMs) return;
    this.#inFlight += 1;
    this.#owed = 'nothing';
    this.#lastStartMs = clock.nowMs();
    const step = await this.#beatUntilSettled();
    this.#inFlight -= 1;
    if (step.kind === 'quiet') this.#quietUntilMs = clock.nowMs() + step.forMs + step.spreadMs * random.fraction();
    this.#payOwed();
  }

  async #beatUntilSettled(): Promise<NextStep> {
    let left = { token: 1, url: this.#parts.urlCount - 1 };
    for (;;) {
      const step = await this.#parts.beat();
      if (step.kind !== 'again' || this.#ended || left[step.because] === 0) return step;
      left = { ...left, [step.because]: left[step.because] - 1 };
    }
  }

  #payOwed(): void {
    if (this.#owed === 'change') this.changed();
    else if (this.#owed === 'slot' && this.#inFlight < slotsInFlight) void this.#run();
  }
}
