import type { Instant } from '@serverctl/core';
import type { Clock } from '../platform/clock.ts';
import type { CallLimit } from './ports.ts';

/*
 * What a provider allows one credential, shared by all its names (R22). A call enters before it is sent:
 *
 *   failover     whenever fewer than `calls` were sent in the last `perMs`
 *   background   reconcile and drift reads: also, fewer than a quarter of `calls` were theirs, and no failover waits
 *
 * The window slides, so in no time of that length are more than `calls` sent. Who has to wait waits in order, failovers first; one timer
 * per credential, and none while nobody waits.
 */

export type Urgency = 'failover' | 'background';

export interface CallBudget {
  /** Resolves with true when the call may be sent, at once where there is room; with false when the signal aborted first. */
  enter(credentialId: string, urgency: Urgency, signal: AbortSignal): Promise<boolean>;
  /** More than half of what is allowed was used, or somebody waits: what can be spared is to be spared. */
  isPressed(credentialId: string): boolean;
  /** The provider itself asked for a pause: nobody calls with this credential before it is over (R19). */
  holdOff(credentialId: string, forMs: number): void;
}

const backgroundShare = 0.25;
const callsOfPromotion = 2;

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

  return {
    async enter(credentialId, urgency, signal) {
      if (signal.aborted) return false;
      return gateOf(credentialId)?.enter(urgency, signal) ?? true;
    },
    isPressed: (credentialId) => gateOf(credentialId)?.isPressed() ?? false,
    holdOff: (credentialId, forMs) => gateOf(credentialId)?.holdOff(forMs),
  };
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
  readonly #waiting = { failover: new Set<() => void>(), background: new Set<() => void>() };
  #closedUntil: Instant = Number.NEGATIVE_INFINITY;
  #cancelTimer: (() => void) | null = null;

  constructor(clock: Clock, limit: CallLimit) {
    this.#clock = clock;
    this.limit = limit;
  }

  enter(urgency: Urgency, signal: AbortSignal): Promise<boolean> {
    return new Promise((resolve) => {
      const waiting = this.#waiting[urgency];
      const end = (granted: boolean) => {
        waiting.delete(grant);
        signal.removeEventListener('abort', giveUp);
        resolve(granted);
      };
      const grant = () => end(true);
      const giveUp = () => {
        end(false);
        this.#serve(); // a failover that gives up holds no background call back
      };
      waiting.add(grant);
      signal.addEventListener('abort', giveUp, { once: true });
      this.#serve();
    });
  }

  holdOff(forMs: number): void {
    this.#closedUntil = Math.max(this.#closedUntil, this.#clock.now() + forMs);
    this.#serve();
  }

  isPressed(): boolean {
    this.#forgetOld();
    return this.#sent.length * 2 > this.limit.calls || this.#first() !== null;
  }

  /** Lets in whoever may go now, and comes back when the next one may. */
  #serve(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = null;
    this.#forgetOld();
    for (let first = this.#first(); first !== null; first = this.#first()) {
      const [urgency, grant] = first;
      const freeAt = this.#freeAt(urgency);
      if (freeAt !== null) {
        this.#cancelTimer = this.#clock.after(freeAt - this.#clock.now(), () => this.#serve());
        return;
      }
      this.#sent.push({ at: this.#clock.now(), urgency });
      grant();
    }
  }

  #first(): readonly [Urgency, () => void] | null {
    for (const urgency of ['failover', 'background'] as const) {
      for (const grant of this.#waiting[urgency]) return [urgency, grant];
    }
    return null;
  }

  /** When the next call may be sent; null = now. */
  #freeAt(urgency: Urgency): Instant | null {
    const ofAll = this.#expiryThatMakesRoom(this.#sent, Math.max(1, this.limit.calls));
    const freeAt = Math.max(this.#closedUntil, ofAll, urgency === 'failover' ? ofAll : this.#backgroundFreeAt());
    return freeAt > this.#clock.now() ? freeAt : null;
  }

  #backgroundFreeAt(): Instant {
    const sent = this.#sent.filter((one) => one.urgency === 'background');
    return this.#expiryThatMakesRoom(sent, Math.max(1, Math.floor(this.limit.calls * backgroundShare)));
  }

  #expiryThatMakesRoom(sent: readonly Sent[], allowed: number): Instant {
    const inTheWay = sent[sent.length - allowed];
    return inTheWay === undefined ? Number.NEGATIVE_INFINITY : this.#expiryOf(inTheWay);
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
