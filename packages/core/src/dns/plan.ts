import { AppError, type ErrorDetails } from '../errors/app-error.ts';
import type { ErrorCode } from '../errors/catalogue.ts';
import type { InstanceId, PoolId, PromotionId } from '../ids.ts';
import { recordTypeOf } from './address.ts';
import { formatMark, isPastOurs } from './mark.ts';
import type { Ipv4, Ipv6, Mark, RecordRef, RecordView, WriteRequest } from './record.ts';

/*
 * The first that holds, from what was read just before (R17):
 *
 *   CNAME at the name                                   | refuse dns_cname_in_the_way
 *   mark of a newer epoch of this pool, or of another promotion's same one | refuse dns_epoch_superseded, taken over or not (R16, R25)
 *   another control plane's or unreadable mark          | refuse dns_foreign_mark, unless takeOver
 *   mark of another pool of ours                        | refuse record_not_ours, unless takeOver
 *   another value without a mark, never written by us   | refuse record_not_ours, unless takeOver
 *   the same under our mark, which the other family's record may have brought, and no member's | the same
 *   exactly the address, TTL, proxied and mark desired  | nothing
 *   no address is desired, and no record is there       | nothing
 *   no address is desired                               | write: withdraw the AAAA (R20)
 *   else                                                | write: replace, conditional on what was read (R18)
 *
 * A drifted value on a record of ours does not block: the decision is fresh, the value is not (R18).
 */

/** What one managed name shall hold, and what its provider holds now. */
export interface PublishWish {
  readonly ref: RecordRef;
  readonly view: RecordView;
  /** Of the family of `ref.type`; null = no record, which only an AAAA can come to (R20, `drop`). */
  readonly address: Ipv4 | Ipv6 | null;
  /** The effective TTL: the wish, raised to the provider's floor. */
  readonly ttlSeconds: number;
  /** Left out = as it is. */
  readonly proxied?: boolean;
  readonly epoch: number;
  /** That made the epoch. */
  readonly promotion: PromotionId;
  readonly instance: InstanceId;
  readonly pool: PoolId;
  /** We wrote this name before: a missing mark is drift, or a credential without the right to write one. */
  readonly managed: boolean;
  /** False for a credential that cannot write marks (R18, `value-only`); default true. */
  readonly canMark?: boolean;
  /** The mark stands for the record of the other family too: by itself it makes no record ours. Default false. */
  readonly sharesMark?: boolean;
  /** With their addresses of the record’s family. */
  readonly members: readonly { readonly address: string | null }[];
  /** A person's explicit yes to a record that is not ours. */
  readonly takeOver?: boolean;
}

/** What the publisher does next with one name. */
export type PublishPlan =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'write'; readonly request: WriteRequest }
  | { readonly kind: 'refuse'; readonly code: ErrorCode; readonly details: ErrorDetails };

/**
 * Plans one write, to be made right after the read it was planned from. Idempotent: planned again after it, it is `nothing`. Throws
 * `internal` for an address of the other family, and for an A without one: neither is ever wished for (R20).
 */
export function planPublish(wish: PublishWish): PublishPlan {
  const refusal = refusalOf(wish);
  if (refusal !== null) return refusal;
  if (isAsWished(wish)) return { kind: 'nothing' };
  return { kind: 'write', request: requestOf(wish) };
}

function requestOf(wish: PublishWish): WriteRequest {
  const { ref, view: expected, address, ttlSeconds, proxied } = wish;
  const { zone, name, type } = ref;
  if (address === null) {
    if (type !== 'AAAA') throw new AppError('internal', { name, because: 'a name shall never be empty (R20)' });
    return { ref: { zone, name, type }, expected, mark: markOf(wish) };
  }
  if (recordTypeOf(address) !== type) throw new AppError('internal', { name, type, address });
  return {
    ref,
    expected,
    next: { address, ttlSeconds, ...(proxied !== undefined && { proxied }) },
    mark: markOf(wish),
  };
}

function refusalOf(wish: PublishWish): PublishPlan | null {
  const { view, ref, epoch } = wish;
  const { mark } = view;
  if (view.cname) return refuse('dns_cname_in_the_way', { name: ref.name });
  if (mark.kind === 'ours' && mark.mark.pool === wish.pool && isPastOurs(mark.mark, wish)) {
    return refuse('dns_epoch_superseded', { name: ref.name, epoch, seen: mark.mark.epoch });
  }
  if (wish.takeOver === true) return null;
  if (mark.kind === 'foreign') return refuse('dns_foreign_mark', { name: ref.name, mark: formatMark(mark.mark) });
  if (mark.kind === 'unreadable') return refuse('dns_foreign_mark', { name: ref.name, mark: mark.text });
  const isOtherPools = mark.kind === 'ours' && mark.mark.pool !== wish.pool;
  if (isOtherPools || isUnknown(wish)) {
    return refuse('record_not_ours', { name: ref.name, addresses: view.rrset?.addresses ?? [] });
  }
  return null;
}

/** Another value that nothing shows to be ours. What a member holds under a shared mark may be a write of ours whose reply was lost. */
function isUnknown({ view, address, managed, sharesMark = false, members }: PublishWish): boolean {
  if (view.rrset === null || managed || holdsOnly(view, address)) return false;
  if (view.mark.kind === 'none') return true;
  const isMembers = (held: string) => members.some((member) => member.address === held);
  return sharesMark && !view.rrset.addresses.every(isMembers);
}

function isAsWished(wish: PublishWish): boolean {
  const { rrset, mark, proxied = false } = wish.view;
  if (wish.address === null) return rrset === null;
  if (!holdsOnly(wish.view, wish.address) || rrset?.ttlSeconds !== wish.ttlSeconds) return false;
  if (wish.proxied !== undefined && wish.proxied !== proxied) return false;
  if (wish.canMark === false) return true;
  return mark.kind === 'ours' && mark.mark.pool === wish.pool && mark.mark.epoch === wish.epoch;
}

function holdsOnly({ rrset }: RecordView, address: PublishWish['address']): boolean {
  return rrset?.addresses.length === 1 && rrset.addresses[0] === address;
}

function markOf({ instance, pool, epoch, promotion }: PublishWish): Mark {
  return { instance, pool, epoch, promotion };
}

function refuse(code: ErrorCode, details: ErrorDetails): PublishPlan {
  return { kind: 'refuse', code, details };
}
