import type { RecordType } from '../dns/record.ts';
import type { Ipv6Policy } from '../pool/pool.ts';
import type { AddressNeeds, MemberEvidence, PoolEvidence } from './evidence.ts';
import type { NotReadyReason } from './judgement.ts';

/*
 * What the managed names ask of a member (PRODUCT.md section 4, *Cases*):
 *
 *   names of the pool               | IPv4   | IPv6
 *   none yet                        | needed | none
 *   A alone                         | needed | none
 *   AAAA alone                      |        | needed: treated as A is (R20)
 *   AAAA beside A, setting drop     | needed | wanted: without one the AAAA goes
 *   AAAA beside A, setting require  | needed | needed
 *
 * Of several names the most that any one asks.
 */

/** A managed name and the type of one record that it has. */
export interface NameAndType {
  readonly name: string;
  readonly type: RecordType;
}

/** What the names ask of whoever is active. */
export function addressNeeds(names: readonly NameAndType[], policy: Ipv6Policy): AddressNeeds {
  const withA = new Set(names.flatMap(({ name, type }) => (type === 'A' ? [name] : [])));
  const aaaa = names.filter(({ type }) => type === 'AAAA');
  const isNeeded = aaaa.some(({ name }) => policy === 'require' || !withA.has(name));
  return {
    ipv4: withA.size > 0 || aaaa.length === 0,
    ipv6: isNeeded ? 'needed' : aaaa.length > 0 ? 'wanted' : 'none',
  };
}

/** What this evidence says that the names ask; that of before names had two families: IPv4. */
export function needsOf({ needs }: Pick<PoolEvidence, 'needs'>): AddressNeeds {
  return needs ?? { ipv4: true, ipv6: 'none' };
}

/** The member's address that a record of this type gets; null = none. */
export function addressFor(
  { publicIpv4, publicIpv6 }: Pick<MemberEvidence, 'publicIpv4' | 'publicIpv6'>,
  type: RecordType,
): string | null {
  return type === 'A' ? publicIpv4 : (publicIpv6 ?? null);
}

type Addressed = Pick<MemberEvidence, 'publicIpv4' | 'publicIpv6'>;

/** Which addresses it lacks that the names need. */
export function missingAddresses(member: Addressed, evidence: Pick<PoolEvidence, 'needs'>): readonly NotReadyReason[] {
  const needs = needsOf(evidence);
  return [
    ...(needs.ipv4 && addressFor(member, 'A') === null ? [{ because: 'no-address' } as const] : []),
    ...(needs.ipv6 === 'needed' && addressFor(member, 'AAAA') === null
      ? [{ because: 'no-ipv6-address' } as const]
      : []),
  ];
}

/** The error for such a lack, where a person chose the member. */
export function lackCode({ because }: Pick<NotReadyReason, 'because'>): 'target_has_no_address' | 'target_has_no_aaaa' {
  return because === 'no-ipv6-address' ? 'target_has_no_aaaa' : 'target_has_no_address';
}
