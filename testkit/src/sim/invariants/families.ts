import type { BindingId, Member, Pool, PoolId, RecordType } from '@serverctl/core';
import type { KeptPromotion, MemoryHouse } from '../../memory-house.ts';
import { namesOf, withAddresses } from '../../memory-promote.ts';
import type { Truth } from '../truth.ts';

/*
 * What records of two families shall hold, said anew for judges (PRODUCT.md section 4, *Cases*: "dual stack", "IPv6-only member"; R20).
 */

/** The addresses that the record shall hold, none for an AAAA that goes; null = nothing is desired, or the pool stands still. */
export function desiredOf({ house }: Truth, bindingId: BindingId): readonly string[] | null {
  const binding = house.bindings.get(bindingId);
  const pool = binding === undefined ? undefined : house.pools.get(binding.poolId);
  if (binding === undefined || pool === undefined || pool.activeMemberId === null || pool.paused !== null) return null;
  const promotion = promotionOf(house, pool.id, pool.epoch);
  const address = promotion === undefined ? null : promotedAddress(promotion, binding.type);
  if (address !== null) return [address];
  return binding.type === 'AAAA' && mayBeDropped(house, bindingId) ? [] : null;
}

/** Whether the record may go when the active member has no address for it: an AAAA, by the pool's setting, whose name has its A. */
export function mayBeDropped(house: MemoryHouse, bindingId: BindingId): boolean {
  const binding = house.bindings.get(bindingId);
  if (binding?.type !== 'AAAA' || house.pools.get(binding.poolId)?.ipv6 !== 'drop') return false;
  const ofName = namesOf(house, binding.poolId).filter(({ name }) => name === binding.name);
  return ofName.some(({ type, publishedEpoch }) => type === 'A' && publishedEpoch > 0);
}

/** The families that whoever is active must have an address of. */
export function neededFamilies(house: MemoryHouse, { id, ipv6 }: Pick<Pool, 'id' | 'ipv6'>): readonly RecordType[] {
  const names = Map.groupBy(namesOf(house, id), ({ name }) => name);
  const typesOfEach = [...names.values()].map((records) => records.map(({ type }) => type));
  const needsIpv4 = typesOfEach.length === 0 || typesOfEach.some((types) => types.includes('A'));
  const isNeeded = (types: readonly RecordType[]) =>
    types.includes('AAAA') && (ipv6 === 'require' || !types.includes('A'));
  return [...(needsIpv4 ? ['A' as const] : []), ...(typesOfEach.some(isNeeded) ? ['AAAA' as const] : [])];
}

/** The member's address of that family, as records get it. */
export function addressOfType(house: MemoryHouse, member: Member, type: RecordType): string | null {
  const { publicIpv4, publicIpv6 } = withAddresses(house, member);
  return type === 'A' ? publicIpv4 : publicIpv6;
}

/** Whether some registered member has that address. */
export function isSomeMembers(house: MemoryHouse, type: RecordType, address: string | undefined): boolean {
  if (address === undefined) return false;
  return [...house.members.values()].some((member) => addressOfType(house, member, type) === address);
}

/** What a promotion gives records of the type. */
export function promotedAddress({ address, address6 }: KeptPromotion, type: RecordType): string | null {
  return type === 'A' ? address : address6;
}

/** The one that made the pool's epoch. */
export function promotionOf({ promotions }: MemoryHouse, poolId: PoolId, epoch: number): KeptPromotion | undefined {
  return promotions.findLast((one) => one.poolId === poolId && one.epoch === epoch);
}
