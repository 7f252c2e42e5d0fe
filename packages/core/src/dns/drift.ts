import type { MemberId, PoolId, PromotionId } from '../ids.ts';
import { isPastOurs } from './mark.ts';
import type { Ipv4, Ipv6, RecordView } from './record.ts';

/*
 * R21, the first that holds:
 *
 *   CNAME                                           | block: nothing can be written beside it, and nobody needs to resume once it is gone
 *   mark of a newer epoch of this pool              | pause: the database is older than what it wrote (R25)
 *   mark of this epoch, made by another promotion   | the same: two histories have counted to one number
 *   foreign or unreadable mark, or another pool's   | pause: somebody else writes here
 *   no record, and none is desired (R20, `drop`)    | none
 *   no record                                       | repair
 *   any record, and none is desired                 | repair
 *   several addresses, or one that is no member's   | repair
 *   another member's address, mark of an older epoch | repair: a late write of ours (I4)
 *   another member's address                        | ask: alerted, adopted or repaired by a person
 *   the desired address, no mark                    | repair the mark (where the credential can write one)
 *   the desired address, mark of an older epoch     | repair the mark
 *   the desired address                             | none
 */

/** How what the provider holds differs from what is desired. */
export type Drift =
  | { readonly kind: 'none' }
  | { readonly kind: 'cname'; readonly action: 'block' }
  | { readonly kind: 'foreign-mark'; readonly action: 'pause' }
  | { readonly kind: 'newer-epoch'; readonly action: 'pause'; readonly seen: number }
  | { readonly kind: 'missing' | 'mark-missing' | 'older-epoch'; readonly action: 'repair' }
  | {
      readonly kind: 'not-a-member' | 'not-withdrawn';
      readonly action: 'repair';
      readonly addresses: readonly string[];
    }
  | { readonly kind: 'other-member'; readonly action: 'ask'; readonly memberId: MemberId };

/** What drift is judged by. */
export interface DriftInput {
  readonly view: RecordView;
  /** Null = none: an AAAA that was withdrawn. */
  readonly address: Ipv4 | Ipv6 | null;
  readonly pool: PoolId;
  readonly epoch: number;
  /** That made the epoch. */
  readonly promotion: PromotionId;
  /** With their addresses of the record’s family. */
  readonly members: readonly { readonly id: MemberId; readonly address: string | null }[];
  /** False for a credential that cannot write marks; default true. */
  readonly canMark?: boolean;
}

/** Classifies one managed name's drift (R21). */
export function classifyDrift(input: DriftInput): Drift {
  const { view, pool, epoch } = input;
  const { mark } = view;
  if (view.cname) return { kind: 'cname', action: 'block' };
  if (mark.kind === 'foreign' || mark.kind === 'unreadable') return { kind: 'foreign-mark', action: 'pause' };
  if (mark.kind === 'none') return classifyValue(input, input.canMark === false ? 'current' : 'none');
  if (mark.mark.pool !== pool) return { kind: 'foreign-mark', action: 'pause' };
  if (isPastOurs(mark.mark, input)) return { kind: 'newer-epoch', action: 'pause', seen: mark.mark.epoch };
  return classifyValue(input, mark.mark.epoch < epoch ? 'older' : 'current');
}

/** Judges the addresses on a name that nobody else claims. */
function classifyValue({ view, address, members }: DriftInput, mark: 'none' | 'older' | 'current'): Drift {
  const addresses = view.rrset?.addresses ?? [];
  const [only] = addresses;
  if (only === undefined) return address === null ? { kind: 'none' } : { kind: 'missing', action: 'repair' };
  if (address === null) return { kind: 'not-withdrawn', action: 'repair', addresses };
  const holder = members.find((member) => member.address === only);
  const isEligible = addresses.length === 1 && (only === address || holder !== undefined);
  if (!isEligible) return { kind: 'not-a-member', action: 'repair', addresses };
  if (mark === 'older') return { kind: 'older-epoch', action: 'repair' };
  if (only !== address && holder !== undefined) return { kind: 'other-member', action: 'ask', memberId: holder.id };
  return mark === 'none' ? { kind: 'mark-missing', action: 'repair' } : { kind: 'none' };
}
