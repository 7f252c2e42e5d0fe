import type { MemberId } from '../ids.ts';
import { addressFor, needsOf } from './addresses.ts';
import type { PoolEvidence } from './evidence.ts';
import { nameOf, shortName } from './explain-parts.ts';

/** That this member would let the AAAA go, as a clause; null = it would not (R20, the pool's setting `drop`). */
export function withdrawalText(evidence: PoolEvidence, to: MemberId): string | null {
  const member = evidence.members.find(({ id }) => id === to);
  if (needsOf(evidence).ipv6 !== 'wanted' || member === undefined || addressFor(member, 'AAAA') !== null) return null;
  return `${shortName(nameOf(evidence, to))} has no IPv6 address: its AAAA goes`;
}
