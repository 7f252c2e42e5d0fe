import {
  AppError,
  formatMark,
  type InstanceId,
  type RecordView,
  type Replaced,
  type ReplaceRequest,
} from '@serverctl/core';
import type { CallLimit } from '../../../apps/server/src/worker/ports.ts';
import type { AppliedWrite, DnsCall } from './observer.ts';
import type { Stream } from './random.ts';
import type { Timer } from './timer-heap.ts';
import type { WorldClock } from './world-clock.ts';
import { epochIn, type Zone } from './zone.ts';

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
  /** Milliseconds that a call takes at the provider. */
  readonly workMs: number;
  plan: FaultPlan | null;
  revoked: boolean;
  down: boolean;
  /** Calls in the present window are used up by somebody else. */
  exhausted: boolean;
}

export type Answer<T> = { readonly ok: T } | { readonly error: AppError };

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

  /** A read that has arrived. */
  read(name: string, answer: (answer: Answer<RecordView>) => void): void {
    const refusal = this.#refusal();
    if (refusal !== null) return void answer({ error: refusal });
    const trouble = this.account.plan?.writesOnly === true ? null : this.#trouble();
    this.#clock.schedule(this.account.workMs, () => {
      if (this.account.down || trouble === 'no-answer' || trouble === 'answer-lost' || trouble === 'late') return;
      if (trouble === 'error' || trouble === 'error-after')
        return answer({ error: new AppError('dns_server_failure') });
      answer({ ok: this.account.zone.view(name, this.#instance) });
    });
  }

  /** A conditional or unconditional write that has arrived. `isOver` says whether its caller has stopped waiting. */
  write(
    request: ReplaceRequest,
    call: DnsCall,
    isOver: () => boolean,
    answer: (answer: Answer<Replaced>) => void,
  ): void {
    const refusal = this.#refusal();
    if (refusal !== null) return void answer({ error: refusal });
    const trouble = this.#trouble();
    const { workMs } = this.account;
    const waitMs = trouble === 'late' ? workMs + this.#random.between(5_000, longestLateMs) : workMs;
    const timer = this.#clock.schedule(waitMs, () => {
      this.#late.delete(timer);
      this.#carryOut(request, call, isOver, answer, trouble);
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
    request: ReplaceRequest,
    call: DnsCall,
    isOver: () => boolean,
    answer: (answer: Answer<Replaced>) => void,
    trouble: Trouble | null,
  ): void {
    if (this.account.down && trouble !== 'late') return;
    if (trouble === 'error') return void answer({ error: new AppError('dns_server_failure') });
    if (trouble === 'no-answer') return;
    if (trouble === 'lie') return void answer({ ok: { outcome: 'written', fencedBy } });
    const result = this.#apply(request, call, isOver() || trouble === 'late');
    if (trouble === 'answer-lost' || trouble === 'late') return;
    if (trouble === 'error-after') return void answer({ error: new AppError('dns_server_failure') });
    answer(result);
  }

  #apply({ ref, expected, next, mark }: ReplaceRequest, call: DnsCall, late: boolean): Answer<Replaced> {
    const { zone, flavour } = this.account;
    const before = zone.get(ref.name);
    const text = formatMark(mark);
    const isThere = before.addresses.length === 1 && before.addresses[0] === next.address && before.text === text;
    if (flavour === 'conditional' && isThere && before.ttlSeconds === next.ttlSeconds)
      return { ok: { outcome: 'already', fencedBy } };
    if (flavour === 'conditional' && !sameView(zone.view(ref.name, this.#instance), expected)) {
      this.#events.rejected(call);
      return { error: new AppError('dns_rrset_drifted') };
    }
    zone.put(ref.name, { addresses: [next.address], ttlSeconds: next.ttlSeconds, text });
    this.#events.applied({
      call,
      flavour,
      epoch: mark.epoch,
      address: next.address,
      epochBefore: epochIn(before.text, this.#instance, mark.pool),
      addressesBefore: before.addresses,
      late,
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

/** Whether two views agree in all that a write is conditional on; the TTL is not (RFC 2136 section 2.4.2). */
export function sameView(left: RecordView, right: RecordView): boolean {
  const text = ({ rrset, mark, cname }: RecordView) => {
    const marked = 'mark' in mark ? formatMark(mark.mark) : mark.kind === 'unreadable' ? `? ${mark.text}` : '';
    return JSON.stringify([[...(rrset?.addresses ?? [])].sort(), marked, cname]);
  };
  return text(left) === text(right);
}
