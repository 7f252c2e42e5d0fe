import {
  classifyDrift,
  coversMark,
  type DnsProvider,
  type Drift,
  type ErrorCode,
  type ErrorDetails,
  formatMark,
  type InstanceId,
  type MemberId,
  mayWrite,
  planPublish,
  type RecordRef,
  type RecordView,
  secondMs,
  type WriteRequest,
} from '@serverctl/core';
import { answerWords } from './answer-sheet.ts';
import type { Binding, DesiredRecord, Pause, PoolWithMembers } from './ports.ts';

/*
 * What one read of a name comes to; the first that holds:
 *
 *   refused by the plan, and a foreign mark or a newer epoch | pause (R21, R25). A foreign one never under a person's yes to that very mark
 *   refused by the plan otherwise: CNAME, not ours           | blocked, until a person changes it there
 *   as wished                                                | settled
 *   the pool is paused (R13), and nothing was written yet    | waits, without a word: nobody has changed anything
 *   the pool is paused (R13)                                 | left, unless the epoch came after the pause and is not acknowledged yet
 *   acknowledged, and another member's address since         | left: adopted or repaired by a person (R21), unless it never went away
 *   else                                                     | write
 *
 * Another member's address without any mark may also be a late write of ours by a credential that cannot write marks. While one may be
 * under way it is overwritten (I4); afterwards, and where our writes bear marks, it is a person's.
 *
 * A mark that is the other family's too says nothing of this record: where our write was never seen to arrive, and its record answers what
 * it was to replace, the write was lost, and is made again (unseen-write.ts).
 */
export type Step =
  | { readonly kind: 'pause'; readonly pause: Pause; readonly code: ErrorCode; readonly details: ErrorDetails }
  | { readonly kind: 'blocked'; readonly code: ErrorCode; readonly details: ErrorDetails }
  | { readonly kind: 'settled' }
  | { readonly kind: 'waits' }
  | { readonly kind: 'left'; readonly sentence: string }
  | { readonly kind: 'write'; readonly request: WriteRequest };

/** What only a person can change is looked at again after this. */
export const blockedPauseMs = 30 * secondMs;

export interface StepInput {
  readonly wish: DesiredRecord;
  readonly view: RecordView;
  /** Says what a wished TTL comes to. */
  readonly provider: Pick<DnsProvider, 'effectiveTtl'>;
  readonly members: readonly {
    readonly id: MemberId;
    readonly publicIpv4: string | null;
    readonly publicIpv6?: string | null;
  }[];
  readonly instance: InstanceId;
  /** Epoch of the last write of ours that the provider acknowledged; 0 = none. */
  readonly acknowledgedEpoch: number;
  /** False once the provider took a write but not its mark (R18). */
  readonly canMark: boolean;
  /** The mark stands for the name's record of the other family too, and that one is managed (R18). */
  readonly sharesMark: boolean;
  /** A write of ours, or of a loop before us, may still arrive without a mark. */
  readonly mayArriveLate: boolean;
  /** What it answers is what our last write was to replace, and it was never seen to answer anything else since. */
  readonly neverArrived: boolean;
}

export function nextStep(input: StepInput): Step {
  const { wish, view, acknowledgedEpoch } = input;
  const { sharesMark } = input;
  const judged = { ...wishOf(input), members: membersOf(input) };
  const plan = planPublish({ ...judged, managed: acknowledgedEpoch > 0, sharesMark });
  const drift = classifyDrift(judged);
  if (plan.kind === 'refuse') {
    const { code, details } = plan;
    const pause = pauseFor(drift, wish, view);
    return pause === null ? { kind: 'blocked', code, details } : { kind: 'pause', pause, code, details };
  }
  if (plan.kind === 'nothing') return { kind: 'settled' };
  const isAcknowledged = acknowledgedEpoch >= wish.epoch;
  if (wish.pausedEpoch !== null && (isAcknowledged || standsStill(wish))) {
    return acknowledgedEpoch === 0 ? { kind: 'waits' } : left(`${found(view)}; the pool is paused`);
  }
  const isLate = input.mayArriveLate && view.mark.kind === 'none';
  const isLost = sharesMark && input.neverArrived;
  if (drift.kind === 'other-member' && isAcknowledged && !isLate && !isLost) {
    return left(`somebody set it to another member: ${found(view)}, but ${answerWords(wish)} is active`);
  }
  return { kind: 'write', request: plan.request };
}

/** Under the same epoch (R16) of the same promotion (R25), for the same address, and not paused meanwhile (R13). */
export function isSameWish(wish: DesiredRecord, now: DesiredRecord | null): boolean {
  const isSame = now !== null && mayWrite(wish.epoch, now.epoch) && now.address === wish.address;
  const isSamePromotion = isSame && now.promotionId === wish.promotionId;
  return isSamePromotion && now.pausedEpoch === wish.pausedEpoch;
}

export function refOf({ zone, name, type }: Binding): RecordRef {
  return { zone, name, type };
}

/** With their addresses of the name's family. */
function membersOf({ wish, members }: StepInput): Parameters<typeof classifyDrift>[0]['members'] {
  const isIpv6 = wish.binding.type === 'AAAA';
  return members.map(({ id, publicIpv4, publicIpv6 = null }) => ({ id, address: isIpv6 ? publicIpv6 : publicIpv4 }));
}

/** As far as is heard by now: there is no newer epoch (R16), and the pool was not paused since it was wished for (R13, R21). */
export function isStillWanted(
  { epoch, pausedEpoch }: Pick<DesiredRecord, 'epoch' | 'pausedEpoch'>,
  { pool }: Pick<PoolWithMembers, 'pool'>,
): boolean {
  return pool.epoch <= epoch && (pool.paused === null || pausedEpoch !== null);
}

/** The pool was paused under this epoch or a later one: whoever asked for it, it waits for a person to resume (R13). */
export function standsStill({ epoch, pausedEpoch }: DesiredRecord): boolean {
  return pausedEpoch !== null && epoch <= pausedEpoch;
}

/** What is wished for has an epoch that is behind one we had been told before: the database is older than it was (R25). */
export function pauseForFall({ binding, epoch }: DesiredRecord, seen: number): Extract<Step, { kind: 'pause' }> {
  const sentence = `${binding.name} is wished for under epoch ${epoch}, after epoch ${seen} had been there: the database was put back while the control plane ran. ${untilResumed}`;
  const pause = { because: 'newer-epoch', sentence, seenEpoch: seen } as const;
  return { kind: 'pause', pause, code: 'dns_epoch_superseded', details: { name: binding.name, epoch, seen } };
}

function wishOf({ wish, view, provider, instance, canMark }: StepInput) {
  const { binding, address, epoch, promotionId: promotion } = wish;
  const { poolId: pool } = binding;
  // Under a shared mark the other family's record may have been written since the yes.
  const isOwnMark = view.mark.kind === 'ours' && view.mark.mark.pool === pool;
  const takeOver = binding.takeOver !== null && (isOwnMark || coversMark(binding.takeOver, view));
  const proxied = binding.proxied ?? undefined;
  const ttlSeconds = ttlOf(binding, view, provider);
  const common = {
    ref: refOf(binding),
    view,
    address,
    epoch,
    promotion,
    ttlSeconds,
    instance,
    pool,
    canMark,
    takeOver,
  };
  return proxied === undefined ? common : { ...common, proxied };
}

/** What the wished TTL comes to at this provider: never refused, and never another one at each write. */
function ttlOf({ ttlSeconds, proxied }: Binding, view: RecordView, provider: StepInput['provider']): number {
  return provider.effectiveTtl?.(ttlSeconds, proxied ?? view.proxied ?? false) ?? ttlSeconds;
}

function pauseFor(drift: Drift, { binding, epoch }: DesiredRecord, { mark }: RecordView): Pause | null {
  if (drift.kind !== 'newer-epoch' && drift.kind !== 'foreign-mark') return null;
  if (drift.kind === 'newer-epoch') {
    const whose = drift.seen === epoch ? ' of another promotion' : '';
    const sentence = `${binding.name} bears epoch ${drift.seen}${whose} in its mark, the pool is at ${epoch}: the database is older than what it wrote, as after a restore. ${untilResumed}`;
    return { because: 'newer-epoch', sentence, seenEpoch: drift.seen };
  }
  const whose = mark.kind === 'ours' ? 'another pool of ours' : 'another control plane';
  const text =
    mark.kind === 'unreadable' ? mark.text.slice(0, longestQuote) : mark.kind === 'none' ? '' : formatMark(mark.mark);
  const bears = mark.kind === 'unreadable' ? 'bears a mark that is none of ours' : `bears the mark of ${whose}`;
  const sentence = `${binding.name} ${bears} (${text}): somebody else writes there. ${untilResumed}`;
  return { because: 'foreign-mark', sentence, seenEpoch: null };
}

const untilResumed = 'Nothing is written until a person resumes the pool.';

/** What others wrote is quoted, never in full length. */
const longestQuote = 80;

function found({ rrset }: RecordView): string {
  return rrset === null ? 'it has no address' : `it holds ${rrset.addresses.join(', ')}`;
}

function left(because: string): Step {
  return { kind: 'left', sentence: `${because}. Nothing is written.` };
}
