import type { BindingId, PoolId } from '@serverctl/core';
import type { BindingTruth } from '../truth.ts';
import { watchCalm } from './calm.ts';
import { combineObservers } from './combine.ts';
import { desiredOf, isSomeMembers } from './families.ts';
import type { Invariant } from './invariant.ts';
import { watchLookingShare } from './looking-share.ts';

/*
 * Record = desired within 35 s (section 6), not only at the end: whenever nothing has stood in the way for so long. It holds a stale write
 * on a plain provider (I4), a deleted record (I3), a foreign or a lost write to the same bound. Excepted: a paused pool, another member's
 * address that a person put there and that waits for a person (R21), and the time in which what looking may use was used up (R22).
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
    const share = watchLookingShare(() => truth);
    const movedAt = new Map<PoolId, number>();
    const touched = new Map<BindingId, { readonly at: number; readonly by: string }>();
    const told = new Set<BindingId>();
    let nextLookAt = 0;

    function judge(binding: BindingTruth, calmSince: number, at: number): void {
      const wish = desiredOf(truth, binding.bindingId);
      const held = binding.view.rrset?.addresses ?? [];
      const touch = touched.get(binding.bindingId);
      if (wish === null || held.join() === wish.join()) return void told.delete(binding.bindingId);
      const isMembers = held.length === 1 && isSomeMembers(truth.house, binding.type, held[0]);
      if (touch?.by === 'person' && isMembers && wish.length > 0) return;
      const since = Math.max(calmSince, movedAt.get(binding.poolId) ?? 0, touch?.at ?? 0, share.usedUpUntil(binding));
      if (at - since <= withinMs || told.has(binding.bindingId)) return;
      told.add(binding.bindingId);
      say(
        at,
        `${binding.bindingId} holds ${held.join(', ') || 'nothing'}, ${wish.join() || 'none'} is desired; nothing has been in the way for ${Math.round(at - since)} ms.`,
      );
    }

    return combineObservers([
      calm,
      share,
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
