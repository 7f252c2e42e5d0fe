import type { Instant } from '@serverctl/core';
import type { Clock } from '../platform/clock.ts';
import { mostOf, oneRequestEach, type Requests, type Urgency } from './budget-shares.ts';
import type { CallLimit } from './ports.ts';

/*
 * What a provider allows one credential, shared by all its names (R22). A call enters before it is sent:
 *
 *   failover     whenever fewer than `calls` were sent in the last `perMs`
 *   background   reconcile and drift reads: also, fewer than a quarter of `calls` were theirs or preflight's, and no failover waits
 *   preflight    tries in calm (R23): also, fewer than a fifth of that quarter were theirs, and nothing waits that could go before it.
 *                While one waits, background calls leave it that fifth
 *
 * A call takes as many places as it usually makes requests. Names of one zone that travel together (trip.ts) are one call.
 *
 * A promotion's read and write enter together: a write that had to wait after its read would be planned from what was read minutes ago,
 * and to read again would only put it at the end of the queue, for ever where more names wait than calls are allowed.
 *
 * So does a write that spares its read (R22): it waits for its place first, and looks then whether what it knows is still young enough.
 *
 * A kept place counts as sent when it is used, but not past a pause that the provider asked for meanwhile: it waits for its end as all do,
 * before all others. Where what was read would be too old by then the place is not used: it would be lost to all for a whole window.
 *
 * Where there is no limit, only a pause that the provider asked for is waited for, by all names of the credential alike.
 *
 * The window slides, so in no time of that length are more than `calls` sent. Who has to wait waits in order, failovers first; one timer
 * per credential, and none while nobody waits.
 */

export interface CallBudget {
  /** Resolves with true when a read may be sent, at once where there is room; with false when the signal aborted first. */
  enter(credentialId: string, urgency: Urgency, signal: AbortSignal, requests?: Requests): Promise<boolean>;
  /** As a failover, for a read that is sent now and a write that follows it; null when the signal aborted first. */
  enterTwice(credentialId: string, signal: AbortSignal, requests?: Requests): Promise<KeptCall | null>;
  /** As a failover, for one write that is sent later if at all; null when the signal aborted first, or there was no place by `until`. */
  enterKept(credentialId: string, signal: AbortSignal, requests?: Requests, until?: Instant): Promise<KeptCall | null>;
  /** More than half of what is allowed was used, or somebody else than a preflight waits: what can be spared is to be spared. */
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

export function createCallBudget(clock: Clock, limitOf: (credentialId: string) => CallLimit | null): CallBudget {
  const gates = new Map<string, Gate>();

  function gateOf(credentialId: string): Gate {
    const limit = limitOf(credentialId);
    const gate = gates.get(credentialId) ?? new Gate(clock, limit);
    gates.set(credentialId, gate);
    gate.limit = limit;
    return gate;
  }

  async function enterKeeping(credentialId: string, signal: AbortSignal, asked: Asked): Promise<KeptCall | null> {
    if (signal.aborted) return null;
    const gate = gateOf(credentialId);
    return (await gate.enter('failover', signal, asked)) ? gate.kept(asked.kept) : null;
  }

  return {
    async enter(credentialId, urgency, signal, { read } = oneRequestEach) {
      if (signal.aborted) return false;
      return gateOf(credentialId).enter(urgency, signal, { calls: read, kept: 0 });
    },
    enterTwice: (credentialId, signal, { read, write } = oneRequestEach) =>
      enterKeeping(credentialId, signal, { calls: read + write, kept: write }),
    enterKept: (credentialId, signal, { write } = oneRequestEach, until = Number.POSITIVE_INFINITY) =>
      enterKeeping(credentialId, signal, { calls: write, kept: write, until }),
    isPressed: (credentialId) => gateOf(credentialId).isPressed(),
    holdOff: (credentialId, forMs) => gateOf(credentialId).holdOff(forMs),
  };
}

/** In the order in which they are served. */
const turns = ['kept', 'failover', 'background', 'preflight'] as const;
type Turn = (typeof turns)[number];

interface Asked {
  /** How many places it asks for; one whose place is kept asks for none. */
  readonly calls: number;
  /** How many are kept from now on; the others are sent at once. Below 0: so many were kept, and are sent now. */
  readonly kept: number;
  /** Later it is of no use. */
  readonly until?: Instant | undefined;
}

interface Waiting extends Asked {
  readonly end: (isGranted: boolean) => void;
}

/** Who goes next, and when: null = now. */
interface Next {
  readonly turn: Turn;
  readonly one: Waiting;
  readonly freeAt: Instant | null;
}

interface Sent {
  readonly at: Instant;
  readonly urgency: Urgency;
}

/** One credential's calls. */
class Gate {
  /** Null = only what the provider itself asks for is kept. */
  limit: CallLimit | null;
  readonly #clock: Clock;
  /** Those within the window, oldest first. */
  readonly #sent: Sent[] = [];
  readonly #waiting: Readonly<Record<Turn, Set<Waiting>>> = {
    kept: new Set(),
    failover: new Set(),
    background: new Set(),
    preflight: new Set(),
  };
  /** Calls that were let in and are not sent yet. */
  #kept = 0;
  #closedUntil: Instant = Number.NEGATIVE_INFINITY;
  #cancelTimer: (() => void) | null = null;

  constructor(clock: Clock, limit: CallLimit | null) {
    this.#clock = clock;
    this.limit = limit;
  }

  /** True = they are let in; for one that is kept see `kept`. False = the signal aborted first, or `until` has come. */
  enter(turn: Turn, signal: AbortSignal, asked: Asked): Promise<boolean> {
    return new Promise((resolve) => {
      const waiting = this.#waiting[turn];
      const end = (isGranted: boolean) => {
        waiting.delete(one);
        signal.removeEventListener('abort', giveUp);
        cancelUntil();
        resolve(isGranted);
      };
      const one = { ...asked, end };
      const giveUp = () => {
        end(false);
        this.#serve(); // a failover that gives up holds no background call back
      };
      waiting.add(one);
      signal.addEventListener('abort', giveUp, { once: true });
      const cancelUntil = this.#at(asked.until ?? Number.POSITIVE_INFINITY, giveUp);
      this.#serve();
    });
  }

  #at(instant: Instant, action: () => void): () => void {
    return instant === Number.POSITIVE_INFINITY ? () => {} : this.#clock.after(instant - this.#clock.now(), action);
  }

  /** So many that were let in to be sent later, together. */
  kept(calls: number): KeptCall {
    let isOpen = true;
    return {
      use: async (signal, until) => {
        if (!isOpen || signal.aborted || Math.max(this.#clock.now(), this.#closedUntil) > until) return false;
        isOpen = false;
        isOpen = !(await this.enter('kept', signal, { calls: 0, kept: -calls, until }));
        return !isOpen;
      },
      release: () => {
        if (!isOpen) return;
        isOpen = false;
        this.#kept -= calls;
        this.#serve();
      },
    };
  }

  holdOff(forMs: number): void {
    this.#closedUntil = Math.max(this.#closedUntil, this.#clock.now() + forMs);
    this.#serve();
  }

  isPressed(): boolean {
    if (this.limit === null) return false;
    this.#forgetOld();
    const isWaitedFor = turns.some((turn) => turn !== 'preflight' && this.#waiting[turn].size > 0);
    return isWaitedFor || (this.#sent.length + this.#kept) * 2 > this.limit.calls;
  }

  /** Lets in whoever may go now, and comes back when the next one may. */
  #serve(): void {
    this.#cancelTimer?.();
    this.#forgetOld();
    let next = this.#next();
    for (; next !== null && next.freeAt === null; next = this.#next()) this.#letIn(next);
    // Infinite: until a kept call is sent or spared.
    this.#cancelTimer = next === null ? null : this.#at(next.freeAt ?? 0, () => this.#serve());
  }

  /**
   * Who goes next; null = nobody waits. The first in turn holds back all behind it, but a background call no preflight: what it may not use
   * for its share alone is left for that. Those that it would be too late for are sent away.
   */
  #next(): Next | null {
    let first: Next | null = null;
    for (const turn of turns) {
      for (const one of this.#waiting[turn]) {
        const freeAt = this.#freeAt(turn, one.calls);
        if (this.#isTooLate(turn, one, freeAt)) {
          one.end(false);
          continue;
        }
        const next = { turn, one, freeAt };
        if (freeAt === null) return next;
        if (first === null || freeAt < (first.freeAt ?? 0)) first = next;
        if (turn !== 'background') return first;
        break;
      }
    }
    return first;
  }

  /** A place that is kept may be free again any moment: while there is one, whoever has a limit waits for that. */
  #isTooLate(turn: Turn, { until = Number.POSITIVE_INFINITY }: Waiting, freeAt: Instant | null): boolean {
    return freeAt !== null && freeAt > until && (turn === 'kept' || this.#kept === 0);
  }

  #letIn({ turn, one: { calls, kept, end } }: Next): void {
    const sent: Sent = { at: this.#clock.now(), urgency: turn === 'kept' ? 'failover' : turn };
    for (let left = calls - kept; left > 0; left -= 1) this.#sent.push(sent);
    this.#kept += kept;
    end(true);
  }

  /** When so many calls may be sent; null = now, infinite = not before a kept one is. A limit below them would let nobody in, ever. */
  #freeAt(turn: Turn, calls: number): Instant | null {
    const freeAt = turn === 'kept' ? this.#closedUntil : Math.max(this.#closedUntil, this.#roomAt(turn, calls));
    return freeAt > this.#clock.now() ? freeAt : null;
  }

  #roomAt(urgency: Urgency, calls: number): Instant {
    const { limit } = this;
    if (limit === null) return Number.NEGATIVE_INFINITY;
    const ofAll = this.#expiryThatMakesRoom(this.#sent, Math.max(calls, limit.calls) - this.#kept, calls);
    if (urgency === 'failover') return ofAll;
    const together = mostOf(limit, 'background');
    const ofCalm = Math.max(ofAll, this.#calmFreeAt(['background', 'preflight'], calls, together));
    if (urgency === 'background' && this.#waiting.preflight.size === 0) return ofCalm;
    const ofPreflights = mostOf(limit, 'preflight');
    const ofOwn = urgency === 'preflight' ? ofPreflights : together - ofPreflights;
    return Math.max(ofCalm, this.#calmFreeAt([urgency], calls, ofOwn));
  }

  /** When these, together, are so few that the calls fit into what they are allowed. */
  #calmFreeAt(urgencies: readonly Urgency[], calls: number, allowed: number): Instant {
    const sent = this.#sent.filter((one) => urgencies.includes(one.urgency));
    return this.#expiryThatMakesRoom(sent, Math.max(calls, allowed), calls);
  }

  #expiryThatMakesRoom(sent: readonly Sent[], allowed: number, calls: number): Instant {
    const tooMany = sent.length + calls - allowed;
    if (tooMany <= 0) return Number.NEGATIVE_INFINITY;
    const inTheWay = sent[tooMany - 1];
    return inTheWay === undefined ? Number.POSITIVE_INFINITY : this.#expiryOf(inTheWay);
  }

  /** A millisecond later than the window's length, so that a call at both of its ends is never one too many. */
  #expiryOf({ at }: Sent): Instant {
    return at + (this.limit?.perMs ?? Number.NEGATIVE_INFINITY) + 1;
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
