import { type Instant, minuteMs, type RecordView, type Replaced, type ReplaceRequest, secondMs } from '@serverctl/core';
import type { Random } from '../platform/random.ts';
import { spread } from './back-off.ts';
import type { DesiredRecord, LeaseFence } from './ports.ts';

/*
 * How far one name has come, under one lease. Nothing of it is a plan: every pass asks the store and the provider anew (R17). It knows
 *
 *   which epoch the last pass was for, which one we sent a write under, which one the provider acknowledged
 *   what the provider was last known to hold, and since when
 *   for how long a write may still arrive late: 15 min from our last one, or from the day we began to lead, since a loop before us may
 *   have sent one at its end
 */

const freshMs = 15 * minuteMs;
const freshReconcileMs = 30 * secondMs;
const calmReconcileMs = 10 * minuteMs;
/** R22: how old the last view may be for the read before a write to be spared. */
const recentMs = minuteMs;

export class Progress {
  failures = 0;
  drifts = 0;
  previousTtlSeconds: number | null = null;
  /** Named by the provider: no call before it. */
  notBefore: Instant = Number.NEGATIVE_INFINITY;
  #epoch = 0;
  #acknowledgedEpoch = 0;
  #sentEpoch = 0;
  #blockedEpoch = 0;
  /** The present epoch began under the present lease, before our eyes: nobody else can have sent anything under it. */
  #sawBegin = false;
  #term = 0;
  #freshSince: Instant = Number.NEGATIVE_INFINITY;
  #view: { readonly view: RecordView; readonly at: Instant } | null = null;
  #fencedBy: Replaced['fencedBy'] | null = null;

  get epoch(): number {
    return this.#epoch;
  }

  get acknowledgedEpoch(): number {
    return this.#acknowledgedEpoch;
  }

  /** False once the provider took a write but not its mark (R18). */
  get canMark(): boolean {
    return this.#fencedBy !== 'value-only';
  }

  get isAcknowledged(): boolean {
    return this.#acknowledgedEpoch >= this.#epoch;
  }

  /** What the provider holds as far as we know; null while that is open. */
  get view(): RecordView | null {
    return this.#view?.view ?? null;
  }

  /** Notes what is wished for now. True when it is of another epoch than before: whatever was going on under the old one is over. */
  turnTo({ epoch, binding }: DesiredRecord, { term }: LeaseFence, now: Instant): boolean {
    const isNewTerm = term !== this.#term;
    this.#term = term;
    if (isNewTerm) {
      this.#freshSince = now;
      this.#view = null;
      this.#sawBegin = false;
    }
    this.#acknowledgedEpoch = Math.max(this.#acknowledgedEpoch, binding.publishedEpoch);
    if (epoch === this.#epoch) return false;
    this.#sawBegin = !isNewTerm;
    this.#epoch = epoch;
    this.failures = 0;
    this.drifts = 0;
    this.previousTtlSeconds = null;
    return true;
  }

  read(view: RecordView, now: Instant): void {
    this.#view = { view, at: now };
    this.#blockedEpoch = 0;
  }

  /** Right before a write is sent: from here on it may arrive at any time. */
  sends(now: Instant): void {
    this.#sentEpoch = this.#epoch;
    this.#freshSince = now;
    this.#view = null;
  }

  /** The provider acknowledged: it holds what was written. */
  wrote({ next, mark }: ReplaceRequest, fencedBy: Replaced['fencedBy'], now: Instant): void {
    this.#fencedBy = fencedBy;
    const rrset = { addresses: [next.address], ttlSeconds: next.ttlSeconds };
    const beside = fencedBy === 'value-only' ? { kind: 'none' as const } : { kind: 'ours' as const, mark };
    this.#view = { view: { rrset, mark: beside, cname: false }, at: now };
  }

  /** The provider holds what is wished for, under the present epoch. */
  acknowledge(): void {
    this.failures = 0;
    this.drifts = 0;
    this.#blockedEpoch = 0;
    this.#acknowledgedEpoch = this.#epoch;
  }

  failed(): void {
    this.failures += 1;
    this.#view = null;
  }

  /** Nothing was written, and nothing will be until something else changes or the provider is back. */
  blocked(): void {
    this.#blockedEpoch = this.#epoch;
  }

  /** No write was ever sent under this epoch, by nobody, and the name is blocked. Says no whenever that is not certain. */
  isUntouched(epoch: number): boolean {
    return this.#sawBegin && this.#epoch === epoch && this.#sentEpoch < epoch && this.#blockedEpoch === epoch;
  }

  /**
   * R22: what was read or written within the last minute stands for the read before a write, where the provider itself compares record
   * and mark (R18). Never after a failure: an unknown outcome is read first (R19).
   */
  recentView(now: Instant): RecordView | null {
    if (this.#view === null || this.#fencedBy !== 'record-and-mark' || now - this.#view.at >= recentMs) return null;
    return this.#view.view;
  }

  mayArriveLate(now: Instant): boolean {
    return now - this.#freshSince < freshMs;
  }

  /** R22. Up to a tenth earlier, never later, while a late write is to be found within 35 s (I4). */
  reconcileInMs(now: Instant, random: Random): number {
    if (this.mayArriveLate(now)) return freshReconcileMs * (1 - random.fraction() / 10);
    return spread(calmReconcileMs, random);
  }
}
