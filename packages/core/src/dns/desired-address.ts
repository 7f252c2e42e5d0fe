import { AppError } from '../errors/app-error.ts';
import { addressNeeds, type NameAndType } from '../failover/addresses.ts';
import type { MemberId } from '../ids.ts';
import type { Ipv6Policy } from '../pool/pool.ts';
import type { Ipv4, Ipv6, RecordType } from './record.ts';

/** The addresses of a promotion, or of a member that may become active. Null = it has none of that family. */
export interface PromotedAddresses {
  readonly address: Ipv4 | null;
  readonly address6: Ipv6 | null;
}

/*
 * What a record of a name shall hold under a promotion (R20):
 *
 *   A     | the IPv4 address; nothing is desired where the promotion has none
 *   AAAA  | the IPv6 address
 *         | none, where the promotion has none, the pool drops it, and the A of the same name stays: it was published before, so that the
 *         |   name is not left with neither
 *         | else nothing is desired: an AAAA-only name is treated as A is, and one that is required never goes
 */

/** The address that is desired, null = that there is none (`drop`); undefined = nothing is desired, and the record is left as it is. */
export function desiredAddress(
  { type }: { readonly type: RecordType },
  { address, address6 }: PromotedAddresses,
  { ipv6, hasPublishedA }: { readonly ipv6: Ipv6Policy; readonly hasPublishedA: boolean },
): Ipv4 | Ipv6 | null | undefined {
  if (type === 'A') return address ?? undefined;
  if (address6 !== null) return address6;
  return address !== null && hasPublishedA && ipv6 === 'drop' ? null : undefined;
}

/**
 * Holds a promotion to what its target has in the store, and to what the names need there (R16, R20). Throws `target_has_no_address`,
 * `target_has_no_aaaa`, or `pool_changed` where it was decided with other addresses.
 */
export function assertAddresses(
  { to, ...decided }: PromotedAddresses & { readonly to: MemberId },
  stored: { readonly address: string | null; readonly address6: string | null },
  { ipv6, names }: { readonly ipv6: Ipv6Policy; readonly names: readonly NameAndType[] },
): void {
  const needs = addressNeeds(names, ipv6);
  if (needs.ipv4 && stored.address === null) throw new AppError('target_has_no_address', { member: to });
  if (needs.ipv6 === 'needed' && stored.address6 === null) throw new AppError('target_has_no_aaaa', { member: to });
  if (stored.address !== decided.address || stored.address6 !== decided.address6)
    throw new AppError('pool_changed', { member: to, address: stored.address, address6: stored.address6 });
}
