import { AppError, type Instant, type Member, nextEpoch, type Pool } from '@serverctl/core';
import type { PromotionRecord } from '../../apps/server/src/worker/ports.ts';
import { automaticKinds, type MemoryHouse } from './memory-house.ts';

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
  const address = addressOfMember(house, member);
  if (address === null) throw new AppError('target_has_no_address');
  if (address !== promotion.address) throw new AppError('pool_changed');
  const epoch = nextEpoch(pool.epoch, [house.seenEpoch.get(pool.id) ?? 0]);
  house.pools.set(pool.id, { ...pool, epoch, activeMemberId: promotion.to });
  house.promotions.push({ ...promotion, epoch, at: now });
  for (const { bindingId, takeOver } of promotion.confirmedNames) {
    const binding = house.bindings.get(bindingId);
    if (binding?.poolId === pool.id) house.bindings.set(bindingId, { ...binding, takeOver });
  }
  house.events.push({ kind: 'pool.promoted', poolId: pool.id, sentence: promotion.sentence });
  return epoch;
}

/** As set by a person, else as reported. */
export function addressOfMember(house: MemoryHouse, member: Member): string | null {
  return member.publicIpv4 ?? house.reportedIpv4.get(member.id) ?? null;
}

/** A name was published under the present epoch: there is nothing left to withdraw. */
function isPublished({ bindings }: MemoryHouse, { id, epoch }: Pool): boolean {
  return [...bindings.values()].some(({ poolId, publishedEpoch }) => poolId === id && publishedEpoch >= epoch);
}

function isUnseenByPerson(house: MemoryHouse, pool: Pool, { evidence, toNext }: PromotionRecord): boolean {
  return pool.paused !== evidence.pool.paused || (toNext === true && house.poolMaintenance.has(pool.id));
}

function forbidsAutomatic(house: MemoryHouse, pool: Pool, { kind, to }: PromotionRecord): boolean {
  if (!pool.automaticFailover || pool.held || pool.paused !== null) return true;
  if (kind === 'withdrawal' && isPublished(house, pool)) return true;
  const inMaintenance = [pool.activeMemberId, to].some((id) => id !== null && house.memberMaintenance.has(id));
  return inMaintenance || house.poolMaintenance.has(pool.id) || house.quarantined.has(to);
}
