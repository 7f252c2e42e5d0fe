import type { BindingId, PoolId } from '@serverctl/core';
import { addressOfMember } from '../../memory-promote.ts';
import type { BindingTruth, Truth } from '../truth.ts';
import { watchCalm } from './calm.ts';
import { combineObservers } from './combine.ts';
import type { Invariant } from './invariant.ts';

/*
 * Record = desired within 35 s (section 6), not only at the end: whenever nothing has stood in the way for so long. It holds a stale write
 * on a plain provider (I4), a deleted record (I3), a foreign or a lost write to the same bound. Excepted: a paused pool, and another
 * member's address that a person put there and that waits for a person (R21).
 */

const withinMs = 35_000;
const lookEveryMs = 1_000;

export const recordConverges: Invariant = {
  id: 'L2',
  sentence:
    'When nothing has stood in the way for 35 s, a record holds exactly what is desired, or its pool is paused.',
  rules: ['R17', 'R19', 'R21', 'R22'],
  watch: (say, { truth }) => {
    const calm = watchCalm();
    const movedAt = new Map<PoolId, number>();
    const touched = new Map<BindingId, { readonly at: number; readonly by: string }>();
    const told = new Set<BindingId>();
    let nextLookAt = 0;

    function judge(binding: BindingTruth, calmSince: number, at: number): void {
      const wish = desiredOf(truth, binding.poolId);
      const held = binding.view.rrset?.addresses ?? [];
      const touch = touched.get(binding.bindingId);
      if (wish === null || (held.length === 1 && held[0] === wish)) return void told.delete(binding.bindingId);
      if (touch?.by === 'person' && isOneMembers(truth, held)) return;
      const since = Math.max(calmSince, movedAt.get(binding.poolId) ?? 0, touch?.at ?? 0);
      if (at - since <= withinMs || told.has(binding.bindingId)) return;
      told.add(binding.bindingId);
      say(
        at,
        `${binding.bindingId} holds ${held.join(', ') || 'nothing'}, ${wish} is desired; nothing has been in the way for ${Math.round(at - since)} ms.`,
      );
    }

    return combineObservers([
      calm,
      {
        onPromotion: ({ poolId }, _by, at) => void movedAt.set(poolId, at),
        onOperator({ poolId }, at) {
          if (poolId !== null) movedAt.set(poolId, at);
        },
        onRecordChanged: ({ bindingId, by }, at) => void touched.set(bindingId, { at, by }),
        onEvent(at) {
          if (at < nextLookAt) return;
          nextLookAt = at + lookEveryMs;
          const calmSince = calm.since();
          if (calmSince === null || at - calmSince <= withinMs) return;
          for (const binding of truth.bindings) if (binding.providerUsable) judge(binding, calmSince, at);
        },
      },
    ]);
  },
};

/** What the pool's names shall hold; null while nobody is active, or the pool stands still. */
export function desiredOf({ house }: Truth, poolId: PoolId): string | null {
  const pool = house.pools.get(poolId);
  if (pool === undefined || pool.activeMemberId === null || pool.paused !== null) return null;
  return house.promotions.findLast((one) => one.poolId === poolId && one.epoch === pool.epoch)?.address ?? null;
}

function isOneMembers({ house }: Truth, held: readonly string[]): boolean {
  return held.length === 1 && [...house.members.values()].some((member) => addressOfMember(house, member) === held[0]);
}
