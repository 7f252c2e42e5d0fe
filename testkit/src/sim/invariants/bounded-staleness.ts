import type { BindingId, PoolId } from '@serverctl/core';
import { watchCalm } from './calm.ts';
import { combineObservers } from './combine.ts';
import { desiredOf } from './families.ts';
import type { Invariant } from './invariant.ts';

/*
 * B1. A pool's trouble is known from the first decision to promote on; from there its names have 2 s, and 12 s more after an ambiguous
 * reply or a change of the loop. Reachable provider and normal mode: nothing was in the way for a minute before (the longest back-off is
 * over), and nothing came meanwhile; what is in the way is held to 35 s by L2.
 */

const knownMs = 2_000;
const ambiguousMs = 12_000;
const settledMs = 60_000;

export const recordFollowsHealth: Invariant = {
  id: 'B1',
  sentence:
    'A record does not name a member known unhealthy for more than 2 s, or 14 s after an ambiguous reply or a change of the loop.',
  rules: ['R6', 'R16', 'R19'],
  watch: (say, { truth }) => {
    const calm = watchCalm();
    /** Pools that are to move: since when. */
    const moving = new Map<PoolId, number>();
    const openedAt = new Map<BindingId, number>();
    /** Of those, the ones whose promotion is committed: only the record is awaited. */
    const promoted = new Set<PoolId>();
    let ledAt = 0;

    function finish(poolId: PoolId): void {
      moving.delete(poolId);
      promoted.delete(poolId);
    }

    const namesOf = (poolId: PoolId) =>
      [...truth.house.bindings.values()].filter((binding) => binding.poolId === poolId);

    const isDone = (poolId: PoolId) =>
      namesOf(poolId).every(({ id }) => {
        const wish = desiredOf(truth, id);
        return wish === null || (truth.binding(id).view.rrset?.addresses ?? []).join() === wish.join();
      });

    function judge(poolId: PoolId, since: number, at: number): void {
      const calmSince = calm.since();
      if (calmSince === null || (calmSince > since - settledMs && calmSince !== ledAt)) {
        finish(poolId);
        return;
      }
      const opened = namesOf(poolId).map(({ id }) => openedAt.get(id) ?? 0);
      const held = Math.max(ledAt, ...opened);
      const until = held >= since - ambiguousMs ? Math.max(since, held) + ambiguousMs + knownMs : since + knownMs;
      if (at <= until) return;
      finish(poolId);
      say(
        at,
        `pool ${poolId} was to move ${Math.round(at - since)} ms ago, and its record does not hold the new address.`,
      );
    }

    return combineObservers([
      calm,
      {
        onLease(_replica, _fence, at) {
          ledAt = at;
        },
        onStatuses(rows, _replica, at) {
          for (const { poolId, judgement } of rows) {
            if (judgement.decision.kind !== 'promote' && !promoted.has(poolId)) finish(poolId);
            else if (judgement.decision.kind === 'promote' && !moving.has(poolId)) moving.set(poolId, at);
          }
        },
        onPromotion({ poolId, kind }, { calledAt }) {
          if (kind !== 'failover') return;
          if (!moving.has(poolId)) moving.set(poolId, calledAt);
          promoted.add(poolId);
        },
        onDnsCallEnded({ bindingId }, outcome, at) {
          if (outcome.startsWith('error:')) openedAt.set(bindingId, at);
        },
        onRecordChanged: ({ poolId, by }) => {
          if (by !== 'us') finish(poolId);
        },
        onOperator: ({ poolId }) => {
          if (poolId !== null) finish(poolId);
        },
        onEvent(at) {
          for (const [poolId, since] of moving) {
            if (promoted.has(poolId) && isDone(poolId)) finish(poolId);
            else judge(poolId, since, at);
          }
        },
      },
    ]);
  },
};
