import type { MemberId } from '../ids.ts';
import { addressFor, needsOf } from './addresses.ts';
import type { PoolEvidence } from './evidence.ts';
import { nameOf, shortName } from './explain-parts.ts';

/** That this member would let the AAAA go, as a clause; null = it would not (R20, the pool's setting `drop`). */
export function withdrawalText(evidence: PoolEvidence, to: MemberId): string | null {
  return withdraws(evidence, to) ? `${shortName(nameOf(evidence, to))} has no IPv6 address: its AAAA goes` : null;
}

/** The same of a promotion that was made. */
export function withdrawnText(evidence: PoolEvidence, to: MemberId): string | null {
  return withdraws(evidence, to) ? `${shortName(nameOf(evidence, to))} had no IPv6 address: its AAAA went` : null;
}

function withdraws(evidence: PoolEvidence, to: MemberId): boolean {
  const member = evidence.members.find(({ id }) => id === to);
  return needsOf(evidence).ipv6 === 'wanted' && member !== undefined && addressFor(member, 'AAAA') === null;
}
