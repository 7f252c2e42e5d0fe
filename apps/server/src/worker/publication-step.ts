import {
  classifyDrift,
  type Drift,
  type DriftInput,
  type ErrorCode,
  type ErrorDetails,
  formatMark,
  type InstanceId,
  planPublish,
  type RecordRef,
  type RecordView,
  type ReplaceRequest,
  secondMs,
} from '@serverctl/core';
import type { Binding, DesiredRecord, Pause } from './ports.ts';

/*
 * What one read of a name comes to; the first that holds:
 *
 *   refused by the plan, and a foreign mark or a newer epoch | pause (R21, R25). A foreign one never under a person's yes to take it over
 *   refused by the plan otherwise: CNAME, not ours           | blocked, until a person changes it there
 *   as wished                                                | settled
 *   the pool is paused (R13), and nothing was written yet    | waits, without a word: nobody has changed anything
 *   the pool is paused (R13)                                 | left, unless the epoch came after the pause and is not acknowledged yet
 *   acknowledged, and another member's address since         | left: adopted or repaired by a person (R21)
 *   else                                                     | write
 *
 * Another member's address without any mark may also be a late write of ours by a credential that cannot write marks. While one may be
 * under way it is overwritten (I4); afterwards, and where our writes bear marks, it is a person's.
 */
export type Step =
  | { readonly kind: 'pause'; readonly pause: Pause; readonly code: ErrorCode; readonly details: ErrorDetails }
  | { readonly kind: 'blocked'; readonly code: ErrorCode; readonly details: ErrorDetails }
  | { readonly kind: 'settled' }
  | { readonly kind: 'waits' }
  | { readonly kind: 'left'; readonly sentence: string }
  | { readonly kind: 'write'; readonly request: ReplaceRequest };

/** What only a person can change is looked at again after this. */
export const blockedPauseMs = 30 * secondMs;

export interface StepInput {
  readonly wish: DesiredRecord;
  readonly view: RecordView;
  readonly members: DriftInput['members'];
  readonly instance: InstanceId;
  /** Epoch of the last write of ours that the provider acknowledged; 0 = none. */
  readonly acknowledgedEpoch: number;
  /** False once the provider took a write but not its mark (R18). */
  readonly canMark: boolean;
  /** A write of ours, or of a loop before us, may still arrive without a mark. */
  readonly mayArriveLate: boolean;
}

export function nextStep(input: StepInput): Step {
  const { wish, view, acknowledgedEpoch } = input;
  const plan = planPublish({ ...wishOf(input), managed: acknowledgedEpoch > 0 });
  const drift = classifyDrift({ ...wishOf(input), members: input.members });
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
  if (drift.kind === 'other-member' && isAcknowledged && !isLate) {
    return left(`somebody set it to another member: ${found(view)}, but ${wish.address} is active`);
  }
  return { kind: 'write', request: plan.request };
}

export function refOf({ zone, name }: Binding): RecordRef {
  return { zone, name, type: 'A' };
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

function wishOf({ wish, view, instance, canMark }: StepInput) {
  const { binding, address, epoch, promotionId: promotion } = wish;
  const { poolId: pool, ttlSeconds, takeOver } = binding;
  return { ref: refOf(binding), view, address, epoch, promotion, ttlSeconds, instance, pool, canMark, takeOver };
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
