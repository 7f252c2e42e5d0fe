import type { BindingId, PoolId } from '@serverctl/core';
import type { DnsCall, DnsOutcome, Observer } from '../observer.ts';
import type { Truth } from '../truth.ts';
import type { Invariant, Say } from './invariant.ts';

/*
 * I1, and I20 after a restored database. "Any seen" (R25) is what a mark can still show: once a person deletes or replaces the mark before
 * anybody has read it, the restored database and the provider together know no more of that epoch. Nor does a mark show anything that no
 * read since has reached: a credential that is refused keeps one name silent, and the other ones are not left without a failover for it.
 *
 * I1: A process cannot know what is committed while its question's answer is on the way, so "no call
 * starts under an older epoch" is exact about the question: a replace starts in the very instant in which the answer of `desired` came,
 * and under the epoch that the database held when it read that answer. Names that travel together wait for each other's answers, for 100 ms
 * at most (ADR 0020). Right before a call of many each is looked at once more: none goes whose process knows a newer epoch by then.
 */
const togetherMs = 100;

interface EpochOf {
  /** In commit order, with its instant; a restored database adds what it holds then. */
  readonly history: { readonly at: number; readonly epoch: number }[];
  /** The greatest that was applied at the provider. */
  applied: number;
  /** `applied` at the last restore; 0 = there was none. */
  appliedBeforeRestore: number;
  restoredAt: number;
  /** A person has resumed the pool since the last restore, or it needed none. */
  resumed: boolean;
}

export const epochsRise: Invariant = {
  id: 'I1',
  sentence:
    "Epochs of a pool rise in commit order, and no DNS call starts under an older one than its process's last question shows.",
  rules: ['R16', 'R17'],
  watch: (say, { truth }) => {
    const pools = new Map<PoolId, EpochOf>();
    return {
      onPromotion({ poolId, epoch }, _by, at) {
        const { history } = of(pools, poolId);
        const before = history.at(-1)?.epoch ?? 0;
        if (epoch <= before) say(at, `pool ${poolId} came from epoch ${before} to ${epoch}.`);
        history.push({ at, epoch });
      },
      ...onRestored(pools, truth),
      onDnsCallStarted(call, at) {
        if (call.verb !== 'replace' || call.epoch === null) return;
        const mostMs = truth.binding(call.bindingId).together ? togetherMs : 0;
        if (call.wish === null || call.startedAt - call.wish.answeredAt > mostMs) {
          return say(at, `${call.replica} writes ${call.bindingId} without having asked what is desired right before.`);
        }
        const epoch = epochAt(of(pools, call.poolId), call.wish.readAt);
        if (call.epoch !== epoch) {
          say(
            at,
            `${call.replica} began to write ${call.bindingId} under epoch ${call.epoch}, the pool was at ${epoch}.`,
          );
        }
      },
      onWriteApplied({ call, epoch, knownEpoch }, at) {
        if (knownEpoch !== null && knownEpoch > epoch)
          say(
            at,
            `${call.replica} sent ${call.bindingId} under epoch ${epoch} with others, and knew of ${knownEpoch}.`,
          );
      },
    };
  },
};

export const epochsOutliveRestores: Invariant = {
  id: 'I20',
  sentence:
    'After a restored database no epoch is applied, and after the resume none is made, that is not above any seen before.',
  rules: ['R25'],
  watch: (say, { truth }) => {
    const pools = new Map<PoolId, EpochOf>();
    const reads = watchReads();
    /** The greatest that the pool's other names could tell whoever read them. */
    const toldByOthers = ({ bindingId, poolId }: DnsCall) =>
      Math.max(
        markedEpoch(truth, poolId, (id) => id !== bindingId && !reads.isSilent(id)),
        truth.house.seenEpoch.get(poolId) ?? 0,
      );
    const restored = onRestored(pools, truth);
    return {
      ...restored,
      onRestored(lost, at) {
        reads.forget();
        restored.onRestored?.(lost, at);
      },
      onDnsCallEnded: reads.ended,
      onFault({ side, poolId }) {
        if (side !== 'person' || poolId === null) return;
        const pool = of(pools, poolId);
        pool.appliedBeforeRestore = Math.min(pool.appliedBeforeRestore, stillShown(truth, poolId));
      },
      onPromotion({ poolId, epoch }, _by, at) {
        const pool = of(pools, poolId);
        pool.history.push({ at, epoch });
        if (pool.resumed && epoch <= pool.appliedBeforeRestore) {
          say(
            at,
            `pool ${poolId} made epoch ${epoch} again after a restore; ${pool.appliedBeforeRestore} was applied before.`,
          );
        }
      },
      onOperator({ kind, poolId }) {
        if (kind === 'resume' && poolId !== null) of(pools, poolId).resumed = true;
      },
      onWriteApplied(write, at) {
        const { call, epoch } = write;
        const isUntold = reads.isSilent(null) && toldByOthers(call) < epoch;
        judgeApplied(of(pools, call.poolId), write, at, isUntold ? () => {} : say);
      },
    };
  },
};

function judgeApplied(
  pool: EpochOf,
  { call, epoch }: Parameters<NonNullable<Observer['onWriteApplied']>>[0],
  at: number,
  say: Say,
): void {
  const begunAfter = call.startedAt > pool.restoredAt;
  const known = pool.history.some((made) => made.epoch === epoch && made.at > pool.restoredAt);
  if (begunAfter && known && epoch <= pool.appliedBeforeRestore) {
    say(
      at,
      `epoch ${epoch} of pool ${call.poolId}, made after a restore, was written over; ${pool.appliedBeforeRestore} had been applied.`,
    );
  }
  pool.applied = Math.max(pool.applied, epoch);
}

function onRestored(pools: Map<PoolId, EpochOf>, truth: Truth): Observer {
  return {
    onBegin() {
      for (const { id, epoch } of truth.house.pools.values()) of(pools, id).history.push({ at: 0, epoch });
    },
    onRestored(_lost, at) {
      for (const { id, epoch } of truth.house.pools.values()) {
        const pool = of(pools, id);
        pool.history.push({ at, epoch });
        pool.appliedBeforeRestore = Math.min(Math.max(pool.appliedBeforeRestore, pool.applied), stillShown(truth, id));
        pool.restoredAt = at;
        pool.resumed = epoch >= pool.applied;
      }
    },
  };
}

/** Names that were asked for since the restore, and never answered. */
function watchReads() {
  const silent = new Set<BindingId>();
  const answered = new Set<BindingId>();
  return {
    forget() {
      silent.clear();
      answered.clear();
    },
    ended({ verb, bindingId }: DnsCall, outcome: DnsOutcome) {
      if (verb !== 'read' || outcome === 'unsent') return;
      if (outcome === 'ok') answered.add(bindingId);
      if (answered.has(bindingId)) silent.delete(bindingId);
      else silent.add(bindingId);
    },
    /** Null = is there one. */
    isSilent: (id: BindingId | null) => (id === null ? silent.size > 0 : silent.has(id)),
  };
}

/** The greatest epoch of the pool that the provider or the database can still tell. */
function stillShown(truth: Truth, poolId: PoolId): number {
  const { house } = truth;
  return Math.max(
    markedEpoch(truth, poolId, () => true),
    house.seenEpoch.get(poolId) ?? 0,
    house.pools.get(poolId)?.epoch ?? 0,
  );
}

/** The greatest epoch of the pool in the marks of these names. */
function markedEpoch({ bindings }: Truth, poolId: PoolId, isShown: (id: BindingId) => boolean): number {
  const marks = bindings
    .filter((binding) => binding.poolId === poolId && isShown(binding.bindingId))
    .map(({ view }) => (view.mark.kind === 'ours' && view.mark.mark.pool === poolId ? view.mark.mark.epoch : 0));
  return Math.max(0, ...marks);
}

function of(pools: Map<PoolId, EpochOf>, poolId: PoolId): EpochOf {
  const known = pools.get(poolId);
  if (known !== undefined) return known;
  const begun: EpochOf = {
    history: [],
    applied: 0,
    appliedBeforeRestore: 0,
    restoredAt: Number.POSITIVE_INFINITY,
    resumed: false,
  };
  pools.set(poolId, begun);
  return begun;
}

function epochAt({ history }: EpochOf, at: number): number {
  return history.findLast((made) => made.at <= at)?.epoch ?? 0;
}
