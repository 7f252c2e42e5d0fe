import type { Instant } from '@serverctl/core';
import type { Clock } from '../platform/clock.ts';
import type { CallLimit } from './ports.ts';

/*
 * What a provider allows one credential, shared by all its names (R22). A call enters before it is sent:
 *
 *   failover     whenever fewer than `calls` were sent in the last `perMs`
 *   background   reconcile and drift reads: also, fewer than a quarter of `calls` were theirs, and no failover waits
 *
 * A promotion's read and write enter together: a write that had to wait after its read would be planned from what was read minutes ago,
 * and to read again would only put it at the end of the queue, for ever where more names wait than calls are allowed.
 *
 * So does a write that spares its read (R22): it waits for its place first, and looks then whether what it knows is still young enough.
 *
 * A kept place counts as sent when it is used, but not past a pause that the provider asked for meanwhile: it waits for its end as all do,
 * before all others. Where what was read would be too old by then the place is not used: it would be lost to all for a whole window.
 *
 * The window slides, so in no time of that length are more than `calls` sent. Who has to wait waits in order, failovers first; one timer
 * per credential, and none while nobody waits.
 */

export type Urgency = 'failover' | 'background';

export interface CallBudget {
  /** Resolves with true when the call may be sent, at once where there is room; with false when the signal aborted first. */
  enter(credentialId: string, urgency: Urgency, signal: AbortSignal): Promise<boolean>;
  /** As a failover, for a call that is sent now and one that follows it; null when the signal aborted first. */
  enterTwice(credentialId: string, signal: AbortSignal): Promise<KeptCall | null>;
  /** As a failover, for one call that is sent later if at all; null when the signal aborted first. */
  enterKept(credentialId: string, signal: AbortSignal): Promise<KeptCall | null>;
  /** More than half of what is allowed was used, or somebody waits: what can be spared is to be spared. */
  isPressed(credentialId: string): boolean;
  /** The provider itself asked for a pause: nobody calls with this credential before it is over (R19). */
  holdOff(credentialId: string, forMs: number): void;
}

/** A place that is kept until it is used or released, once. */
export interface KeptCall {
  /**
   * Resolves with true when the call may be sent: at once, or when the pause is over that the provider asked for. False = do not send it:
   * the signal aborted, or it could not be sent by `until`. Then the place is still kept.
   */
  use(signal: AbortSignal, until: Instant): Promise<boolean>;
  /** It is not needed. */
  release(): void;
}

const backgroundShare = 0.25;
const callsOfPromotion = 2;
const unlimited: KeptCall = { use: async () => true, release() {} };

/** How many promotions at once one credential carries before the next must wait; null = no limit (R22). */
export function ceilingOf(limit: CallLimit | null): number | null {
  return limit === null ? null : Math.floor((limit.calls * (1 - backgroundShare)) / callsOfPromotion);
}

export function createCallBudget(clock: Clock, limitOf: (credentialId: string) => CallLimit | null): CallBudget {
  const gates = new Map<string, Gate>();

  function gateOf(credentialId: string): Gate | null {
    const limit = limitOf(credentialId);
    if (limit === null) return null;
    const gate = gates.get(credentialId) ?? new Gate(clock, limit);
    gates.set(credentialId, gate);
    gate.limit = limit;
    return gate;
  }

  /** Of so many calls the last one is kept. */
  async function enterKeeping(credentialId: string, signal: AbortSignal, calls: number): Promise<KeptCall | null> {
    if (signal.aborted) return null;
    const gate = gateOf(credentialId);
    if (gate === null) return unlimited;
    return (await gate.enter('failover', signal, { calls, kept: 1 })) ? gate.kept() : null;
  }

  return {
    async enter(credentialId, urgency, signal) {
      if (signal.aborted) return false;
      return gateOf(credentialId)?.enter(urgency, signal) ?? true;
    },
    enterTwice: (credentialId, signal) => enterKeeping(credentialId, signal, callsOfPromotion),
    enterKept: (credentialId, signal) => enterKeeping(credentialId, signal, 1),
    isPressed: (credentialId) => gateOf(credentialId)?.isPressed() ?? false,
    holdOff: (credentialId, forMs) => gateOf(credentialId)?.holdOff(forMs),
  };
}

/** In the order in which they are served. */
const turns = ['kept', 'failover', 'background'] as const;
type Turn = (typeof turns)[number];

interface Asked {
  /** How many places it asks for; one whose place is kept asks for none. */
  readonly calls: number;
  /** How many are kept from now on; the others are sent at once. */
  readonly kept: number;
  /** Later it is of no use. */
  readonly until?: Instant;
}

interface Waiting extends Asked {
  readonly end: (isGranted: boolean) => void;
}

interface Sent {
  readonly at: Instant;
  readonly urgency: Urgency;
}

/** One credential's calls. */
class Gate {
  limit: CallLimit;
  readonly #clock: Clock;
  /** Those within the window, oldest first. */
  readonly #sent: Sent[] = [];
  readonly #waiting: Readonly<Record<Turn, Set<Waiting>>> = {
    kept: new Set(),
    failover: new Set(),
    background: new Set(),
  };
  /** Calls that were let in and are not sent yet. */
  #kept = 0;
  #closedUntil: Instant = Number.NEGATIVE_INFINITY;
  #cancelTimer: (() => void) | null = null;

  constructor(clock: Clock, limit: CallLimit) {
    this.#clock = clock;
    this.limit = limit;
  }

  /** True = they are let in; for one that is kept see `kept`. */
  enter(turn: Turn, signal: AbortSignal, asked: Asked = { calls: 1, kept: 0 }): Promise<boolean> {
    return new Promise((resolve) => {
      const waiting = this.#waiting[turn];
      const end = (isGranted: boolean) => {
        waiting.delete(one);
        signal.removeEventListener('abort', giveUp);
        resolve(isGranted);
      };
      const one = { ...asked, end };
      const giveUp = () => {
        end(false);
        this.#serve(); // a failover that gives up holds no background call back
      };
      waiting.add(one);
      signal.addEventListener('abort', giveUp, { once: true });
      this.#serve();
    });
  }

  /** One that was let in to be sent later. */
  kept(): KeptCall {
    let isOpen = true;
    return {
      use: async (signal, until) => {
        if (!isOpen || signal.aborted || Math.max(this.#clock.now(), this.#closedUntil) > until) return false;
        isOpen = false;
        isOpen = !(await this.enter('kept', signal, { calls: 0, kept: -1, until }));
        return !isOpen;
      },
      release: () => {
        if (!isOpen) return;
        isOpen = false;
        this.#kept -= 1;
        this.#serve();
      },
    };
  }

  holdOff(forMs: number): void {
    this.#closedUntil = Math.max(this.#closedUntil, this.#clock.now() + forMs);
    this.#serve();
  }

  isPressed(): boolean {
    this.#forgetOld();
    return (this.#sent.length + this.#kept) * 2 > this.limit.calls || this.#first() !== null;
  }

  /** Lets in whoever may go now, and comes back when the next one may. */
  #serve(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = null;
    this.#forgetOld();
    for (let first = this.#first(); first !== null; first = this.#first()) {
      const [turn, { calls, kept, until = Number.POSITIVE_INFINITY, end }] = first;
      const freeAt = this.#freeAt(turn, calls);
      if (freeAt !== null && freeAt > until) {
        end(false); // the provider asked for a longer pause
        continue;
      }
      if (freeAt === Number.POSITIVE_INFINITY) return; // until a kept call is sent or spared
      if (freeAt !== null) {
        this.#cancelTimer = this.#clock.after(freeAt - this.#clock.now(), () => this.#serve());
        return;
      }
      if (calls > kept) this.#sent.push({ at: this.#clock.now(), urgency: turn === 'background' ? turn : 'failover' });
      this.#kept += kept;
      end(true);
    }
  }

  #first(): readonly [Turn, Waiting] | null {
    for (const turn of turns) {
      for (const one of this.#waiting[turn]) return [turn, one];
    }
    return null;
  }

  /** When so many calls may be sent; null = now, infinite = not before a kept one is. A limit below them would let nobody in, ever. */
  #freeAt(turn: Turn, calls: number): Instant | null {
    const freeAt = turn === 'kept' ? this.#closedUntil : Math.max(this.#closedUntil, this.#roomAt(turn, calls));
    return freeAt > this.#clock.now() ? freeAt : null;
  }

  #roomAt(urgency: Urgency, calls: number): Instant {
    const ofAll = this.#expiryThatMakesRoom(this.#sent, Math.max(calls, this.limit.calls) - this.#kept, calls);
    return urgency === 'failover' ? ofAll : Math.max(ofAll, this.#backgroundFreeAt());
  }

  #backgroundFreeAt(): Instant {
    const sent = this.#sent.filter((one) => one.urgency === 'background');
    return this.#expiryThatMakesRoom(sent, Math.max(1, Math.floor(this.limit.calls * backgroundShare)), 1);
  }

  #expiryThatMakesRoom(sent: readonly Sent[], allowed: number, calls: number): Instant {
    const tooMany = sent.length + calls - allowed;
    if (tooMany <= 0) return Number.NEGATIVE_INFINITY;
    const inTheWay = sent[tooMany - 1];
    return inTheWay === undefined ? Number.POSITIVE_INFINITY : this.#expiryOf(inTheWay);
  }

  /** A millisecond later than the window's length, so that a call at both of its ends is never one too many. */
  #expiryOf({ at }: Sent): Instant {
    return at + this.limit.perMs + 1;
  }

  #forgetOld(): void {
    const now = this.#clock.now();
    let oldest = this.#sent[0];
    while (oldest !== undefined && this.#expiryOf(oldest) <= now) {
      this.#sent.shift();
      oldest = this.#sent[0];
    }
  }
}
