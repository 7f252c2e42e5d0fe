import type { PauseReason, PoolId } from '@serverctl/core';
import type { DesiredRecord, Lease, Notice, Notifier, Pause, PoolStore, PoolWithMembers } from './ports.ts';

/*
 * Pausing a pool because of what was read beside one of its names (R21, R25). The names of a pool do it one after the other, each asking
 * the store first, so that a pool is paused once and its page comes once however many of its names show the same.
 *
 * A pool that is paused already, by a person or for another reason, stays so, and people are told of this reason too, once until it is
 * resumed. A loop that leads after us knows of the stored reason only, and may tell another one once more.
 */

/** `superseded`: another epoch is desired by now, or the same of another promotion (R25), so what was read proves nothing. */
export type PauseOutcome = 'paused' | 'superseded' | 'not-leading';

export interface PoolPauser {
  pause(wish: DesiredRecord, pause: Pause): Promise<PauseOutcome>;
}

export interface FollowingPauser extends PoolPauser {
  /** The pools as just read: which are paused, and why. */
  follow(rows: readonly PoolWithMembers[]): void;
}

export interface PoolPauserPorts {
  readonly store: PoolStore;
  readonly lease: Lease;
  readonly notifier: Notifier;
}

/** What this process has told of one pool. */
interface Told {
  /** The greatest epoch that the store was told, and the epoch at which it was: a store that fell behind it has forgotten. */
  readonly seen: number;
  readonly under: number;
  /** Why people were told to look, since the pool was paused. */
  readonly reasons: ReadonlySet<PauseReason>;
}

const nothingTold: Told = { seen: 0, under: 0, reasons: new Set() };

export function createPoolPauser({ store, lease, notifier }: PoolPauserPorts): FollowingPauser {
  const underWay = new Map<PoolId, Promise<unknown>>();
  const told = new Map<PoolId, Told>();
  let stored: ReadonlyMap<PoolId, PauseReason> = new Map();

  async function pauseNow({ binding, epoch, promotionId }: DesiredRecord, pause: Pause): Promise<PauseOutcome> {
    const { poolId } = binding;
    // A mark may be newer only because our own wish was superseded between its reading and the record's.
    const now = await store.desired(binding.id);
    if (now?.epoch !== epoch || now.promotionId !== promotionId) return 'superseded';
    const last = told.get(poolId) ?? nothingTold;
    const known = last.under <= epoch ? last : nothingTold;
    const seen = Math.max(pause.seenEpoch ?? 0, known.seen);
    const isPaused = now.pausedEpoch !== null;
    const isTold = isPaused && (known.reasons.has(pause.because) || stored.get(poolId) === pause.because);
    if (isTold && seen === known.seen) return 'paused';
    const fence = lease.held();
    if (fence === null) return 'not-leading';
    const hasTold = await store.pause(poolId, pause, fence);
    told.set(poolId, { seen, under: epoch, reasons: new Set([...(isPaused ? known.reasons : []), pause.because]) });
    if (!hasTold && !isTold) notifier.notify(noticeOf(poolId, binding.name, pause));
    return 'paused';
  }

  return {
    follow(rows) {
      const before = stored;
      stored = new Map(rows.flatMap(({ pool: { id, paused } }) => (paused === null ? [] : [[id, paused] as const])));
      for (const poolId of before.keys()) if (!stored.has(poolId)) told.delete(poolId);
    },
    pause(wish, pause) {
      const { poolId } = wish.binding;
      const before = underWay.get(poolId) ?? Promise.resolve();
      const mine = before.catch(() => undefined).then(() => pauseNow(wish, pause));
      underWay.set(poolId, mine);
      return mine;
    },
  };
}

function noticeOf(poolId: PoolId, name: string, { because, sentence, seenEpoch }: Pause): Notice {
  return {
    kind: 'pool.paused',
    severity: 'critical',
    poolId,
    memberId: null,
    sentence,
    details: { because, name, ...(seenEpoch !== null && { seenEpoch }) },
  };
}
