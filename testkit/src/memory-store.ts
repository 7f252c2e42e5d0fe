import { AppError, type BindingId, type Member, nextEpoch, type Pool, type PoolId } from '@serverctl/core';
import type { Clock } from '../../apps/server/src/platform/clock.ts';
import type {
  Binding,
  DesiredRecord,
  LeaseFence,
  PoolStatusRow,
  PoolStore,
  PoolWithMembers,
  PromotionRecord,
  PublicationUpdate,
} from '../../apps/server/src/worker/ports.ts';
import { createBell } from './bell.ts';
import { automaticKinds, type KeptPromotion, type MemoryHouse, newHouse } from './memory-house.ts';

/** PoolStore in memory. A test changes `house` and then calls `changed()`, as a trigger would. */
export interface MemoryStore extends PoolStore {
  readonly house: MemoryHouse;
  changed(): void;
  /** Every call rejects, as while the database is stopped. */
  databaseDown: boolean;
}

/** `fences` = whether a fence must be the lease's present one (R15); the test passes its memory lease's `held`. */
export function memoryStore(clock: Clock, fences: { held(): LeaseFence | null } | null = null): MemoryStore {
  const bell = createBell();
  const house = newHouse();
  const state = { databaseDown: false };

  function answering(): void {
    if (state.databaseDown) throw new AppError('database_unavailable');
  }

  function assertFence(fence: LeaseFence | null): void {
    if (fence === null || fences === null) return;
    const held = fences.held();
    if (held?.term !== fence.term || held.holder !== fence.holder) throw new AppError('not_leader');
  }

  return Object.assign(state, {
    house,
    changed: bell.ring,
    onChange: bell.subscribe,
    async pools() {
      answering();
      return [...house.pools.keys()].map((poolId) => poolRow(house, poolId, clock));
    },
    async promote(promotion: PromotionRecord, fence: LeaseFence | null) {
      answering();
      assertFence(fence);
      const epoch = applyPromotion(house, promotion, clock);
      bell.ring();
      return epoch;
    },
    async hold(poolId: PoolId, sentence: string, fence: LeaseFence) {
      answering();
      assertFence(fence);
      const pool = house.pools.get(poolId);
      if (pool === undefined || pool.held) return;
      house.pools.set(poolId, { ...pool, held: true });
      house.events.push({ kind: 'pool.held', poolId, sentence });
      bell.ring();
    },
    async desired(bindingId: BindingId) {
      answering();
      return desiredOf(house, bindingId);
    },
    async recordPublication(update: PublicationUpdate) {
      answering();
      recordUpdate(house, update, clock);
      bell.ring(); // every change of a name's row is told, this one too
    },
    async storeStatus(statuses: readonly PoolStatusRow[]) {
      answering();
      for (const status of statuses) house.statuses.set(status.poolId, status);
    },
  });
}

function poolRow(house: MemoryHouse, poolId: PoolId, clock: Clock): PoolWithMembers {
  const pool = house.pools.get(poolId);
  if (pool === undefined) throw new AppError('pool_not_found');
  const members = membersOf(house, poolId);
  const ages = house.promotions
    .filter((one) => one.poolId === poolId)
    .map((one) => ({ ...one, ageMs: clock.now() - one.at }));
  const acknowledgedAt = house.acknowledgedAt.get(poolId) ?? Number.NEGATIVE_INFINITY;
  return {
    pool,
    members,
    enrolledForMs: new Map(
      members.flatMap((member) => {
        const at = house.enrolledAt.get(member.id);
        return at === undefined ? [] : [[member.id, clock.now() - at] as const];
      }),
    ),
    bindings: [...house.bindings.values()].filter((binding) => binding.poolId === poolId),
    automaticPromotionAgesMs: ages
      .filter((one) => automaticKinds.has(one.kind) && one.at >= acknowledgedAt && one.ageMs < 3_600_000)
      .map((one) => one.ageMs)
      .sort((a, b) => a - b),
    lastPromotionAgeMs: ages.length === 0 ? null : Math.min(...ages.map((one) => one.ageMs)),
    promotionId: presentPromotion(house, pool)?.id ?? null,
  };
}

function membersOf(house: MemoryHouse, poolId: PoolId): readonly Member[] {
  return [...house.members.values()]
    .filter((member) => member.poolId === poolId)
    .map((member) => ({ ...member, publicIpv4: member.publicIpv4 ?? house.reportedIpv4.get(member.id) ?? null }));
}

/** The same refusals as the constraints in PostgreSQL: an epoch that is no longer the expected one, a member of another pool (R16, R20). */
function applyPromotion(house: MemoryHouse, promotion: PromotionRecord, clock: Clock): number {
  const pool = house.pools.get(promotion.poolId);
  if (pool === undefined) throw new AppError('pool_not_found');
  const permitted = !automaticKinds.has(promotion.kind) || (pool.automaticFailover && !pool.held);
  if (pool.epoch !== promotion.expectedEpoch || !permitted) throw new AppError('pool_changed');
  const member = membersOf(house, pool.id).find(({ id }) => id === promotion.to);
  if (member === undefined) throw new AppError('member_not_found');
  if (member.publicIpv4 === null) throw new AppError('target_has_no_address');
  if (member.publicIpv4 !== promotion.address) throw new AppError('pool_changed');
  const epoch = nextEpoch(pool.epoch);
  house.pools.set(pool.id, { ...pool, epoch, activeMemberId: promotion.to });
  house.promotions.push({ ...promotion, epoch, at: clock.now() });
  for (const { bindingId, takeOver } of promotion.confirmedNames) {
    const binding = house.bindings.get(bindingId);
    if (binding?.poolId === pool.id) house.bindings.set(bindingId, { ...binding, takeOver });
  }
  house.events.push({ kind: 'pool.promoted', poolId: pool.id, sentence: promotion.sentence });
  return epoch;
}

function desiredOf(house: MemoryHouse, bindingId: BindingId): DesiredRecord | null {
  const binding = house.bindings.get(bindingId);
  if (binding === undefined) return null;
  const pool = house.pools.get(binding.poolId);
  const promotion = pool === undefined ? undefined : presentPromotion(house, pool);
  if (promotion === undefined || promotion.to !== pool?.activeMemberId) return null;
  return { binding, address: promotion.address, epoch: promotion.epoch, promotionId: promotion.id };
}

function presentPromotion(house: MemoryHouse, pool: Pool): KeptPromotion | undefined {
  return house.promotions.findLast((one) => one.poolId === pool.id && one.epoch === pool.epoch);
}

function recordUpdate(house: MemoryHouse, update: PublicationUpdate, clock: Clock): void {
  const binding = house.bindings.get(update.bindingId);
  if (binding === undefined) throw new AppError('binding_not_found');
  house.publications.push({ ...update, at: clock.now() });
  if (update.step !== 'acknowledged' || update.epoch < binding.publishedEpoch) return;
  const published: Binding = {
    ...binding,
    publishedEpoch: update.epoch,
    publishedAddress: update.address,
    takeOver: false,
  };
  house.bindings.set(binding.id, published);
}
