import type { BindingId, PoolId } from '@serverctl/core';
import { createDriftWatch } from './drift-watch.ts';
import { createFirstLook } from './first-look.ts';
import type { NameNotices } from './name-notices.ts';
import type { Notifier, PoolWithMembers, Resolver } from './ports.ts';
import { Publication } from './publication.ts';
import { createPublicationLog } from './publication-log.ts';
import { createPoolPauser } from './publication-pause.ts';
import type { PublicationPorts } from './publication-ports.ts';
import { createRecorder } from './recorder.ts';
import { createWake } from './wake.ts';
import { createZoneDesk } from './zone-desk.ts';

/*
 * Keeps every managed name at what is desired: one Publication each, side by side. Which names there are follows from the pools that the
 * failover loop reads; a pool without an active member has none here, so nothing is ever written for it (R20).
 *
 *   name appears (start, lease gained first)  its Publication begins with a read: reconcile at start
 *   promotion, changed pool, lease gained     woken
 *   name or active member gone                its Publication ends; the record stays as it is
 */

export interface Publisher {
  /** The pools as just read. */
  follow(pools: readonly PoolWithMembers[]): void;
  /** The pool has a new epoch; its names are published without waiting for the next read. */
  promoted(poolId: PoolId): void;
  /**
   * Nothing was ever sent to a provider under the pool's present epoch, by nobody, and each of its names is blocked: a promotion that can be
   * withdrawn without a write (PRODUCT.md section 4). Says no whenever that is not certain.
   */
  isUntouched(poolId: PoolId): boolean;
  /**
   * From now until the returned function is called no write is sent under this epoch of the pool, so that its promotion can be withdrawn.
   * Null = too late, or not certain: it must not be withdrawn.
   */
  withhold(poolId: PoolId, epoch: number): (() => void) | null;
  run(signal: AbortSignal): Promise<void>;
}

export interface PublisherPorts
  extends Omit<PublicationPorts, 'zones' | 'pauser' | 'driftWatch' | 'firstLook' | 'memberOf' | 'isWithheld'> {
  readonly notifier: Notifier;
  readonly notices: NameNotices;
  readonly resolver: Resolver;
  /** R15: the time between our self-stop and a successor's start, less the sleep that nobody notices and the margin. Default 4 s. */
  readonly callLimitMs?: number;
}

interface Running {
  readonly publication: Publication;
  readonly poolId: PoolId;
  readonly stop: AbortController;
  readonly ended: Promise<void>;
}

export function createPublisher(ports: PublisherPorts): Publisher {
  const { clock, store, log, notices } = ports;
  const withheld = new Map<PoolId, number>();
  const isWithheld = (poolId: PoolId, epoch: number) => withheld.get(poolId) === epoch;
  const [pauser, driftWatch] = [createPoolPauser(ports), createDriftWatch(ports)];
  const [zones, firstLook] = [createZoneDesk(ports), createFirstLook(clock)];
  const running = new Map<BindingId, Running>();
  const memberOf = (id: BindingId) => running.get(id)?.publication.family.own ?? null;
  const shared = { ...ports, zones, isWithheld, pauser, driftWatch, firstLook, memberOf };
  const wake = createWake(clock);
  let pools: readonly PoolWithMembers[] = [];

  function start(id: BindingId, row: PoolWithMembers, outer: AbortSignal): Running {
    const stop = new AbortController();
    const signal = AbortSignal.any([stop.signal, outer]);
    const say = createPublicationLog(createRecorder(clock, store, log, signal), notices);
    const publication = new Publication(shared, id, row, say);
    return { publication, poolId: row.pool.id, stop, ended: publication.run(signal) };
  }

  function match(outer: AbortSignal): void {
    const wanted = new Map(pools.flatMap(namesToKeep));
    for (const [id, { stop }] of running) {
      if (wanted.has(id)) continue;
      stop.abort();
      running.delete(id);
    }
    for (const [id, row] of wanted) {
      const known = running.get(id);
      if (known === undefined) running.set(id, start(id, row, outer));
      else known.publication.follow(row);
    }
  }

  function wakeNames(poolId: PoolId): void {
    for (const one of running.values()) if (one.poolId === poolId) one.publication.promoted();
  }

  /** The pool's present epoch when nothing was sent under it; null = something may have been. */
  function untouchedEpoch(poolId: PoolId): number | null {
    const row = pools.find(({ pool }) => pool.id === poolId);
    if (row === undefined || row.bindings.length === 0) return null;
    const { epoch } = row.pool;
    return row.bindings.every(({ id }) => running.get(id)?.publication.isUntouched(epoch) === true) ? epoch : null;
  }

  function wakeAll(): void {
    for (const { publication } of running.values()) publication.wake();
  }

  return {
    follow(rows) {
      pools = rows;
      pauser.follow(rows);
      wake.ring();
    },
    promoted: wakeNames,
    isUntouched: (poolId) => untouchedEpoch(poolId) !== null,
    withhold(poolId, epoch) {
      if (untouchedEpoch(poolId) !== epoch) return null;
      withheld.set(poolId, epoch);
      return () => {
        withheld.delete(poolId);
        wakeNames(poolId);
      };
    },
    async run(signal) {
      const unsubscribe = ports.lease.onChange(wakeAll);
      while (!signal.aborted) {
        match(signal);
        await wake.sleep(null, signal);
      }
      unsubscribe();
      await Promise.all([...running.values()].map(({ ended }) => ended));
    },
  };
}

function namesToKeep(row: PoolWithMembers): readonly (readonly [BindingId, PoolWithMembers])[] {
  return row.pool.activeMemberId === null ? [] : row.bindings.map((binding) => [binding.id, row] as const);
}
