import type { MemberId, PoolId } from '../ids.ts';
import type { Ipv4, RecordView } from './record.ts';

/*
 * R21, the first that holds:
 *
 *   CNAME, foreign or unreadable mark, newer epoch  | pause: somebody else writes here
 *   no A record                                     | repair
 *   several addresses, or one that is no member's   | repair
 *   another member's address                        | ask: alerted, adopted or repaired by a person
 *   the desired address, no mark                    | repair the mark (where the credential can write one)
 *   the desired address                             | none
 */

/** How what the provider holds differs from what is desired. */
export type Drift =
  | { readonly kind: 'none' }
  | { readonly kind: 'cname' | 'foreign-mark'; readonly action: 'pause' }
  | { readonly kind: 'newer-epoch'; readonly action: 'pause'; readonly seen: number }
  | { readonly kind: 'missing' | 'mark-missing'; readonly action: 'repair' }
  | { readonly kind: 'not-a-member'; readonly action: 'repair'; readonly addresses: readonly string[] }
  | { readonly kind: 'other-member'; readonly action: 'ask'; readonly memberId: MemberId };

/** What drift is judged by. */
export interface DriftInput {
  readonly view: RecordView;
  readonly address: Ipv4;
  readonly pool: PoolId;
  readonly epoch: number;
  readonly members: readonly { readonly id: MemberId; readonly publicIpv4: string | null }[];
  /** False for a credential that cannot write marks; default true. */
  readonly canMark?: boolean;
}

/** Classifies one managed name's drift (R21). */
export function classifyDrift({ view, address, pool, epoch, members, canMark }: DriftInput): Drift {
  const { mark } = view;
  if (view.cname) return { kind: 'cname', action: 'pause' };
  if (mark.kind === 'foreign' || mark.kind === 'unreadable') return { kind: 'foreign-mark', action: 'pause' };
  if (mark.kind === 'ours' && mark.mark.pool !== pool) return { kind: 'foreign-mark', action: 'pause' };
  if (mark.kind === 'ours' && mark.mark.epoch > epoch)
    return { kind: 'newer-epoch', action: 'pause', seen: mark.mark.epoch };
  const addresses = view.rrset?.addresses ?? [];
  const [only] = addresses;
  if (only === undefined) return { kind: 'missing', action: 'repair' };
  const holder = members.find((member) => member.publicIpv4 === only);
  if (addresses.length > 1) return { kind: 'not-a-member', action: 'repair', addresses };
  if (only === address) {
    return mark.kind === 'none' && canMark !== false ? { kind: 'mark-missing', action: 'repair' } : { kind: 'none' };
  }
  if (holder === undefined) return { kind: 'not-a-member', action: 'repair', addresses };
  return { kind: 'other-member', action: 'ask', memberId: holder.id };
}
