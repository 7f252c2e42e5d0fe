import {
  AppError,
  formatMark,
  type InstanceId,
  type RecordView,
  type Replaced,
  type WriteRequest,
} from '@serverctl/core';
import type { CallLimit } from '../../../apps/server/src/worker/ports.ts';
import type { AppliedWrite, DnsCall } from './observer.ts';
import type { Stream } from './random.ts';
import type { Timer } from './timer-heap.ts';
import type { WorldClock } from './world-clock.ts';
import { epochIn, type Held, recordKey, type Zone } from './zone.ts';

/*
 * One account at a DNS provider, as its servers treat calls that arrive. Two flavours:
 *
 *   conditional   RFC 2136: record and mark are compared with what the request expects and replaced in one step at the server, whenever it
 *                 comes to that; a write that comes late meets the newer mark and changes nothing
 *   plain         the caller reads, compares and then writes without a condition: a write that comes late overwrites what is there
 *
 * Faults are drawn for each call while a fault plan is in force; what they do to an honest write is said at `Trouble`.
 */

export type Flavour = 'conditional' | 'plain';

/** What may become of one write. Of a read, which has no effect: `error` and `no-answer` alone. */
export type Trouble =
  /** Nothing happens, an error comes back. */
  | 'error'
  /** It takes effect, an error comes back. */
  | 'error-after'
  /** Nothing happens and no answer comes. */
  | 'no-answer'
  /** It takes effect, and no answer comes. */
  | 'answer-lost'
  /** It takes effect up to ten minutes later, without an answer. */
  | 'late'
  /** Acknowledged, and nothing happens. */
  | 'lie';

export interface FaultPlan {
  /** The share of calls that it meets. */
  readonly share: number;
  readonly troubles: readonly Trouble[];
  /** Reads go well. */
  readonly writesOnly?: boolean;
}

export interface Account {
  readonly credentialId: string;
  readonly flavour: Flavour;
  readonly zone: Zone;
  readonly limit: CallLimit | null;
  /** It carries so many names of its zone in one write; null = one at a time (R22). */
  readonly together: number | null;
  /** Milliseconds that a call takes at the provider. */
  readonly workMs: number;
  plan: FaultPlan | null;
  revoked: boolean;
  down: boolean;
  /** Calls in the present window are used up by somebody else. */
  exhausted: boolean;
}

export type Answer<T> = { readonly ok: T } | { readonly error: AppError };

/** One write, and the call that it is noted as. */
export interface Asked {
  readonly request: WriteRequest;
  readonly call: DnsCall;
  /** Of its pool, as its process knows it when it is sent with others. */
  readonly knownEpoch?: number | null;
}

export interface ProviderEvents {
  readonly applied: (write: AppliedWrite) => void;
  readonly rejected: (call: DnsCall) => void;
}

const longestLateMs = 600_000;
const fencedBy = 'record-and-mark';

/** The provider's side of an account. */
export class ProviderServer {
  readonly account: Account;
  readonly #clock: WorldClock;
  readonly #random: Stream;
  readonly #instance: InstanceId;
  readonly #events: ProviderEvents;
  #calls: number[] = [];
  readonly #late = new Set<Timer>();

  constructor(
    account: Account,
    parts: { clock: WorldClock; random: Stream; instance: InstanceId; events: ProviderEvents },
  ) {
    this.account = account;
    this.#clock = parts.clock;
    this.#random = parts.random;
    this.#instance = parts.instance;
    this.#events = parts.events;
  }

  /** A read of one name or of many that has arrived: one call. */
  read(keys: readonly string[], answer: (answer: Answer<readonly RecordView[]>) => void): void {
    const refusal = this.#refusal();
    if (refusal !== null) return void answer({ error: refusal });
    const trouble = this.account.plan?.writesOnly === true ? null : this.#trouble();
    this.#clock.schedule(this.account.workMs, () => {
      if (this.account.down || trouble === 'no-answer' || trouble === 'answer-lost' || trouble === 'late') return;
      if (trouble === 'error' || trouble === 'error-after')
        return answer({ error: new AppError('dns_server_failure') });
      answer({ ok: keys.map((key) => this.account.zone.view(key, this.#instance)) });
    });
  }

  /**
   * Conditional or unconditional writes that have arrived in one call: what becomes of it becomes of all. `isOver` says whether its caller
   * has stopped waiting.
   */
  write(
    writes: readonly Asked[],
    isOver: () => boolean,
    answer: (answer: Answer<readonly Answer<Replaced>[]>) => void,
  ): void {
    const refusal = this.#refusal();
    if (refusal !== null) return void answer({ error: refusal });
    const trouble = this.#trouble();
    const { workMs } = this.account;
    const waitMs = trouble === 'late' ? workMs + this.#random.between(5_000, longestLateMs) : workMs;
    const timer = this.#clock.schedule(waitMs, () => {
      this.#late.delete(timer);
      this.#carryOut(writes, isOver, answer, trouble);
    });
    if (trouble === 'late') this.#late.add(timer);
  }

  /** Whatever is still to be applied late is applied now. */
  settle(): void {
    for (const timer of this.#late) {
      timer.action?.();
      timer.action = null;
    }
  }

  /** The caller compared for itself, and writes nothing. */
  reject(call: DnsCall): void {
    this.#events.rejected(call);
  }

  #carryOut(
    writes: readonly Asked[],
    isOver: () => boolean,
    answer: (answer: Answer<readonly Answer<Replaced>[]>) => void,
    trouble: Trouble | null,
  ): void {
    if (this.account.down && trouble !== 'late') return;
    if (trouble === 'error') return void answer({ error: new AppError('dns_server_failure') });
    if (trouble === 'no-answer') return;
    if (trouble === 'lie') return void answer({ ok: writes.map(() => ({ ok: { outcome: 'written', fencedBy } })) });
    const isLate = isOver() || trouble === 'late';
    const results = writes.map((asked) => this.#apply(asked, isLate));
    if (trouble === 'answer-lost' || trouble === 'late') return;
    if (trouble === 'error-after') return void answer({ error: new AppError('dns_server_failure') });
    answer({ ok: results });
  }

  #apply({ request, call, knownEpoch = null }: Asked, late: boolean): Answer<Replaced> {
    const { ref, expected, mark } = request;
    const { zone, flavour } = this.account;
    const key = recordKey(ref);
    const before = zone.get(key);
    const wished = heldAfter(request, before, flavour);
    if (flavour === 'conditional' && isSame(before, wished)) return { ok: { outcome: 'already', fencedBy } };
    if (flavour === 'conditional' && !sameView(zone.view(key, this.#instance), expected)) {
      this.#events.rejected(call);
      return { error: new AppError('dns_rrset_drifted') };
    }
    zone.put(key, wished);
    this.#events.applied({
      call,
      flavour,
      epoch: mark.epoch,
      address: wished.addresses[0] ?? null,
      epochBefore: epochIn(before.text, this.#instance, mark.pool),
      addressesBefore: before.addresses,
      late,
      knownEpoch,
    });
    return { ok: { outcome: 'written', fencedBy } };
  }

  /** Counts the call; the limit is the provider's own window, whoever calls. */
  #refusal(): AppError | null {
    const { limit, revoked, exhausted } = this.account;
    if (revoked) return new AppError('dns_not_allowed');
    if (limit === null) return null;
    const now = this.#clock.now();
    this.#calls = this.#calls.filter((at) => now - at < limit.perMs);
    if (exhausted) return new AppError('dns_rate_limited', { retryAfterSeconds: 30 });
    if (this.#calls.length >= limit.calls) {
      const freeInMs = (this.#calls[0] ?? now) + limit.perMs - now;
      return new AppError('dns_rate_limited', { retryAfterSeconds: Math.ceil(freeInMs / 1_000) });
    }
    this.#calls.push(now);
    return null;
  }

  #trouble(): Trouble | null {
    const { plan } = this.account;
    return plan !== null && this.#random.chance(plan.share) ? this.#random.pick(plan.troubles) : null;
  }
}

/** A withdrawal leaves no address; a mark beside the name stays, one in the record goes with it. */
function heldAfter(request: WriteRequest, { ttlSeconds }: Held, flavour: Flavour): Held {
  const text = formatMark(request.mark);
  if (!('next' in request)) return { addresses: [], ttlSeconds, text: flavour === 'conditional' ? text : null };
  return { addresses: [request.next.address], ttlSeconds: request.next.ttlSeconds, text };
}

function isSame(left: Held, right: Held): boolean {
  return (
    left.addresses.join() === right.addresses.join() && left.text === right.text && left.ttlSeconds === right.ttlSeconds
  );
}

/** Whether two views agree in all that a write is conditional on; the TTL is not (RFC 2136 section 2.4.2). */
export function sameView(left: RecordView, right: RecordView): boolean {
  const text = ({ rrset, mark, cname }: RecordView) => {
    const marked = 'mark' in mark ? formatMark(mark.mark) : mark.kind === 'unreadable' ? `? ${mark.text}` : '';
    return JSON.stringify([[...(rrset?.addresses ?? [])].sort(), marked, cname]);
  };
  return text(left) === text(right);
}
