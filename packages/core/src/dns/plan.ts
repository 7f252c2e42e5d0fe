import type { ErrorDetails } from '../errors/app-error.ts';
import type { ErrorCode } from '../errors/catalogue.ts';
import type { InstanceId, PoolId, PromotionId } from '../ids.ts';
import { formatMark, isPastOurs } from './mark.ts';
import type { Ipv4, Mark, RecordRef, RecordView, ReplaceRequest } from './record.ts';

/*
 * The first that holds, from what was read just before (R17):
 *
 *   CNAME at the name                                   | refuse dns_cname_in_the_way
 *   mark of a newer epoch of this pool, or of another promotion's same one | refuse dns_epoch_superseded, taken over or not (R16, R25)
 *   another control plane's or unreadable mark          | refuse dns_foreign_mark, unless takeOver
 *   mark of another pool of ours                        | refuse record_not_ours, unless takeOver
 *   another value without a mark, never written by us   | refuse record_not_ours, unless takeOver
 *   exactly the address, TTL and mark that are desired  | nothing
 *   else                                                | replace, conditional on what was read (R18)
 *
 * A drifted value on a record of ours does not block: the decision is fresh, the value is not (R18).
 */

/** What one managed name shall hold, and what its provider holds now. */
export interface PublishWish {
  readonly ref: RecordRef;
  readonly view: RecordView;
  readonly address: Ipv4;
  /** The effective TTL: the wish, raised to the provider's floor. */
  readonly ttlSeconds: number;
  readonly epoch: number;
  /** That made the epoch. */
  readonly promotion: PromotionId;
  readonly instance: InstanceId;
  readonly pool: PoolId;
  /** We wrote this name before: a missing mark is drift, or a credential without the right to write one. */
  readonly managed: boolean;
  /** False for a credential that cannot write marks (R18, `value-only`); default true. */
  readonly canMark?: boolean;
  /** A person's explicit yes to a record that is not ours. */
  readonly takeOver?: boolean;
}

/** What the publisher does next with one name. */
export type PublishPlan =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'replace'; readonly request: ReplaceRequest }
  | { readonly kind: 'refuse'; readonly code: ErrorCode; readonly details: ErrorDetails };

/** Plans one write, to be made right after the read it was planned from. Idempotent: planned again after it, it is `nothing`. */
export function planPublish(wish: PublishWish): PublishPlan {
  const refusal = refusalOf(wish);
  if (refusal !== null) return refusal;
  if (isAsWished(wish)) return { kind: 'nothing' };
  const { ref, view, address, ttlSeconds } = wish;
  return { kind: 'replace', request: { ref, expected: view, next: { address, ttlSeconds }, mark: markOf(wish) } };
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
  const isUnknown = mark.kind === 'none' && view.rrset !== null && !wish.managed && !holdsOnly(view, wish.address);
  if (isOtherPools || isUnknown) {
    return refuse('record_not_ours', { name: ref.name, addresses: view.rrset?.addresses ?? [] });
  }
  return null;
}

function isAsWished(wish: PublishWish): boolean {
  const { rrset, mark } = wish.view;
  if (!holdsOnly(wish.view, wish.address) || rrset?.ttlSeconds !== wish.ttlSeconds) return false;
  if (wish.canMark === false) return true;
  return mark.kind === 'ours' && mark.mark.pool === wish.pool && mark.mark.epoch === wish.epoch;
}

function holdsOnly({ rrset }: RecordView, address: Ipv4): boolean {
  return rrset?.addresses.length === 1 && rrset.addresses[0] === address;
}

function markOf({ instance, pool, epoch, promotion }: PublishWish): Mark {
  return { instance, pool, epoch, promotion };
}

function refuse(code: ErrorCode, details: ErrorDetails): PublishPlan {
  return { kind: 'refuse', code, details };
}
