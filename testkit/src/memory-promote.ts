import {
  AppError,
  assertAddresses,
  type Instant,
  type Member,
  type MemberId,
  nextEpoch,
  type Pool,
  type PoolId,
} from '@serverctl/core';
import type { Binding, PromotionRecord } from '../../apps/server/src/worker/ports.ts';
import { automaticKinds, keepEvent, type MemoryHouse } from './memory-house.ts';

/** The same refusals as PostgreSQL's: an epoch that is no longer the expected one, a person's word, a pause that no person saw, a member of another pool (R13, R16, R20). */
export function applyPromotion(house: MemoryHouse, promotion: PromotionRecord, now: Instant): number {
  const pool = house.pools.get(promotion.poolId);
  if (pool === undefined) throw new AppError('pool_not_found');
  const forbidden = automaticKinds.has(promotion.kind)
    ? forbidsAutomatic(house, pool, promotion)
    : isUnseenByPerson(house, pool, promotion);
  if (pool.epoch !== promotion.expectedEpoch || forbidden) throw new AppError('pool_changed');
  const member = house.members.get(promotion.to);
  if (member?.poolId !== pool.id) throw new AppError('member_not_found');
  const { publicIpv4: address, publicIpv6: address6 } = withAddresses(house, member);
  assertAddresses(promotion, { address, address6 }, { ipv6: pool.ipv6, names: namesOf(house, pool.id) });
  const epoch = nextEpoch(pool.epoch, [house.seenEpoch.get(pool.id) ?? 0]);
  house.pools.set(pool.id, { ...pool, epoch, activeMemberId: promotion.to });
  house.promotions.push({ ...promotion, epoch, at: now });
  for (const { bindingId, takeOver, mark } of promotion.confirmedNames) {
    const binding = house.bindings.get(bindingId);
    if (binding?.poolId === pool.id)
      house.bindings.set(bindingId, { ...binding, takeOver: takeOver ? { mark } : null });
  }
  const { id: promotionId, kind, sentence } = promotion;
  const told = kind === 'address' ? 'pool.address-changed' : 'pool.promoted';
  const event = { kind: told, severity: 'info', poolId: pool.id, memberId: promotion.to } as const;
  keepEvent(house, { ...event, sentence, details: { promotionId, epoch, kind } });
  return epoch;
}

/** With the addresses that records get: as set by a person, else as reported. */
export function withAddresses(house: MemoryHouse, member: Member): Member {
  return {
    ...member,
    publicIpv4: member.publicIpv4 ?? house.reportedIpv4.get(member.id) ?? null,
    publicIpv6: member.publicIpv6 ?? house.reportedIpv6.get(member.id) ?? null,
  };
}

/** The records of the pool's managed names. */
export function namesOf({ bindings }: MemoryHouse, id: PoolId): readonly Binding[] {
  return [...bindings.values()].filter(({ poolId }) => poolId === id);
}

/** A name was published under the present epoch: there is nothing left to withdraw. */
function isPublished({ bindings }: MemoryHouse, { id, epoch }: Pool): boolean {
  return [...bindings.values()].some(({ poolId, publishedEpoch }) => poolId === id && publishedEpoch >= epoch);
}

function isUnseenByPerson(house: MemoryHouse, pool: Pool, { evidence, toNext }: PromotionRecord): boolean {
  return pool.paused !== evidence.pool.paused || (toNext === true && house.poolMaintenance.has(pool.id));
}

function forbidsAutomatic(house: MemoryHouse, pool: Pool, { kind, to }: PromotionRecord): boolean {
  // A new address of the same member has a switch of its own.
  if (kind === 'address') return !pool.dynamicDns || pool.paused !== null || isSetAside(house, pool, to);
  if (!pool.automaticFailover || pool.held || pool.paused !== null) return true;
  if (kind === 'withdrawal' && isPublished(house, pool)) return true;
  return isSetAside(house, pool, to);
}

function isSetAside(house: MemoryHouse, pool: Pool, to: MemberId): boolean {
  const inMaintenance = [pool.activeMemberId, to].some((id) => id !== null && house.memberMaintenance.has(id));
  return inMaintenance || house.poolMaintenance.has(pool.id) || house.quarantined.has(to);
}
