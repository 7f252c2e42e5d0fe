import {
  type Instant,
  minuteMs,
  type PromotionId,
  type RecordView,
  type Replaced,
  secondMs,
  type WriteRequest,
} from '@serverctl/core';
import type { Random } from '../platform/random.ts';
import { spread } from './back-off.ts';
import type { DesiredRecord, LeaseFence } from './ports.ts';
import type { AcknowledgedWrite } from './publication-log.ts';
import { UnseenWrite } from './unseen-write.ts';
import { viewAfter } from './view-after.ts';

/*
 * How far one name has come, under one lease. Nothing of it is a plan: every pass asks the store and the provider anew (R17). It knows
 *
 *   which epoch the last pass was for, which one we sent a write under, which one the provider acknowledged
 *   what the provider was last known to hold, and since when
 *   for how long a write may still arrive late: 15 min from our last one, or from the day we began to lead, since a loop before us may
 *   have sent one at its end
 *
 * An epoch that falls, or that another promotion has by now, is a database that was put back under us (R25): nothing that was known of
 * its epochs holds any more, and what was the greatest of them is to be told.
 */

const freshMs = 15 * minuteMs;
const freshReconcileMs = 30 * secondMs;
const calmReconcileMs = 10 * minuteMs;
/** R22: how old the last view may be for the read before a write to be spared. */
const recentMs = minuteMs;

type ReplacedTtls = Pick<AcknowledgedWrite, 'previousTtlSeconds' | 'oldAnswerTtlSeconds'>;
const unreplaced: ReplacedTtls = { previousTtlSeconds: null, oldAnswerTtlSeconds: null };

interface BeforeSend {
  readonly sentEpoch: number;
  readonly freshSince: Instant;
  readonly replaced: ReplacedTtls;
}

export class Progress {
  readonly unseen = new UnseenWrite();
  failures = 0;
  drifts = 0;
  /** Of the record that the write which is not verified yet replaced; null = clients saw none, or nobody knows. */
  #previousTtlSeconds: number | null = null;
  /** Of the first one under this epoch that answered something else: a new TTL, say, replaces no answer. Null = none, or nobody knows. */
  #oldAnswerTtlSeconds: number | null = null;
  /** Named by the provider: no call before it. */
  notBefore: Instant = Number.NEGATIVE_INFINITY;
  #epoch = 0;
  #acknowledgedEpoch = 0;
  /** The greatest one under which a write may have reached the provider, by us or by a loop before us. */
  #sentEpoch = 0;
  /** As they were before the last write was sent. */
  #beforeSend: BeforeSend = { sentEpoch: 0, freshSince: Number.NEGATIVE_INFINITY, replaced: unreplaced };
  #blockedEpoch = 0;
  #owesRepair = false;
  #fallenFrom: number | null = null;
  #promotionId: PromotionId | null = null;
  #term = 0;
  #freshSince: Instant = Number.NEGATIVE_INFINITY;
  #view: { readonly view: RecordView; readonly at: Instant } | null = null;
  #addresses: readonly string[] | null = null;
  #isProxied = false;
  /** The name's settings when it was last as wished. */
  #settledAs: string | null = null;
  #fencedBy: Replaced['fencedBy'] | null = null;
  /** Our last write under the present lease was acknowledged with its mark. */
  #bearsMarks = false;

  get epoch(): number {
    return this.#epoch;
  }

  /** Of the last pass. */
  get term(): number {
    return this.#term;
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

  /** The name is known to be wrong, or a write of ours is open: it goes before what is only looked at (R22), over terms of the lease too. */
  get isUrgent(): boolean {
    return !this.isAcknowledged || this.#owesRepair;
  }

  /** The greatest epoch that was there before the database was put back, until somebody was told or it is passed; null = nothing to tell. */
  get fallenFrom(): number | null {
    return this.#fallenFrom;
  }

  /** What the provider holds as far as we know; null while that is open. */
  get view(): RecordView | null {
    return this.#view?.view ?? null;
  }

  /** Of the record at the provider as far as we know, also where it went by a write of ours; null while that is open. */
  get addresses(): readonly string[] | null {
    return this.#addresses;
  }

  /** The provider's edge answered in its place when it was last known. */
  get isProxied(): boolean {
    return this.#isProxied;
  }

  /** Notes what is wished for now. True when it is of another epoch than before: whatever was going on under the old one is over. */
  turnTo({ epoch, promotionId, binding }: DesiredRecord, { term }: LeaseFence, now: Instant): boolean {
    const isNewTerm = term !== this.#term;
    const ledByOthers = term !== this.#term + 1; // else nobody had the lease since ours ended
    const isOther = epoch !== this.#epoch || promotionId !== this.#promotionId;
    const isFall = isOther && epoch <= this.#epoch;
    this.#term = term;
    if (isFall) {
      this.#fallenFrom = Math.max(this.#epoch, this.#fallenFrom ?? 0);
      this.#acknowledgedEpoch = 0;
      this.#sentEpoch = 0;
    } else if (epoch > (this.#fallenFrom ?? 0)) this.#fallenFrom = null;
    this.#acknowledgedEpoch = Math.max(this.#acknowledgedEpoch, binding.publishedEpoch);
    if (isNewTerm || isFall) this.#knowNothing(epoch, now);
    if ((isNewTerm && ledByOthers) || isFall) this.unseen.seen(); // another loop may have written since
    if (!isOther) return false;
    this.#epoch = epoch;
    this.#promotionId = promotionId;
    this.failures = 0;
    this.drifts = 0;
    this.#previousTtlSeconds = null;
    this.#oldAnswerTtlSeconds = null;
    return true;
  }

  /** What was done before, by whom, is not known: what is not acknowledged may have been sent. */
  #knowNothing(epoch: number, now: Instant): void {
    this.#freshSince = now;
    this.#forget();
    this.#bearsMarks = false;
    if (this.#acknowledgedEpoch < epoch) this.#sentEpoch = epoch;
  }

  /** The pool was paused for what it has fallen from. */
  toldOfFall(): void {
    this.#fallenFrom = null;
  }

  read(view: RecordView, now: Instant): void {
    this.#know(view, now);
    this.unseen.read(view);
    this.#blockedEpoch = 0;
  }

  /** What the writes of this epoch replaced. */
  get replaced(): ReplacedTtls {
    return { previousTtlSeconds: this.#previousTtlSeconds, oldAnswerTtlSeconds: this.#oldAnswerTtlSeconds };
  }

  /** It is being verified: the next write replaces what this one left. */
  verifies(): void {
    this.#previousTtlSeconds = null;
  }

  /** Right before it is sent: from here on it may arrive at any time. */
  sends(request: WriteRequest, now: Instant): void {
    const { rrset, proxied } = request.expected;
    this.#beforeSend = { sentEpoch: this.#sentEpoch, freshSince: this.#freshSince, replaced: this.replaced };
    // Behind a provider's edge no client ever saw the old address.
    if (!proxied) this.#replaces(rrset, 'next' in request ? request.next.address : null);
    this.unseen.sends(request);
    this.#owesRepair = true;
    this.#sentEpoch = this.#epoch;
    this.#freshSince = now;
    this.#forget();
  }

  #replaces(rrset: RecordView['rrset'], next: string | null): void {
    if (rrset === null) return;
    this.#previousTtlSeconds ??= rrset.ttlSeconds;
    if (rrset.addresses.some((address) => address !== next)) this.#oldAnswerTtlSeconds ??= rrset.ttlSeconds;
  }

  /** The last write came to nothing, beyond doubt: as if it had never been sent. */
  takesBack(): void {
    const { sentEpoch, freshSince, replaced } = this.#beforeSend;
    this.unseen.takesBack();
    this.#sentEpoch = sentEpoch;
    this.#freshSince = freshSince;
    this.#previousTtlSeconds = replaced.previousTtlSeconds;
    this.#oldAnswerTtlSeconds = replaced.oldAnswerTtlSeconds;
  }

  /**
   * The provider acknowledged: it holds what was written. What stands beside a name whose record went is not known: a mark of its own went
   * with it.
   */
  wrote(request: WriteRequest, fencedBy: Replaced['fencedBy'], now: Instant): void {
    this.#fencedBy = fencedBy;
    this.#bearsMarks = fencedBy === 'record-and-mark';
    if ('next' in request) this.#know(viewAfter(request, fencedBy), now);
    else this.#addresses = [];
  }

  #know(view: RecordView, now: Instant): void {
    this.#view = { view, at: now };
    this.#addresses = view.rrset?.addresses ?? [];
    this.#isProxied = view.proxied ?? false;
  }

  #forget(): void {
    this.#view = null;
    this.#addresses = null;
  }

  /** It differs, and a person says what becomes of it. */
  leaves(): void {
    this.#owesRepair = false;
  }

  /** The provider holds what is wished for, under the present epoch. */
  acknowledge(wish: DesiredRecord): void {
    this.#settledAs = settingsOf(wish);
    this.#owesRepair = false;
    this.failures = 0;
    this.drifts = 0;
    this.#blockedEpoch = 0;
    this.#acknowledgedEpoch = this.#epoch;
  }

  /** It was as wished under this epoch, and the wish is no other since: who changed it was somebody else, and not the person who set it. */
  isChangedByOthers(wish: DesiredRecord): boolean {
    return this.isAcknowledged && (this.#settledAs === null || this.#settledAs === settingsOf(wish));
  }

  failed(): void {
    this.failures += 1;
    this.#forget();
  }

  /** Nothing was written, and nothing will be until something else changes or the provider is back. */
  blocked(): void {
    this.#blockedEpoch = this.#epoch;
  }

  /**
   * No write reached the provider under this epoch, or is open from an earlier one, by nobody, and the name is blocked: it still holds
   * what was acknowledged last. Says no whenever that is not certain.
   */
  isUntouched(epoch: number): boolean {
    const isOpen = this.#sentEpoch > this.#acknowledgedEpoch;
    return !isOpen && this.#epoch === epoch && this.#acknowledgedEpoch < epoch && this.#blockedEpoch === epoch;
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

  /** Such a write, and nothing beside it would say that it is ours (R18). */
  mayArriveUnmarked(now: Instant): boolean {
    return !this.#bearsMarks && this.mayArriveLate(now);
  }

  /** R22. Up to a tenth earlier, never later, while a late write is to be found within 35 s (I4). */
  reconcileInMs(now: Instant, random: Random): number {
    if (this.mayArriveLate(now)) return freshReconcileMs * (1 - random.fraction() / 10);
    return spread(calmReconcileMs, random);
  }
}

function settingsOf({ binding: { ttlSeconds, proxied, credentialId } }: DesiredRecord): string {
  return `${ttlSeconds} ${proxied} ${credentialId}`;
}
