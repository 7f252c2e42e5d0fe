import { AppError, type Ipv4, type MemberId, type PoolEvidence, parseIpv4 } from '@serverctl/core';

/** The address that the names get with this target: the evidence's, so that what was judged is what is written. Throws `target_has_no_address`. */
export function targetAddress({ members }: PoolEvidence, to: MemberId): Ipv4 {
  const target = members.find((member) => member.id === to);
  const address = parseIpv4(target?.publicIpv4 ?? '');
  if (address === null) throw new AppError('target_has_no_address', { member: target?.hostname ?? to });
  return address;
}
