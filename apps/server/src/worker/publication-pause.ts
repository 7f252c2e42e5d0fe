import type { PoolId } from '@serverctl/core';
import type { DesiredRecord, Lease, Notifier, Pause, PoolStore } from './ports.ts';

/*
 * Pausing a pool because of what was read beside one of its names (R21, R25). The names of a pool do it one after the other, each asking
 * the store first, so that a pool is paused once and its page comes once however many of its names show the same.
 */

/** `superseded`: another epoch is desired by now, so what was read proves nothing. */
export type PauseOutcome = 'paused' | 'superseded' | 'not-leading';

export interface PoolPauser {
  pause(wish: DesiredRecord, pause: Pause): Promise<PauseOutcome>;
}

export interface PoolPauserPorts {
  readonly store: PoolStore;
  readonly lease: Lease;
  readonly notifier: Notifier;
}

export function createPoolPauser({ store, lease, notifier }: PoolPauserPorts): PoolPauser {
  const underWay = new Map<PoolId, Promise<unknown>>();
  /** The greatest epoch that this process has told the store, and the epoch at which it did: a store that fell behind it has forgotten. */
  const told = new Map<PoolId, { readonly seen: number; readonly under: number }>();

  async function pauseNow({ binding, epoch }: DesiredRecord, pause: Pause): Promise<PauseOutcome> {
    const { poolId } = binding;
    // A mark may be newer only because our own wish was superseded between its reading and the record's.
    const now = await store.desired(binding.id);
    if (now?.epoch !== epoch) return 'superseded';
    const last = told.get(poolId);
    const known = last !== undefined && last.under <= epoch ? last.seen : 0;
    const seen = Math.max(pause.seenEpoch ?? 0, known);
    if (now.pausedEpoch !== null && seen === known) return 'paused';
    const fence = lease.held();
    if (fence === null) return 'not-leading';
    await store.pause(poolId, pause, fence);
    told.set(poolId, { seen, under: epoch });
    if (now.pausedEpoch === null) notifier.notify(noticeOf(poolId, binding.name, pause));
    return 'paused';
  }

  return {
    pause(wish, pause) {
      const { poolId } = wish.binding;
      const before = underWay.get(poolId) ?? Promise.resolve();
      const mine = before.catch(() => undefined).then(() => pauseNow(wish, pause));
      underWay.set(poolId, mine);
      return mine;
    },
  };
}

function noticeOf(poolId: PoolId, name: string, { because, sentence, seenEpoch }: Pause) {
  return {
    kind: 'pool.paused',
    severity: 'critical' as const,
    poolId,
    memberId: null,
    sentence,
    details: { because, name, ...(seenEpoch !== null && { seenEpoch }) },
    logged: true,
  };
}
