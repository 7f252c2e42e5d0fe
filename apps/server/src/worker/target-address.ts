import {
  AppError,
  lackCode,
  type MemberId,
  missingAddresses,
  type PoolEvidence,
  type PromotedAddresses,
  parseIpv4,
  parseIpv6,
} from '@serverctl/core';

/**
 * The addresses that the names get with this target: the evidence's, so that what was judged is what is written. Throws
 * `target_has_no_address` or `target_has_no_aaaa` where the names need one that it has not.
 */
export function targetAddresses(evidence: PoolEvidence, to: MemberId): PromotedAddresses {
  const target = evidence.members.find((member) => member.id === to);
  const [lack] = target === undefined ? [{ because: 'no-address' } as const] : missingAddresses(target, evidence);
  if (lack !== undefined) throw new AppError(lackCode(lack), { member: target?.hostname ?? to });
  return { address: parseIpv4(target?.publicIpv4 ?? ''), address6: parseIpv6(target?.publicIpv6 ?? '') };
}
