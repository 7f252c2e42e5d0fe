import { AppError, type BindingId, desiredAddress, type Instant, type PoolId } from '@serverctl/core';
import type { Clock } from '../../apps/server/src/platform/clock.ts';
import type {
  DecisionToKeep,
  DesiredRecord,
  LeaseFence,
  LeaseTerm,
  OverMaintenance,
  Pause,
  PoolStatusRow,
  PoolStore,
  PromotionRecord,
  PublicationUpdate,
} from '../../apps/server/src/worker/ports.ts';
import { fencedWithinMs } from '../../apps/server/src/worker/ports-lease.ts';
import { createBell } from './bell.ts';
import { isInForce, keepEvent, leftMs, type MemoryHouse, newHouse, openTroubles, stampOf } from './memory-house.ts';
import { type MemoryOperator, memoryOperator } from './memory-operator.ts';
import { applyPromotion } from './memory-promote.ts';
import { indexPromotions, type PromotionIndex } from './memory-promotions.ts';
import { recordUpdate } from './memory-publication.ts';
import { memoryPoolsReader } from './memory-read-pools.ts';

/** PoolStore in memory. A test changes `house` and then calls `changed()`, as a trigger would, or lets `operator` do both. */
export interface MemoryStore extends PoolStore {
  readonly house: MemoryHouse;
  readonly operator: MemoryOperator;
  changed(): void;
  /** Every call rejects, as while the database is stopped. */
  databaseDown: boolean;
}

/** What a fence is compared with: the lease's present one, and the clock of its row (R15). */
export interface FencedBy {
  held(): LeaseTerm | null;
  nowMs(): number;
}

/**
 * `fences` = whether a fence must be the lease's present one; the test passes its memory lease's `held`. `now` = the database's clock,
 * for one that outlives its tables.
 */
export function memoryStore(clock: Clock, fences: FencedBy | null = null, now = databaseTime(clock)): MemoryStore {
  const bell = createBell();
  const house = newHouse();
  const promotions = indexPromotions(house);
  const readPools = memoryPoolsReader(house, promotions);
  const state = { databaseDown: false };

  function answering(): void {
    if (state.databaseDown) throw new AppError('database_unavailable');
  }

  const assertFence = (fence: LeaseFence) => assertHeld(fence, fences);

  return Object.assign(state, {
    house,
    operator: memoryOperator(house, now, bell.ring),
    changed: bell.ring,
    onChange: bell.subscribe,
    async pools() {
      answering();
      return readPools(now());
    },
    async promote(promotion: PromotionRecord, fence: LeaseFence) {
      answering();
      assertFence(fence);
      const epoch = applyPromotion(house, promotion, now());
      bell.ring();
      return epoch;
    },
    async hold(poolId: PoolId, expectedEpoch: number, sentence: string, fence: LeaseFence) {
      answering();
      assertFence(fence);
      const pool = house.pools.get(poolId);
      if (pool === undefined || pool.held || pool.epoch !== expectedEpoch) return;
      house.pools.set(poolId, { ...pool, held: true });
      keepEvent(house, { kind: 'pool.held', severity: 'critical', poolId, sentence });
      bell.ring();
    },
    async pause(poolId: PoolId, pause: Pause, fence: LeaseFence) {
      answering();
      assertFence(fence);
      const isLatched = latchPause(house, poolId, pause);
      bell.ring();
      return isLatched;
    },
    async endMaintenance(over: OverMaintenance, fence: LeaseFence) {
      answering();
      assertFence(fence);
      endMaintenance(house, over);
      bell.ring();
    },
    async brakesReleasedForMs() {
      answering();
      return brakesReleasedForMs(house, now());
    },
    async recordDecisions(decisions: readonly DecisionToKeep[]) {
      answering();
      for (const decision of decisions) keepDecision(house, decision, now());
    },
    async desired(bindingId: BindingId) {
      answering();
      return desiredOf(house, promotions, bindingId);
    },
    async recordPublication(update: PublicationUpdate) {
      answering();
      return recordUpdate(house, update, now(), bell.ring); // every change of a name's row is told, this one too
    },
    async storeStatus(statuses: readonly PoolStatusRow[]) {
      answering();
      for (const status of statuses) house.statuses.set(status.poolId, status);
    },
    async openTroubles() {
      answering();
      return openTroubles(house);
    },
  });
}

/**
 * The database's clock is a wall clock: it jumps with it. Otherwise it is `clock.now()`, so that a test may compare the two. A wall clock
 * has whole milliseconds only, hence a difference below 10 ms is no jump.
 */
export function databaseTime(clock: Clock): () => Instant {
  const offset = () => clock.wallTime().getTime() - clock.now();
  const atFirst = offset();
  return () => clock.now() + Math.round((offset() - atFirst) / 10) * 10;
}

function brakesReleasedForMs({ brakeRelease }: MemoryHouse, now: Instant): number | null {
  return isInForce(brakeRelease, now) ? leftMs(brakeRelease ?? undefined, now) : null;
}

/** Once by its id, under the earliest of the times that it was told. */
function keepDecision({ decisions }: MemoryHouse, { decidedAgoMs, ...decision }: DecisionToKeep, now: Instant): void {
  const at = now - decidedAgoMs;
  const kept = decisions.get(decision.id);
  decisions.set(decision.id, kept === undefined ? { ...decision, at } : { ...kept, at: Math.min(kept.at, at) });
}

/** Only the one that was meant: a person may have begun another, or ended it. */
function endMaintenance(house: MemoryHouse, { poolId, memberId, stamp }: OverMaintenance): void {
  const span = memberId === null ? house.poolMaintenance.get(poolId) : house.memberMaintenance.get(memberId);
  if (span === undefined || stampOf(span) !== stamp) return;
  if (memberId === null) house.poolMaintenance.delete(poolId);
  else house.memberMaintenance.delete(memberId);
}

function latchPause(house: MemoryHouse, poolId: PoolId, { because, sentence, seenEpoch }: Pause): boolean {
  const pool = house.pools.get(poolId);
  if (pool === undefined) return false;
  house.seenEpoch.set(poolId, Math.max(house.seenEpoch.get(poolId) ?? 0, seenEpoch ?? 0));
  if (pool.paused !== null) return false;
  house.pools.set(poolId, { ...pool, paused: because });
  house.pausedEpoch.set(poolId, pool.epoch);
  keepEvent(house, { kind: 'pool.paused', severity: 'critical', poolId, sentence, details: { because, seenEpoch } });
  return true;
}

function desiredOf(house: MemoryHouse, promotions: PromotionIndex, bindingId: BindingId): DesiredRecord | null {
  const binding = house.bindings.get(bindingId);
  const pool = binding === undefined ? undefined : house.pools.get(binding.poolId);
  if (binding === undefined || pool === undefined) return null;
  const promotion = promotions.present(pool);
  if (promotion === undefined || promotion.to !== pool.activeMemberId) return null;
  const ofName = [...house.bindings.values()].filter((one) => one.poolId === pool.id && one.name === binding.name);
  const hasPublishedA = ofName.some(({ type, publishedEpoch }) => type === 'A' && publishedEpoch > 0);
  const address = desiredAddress(binding, promotion, { ipv6: pool.ipv6, hasPublishedA });
  if (address === undefined) return null;
  return {
    binding,
    address,
    epoch: promotion.epoch,
    promotionId: promotion.id,
    pausedEpoch: pool.paused === null ? null : (house.pausedEpoch.get(pool.id) ?? pool.epoch),
  };
}

function assertHeld(fence: LeaseFence, fences: FencedBy | null): void {
  if (fences === null) return;
  const held = fences.held();
  const slept = fences.nowMs() < fence.rowsFromMs || fences.nowMs() > fence.rowsByMs();
  if (held?.term !== fence.term || held.holder !== fence.holder || slept) throw new AppError('not_leader');
  if (fence.ageMs() > fencedWithinMs) throw new AppError('database_unavailable', { because: 'too late' });
}
