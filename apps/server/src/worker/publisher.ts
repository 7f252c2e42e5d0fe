import type { BindingId, PoolId } from '@serverctl/core';
import type { Notifier, PoolWithMembers } from './ports.ts';
import { Publication, type PublicationPorts } from './publication.ts';
import { createPublicationLog } from './publication-log.ts';
import { createRecorder } from './recorder.ts';
import { createWake } from './wake.ts';

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
  run(signal: AbortSignal): Promise<void>;
}

export interface PublisherPorts extends PublicationPorts {
  readonly notifier: Notifier;
}

interface Running {
  readonly publication: Publication;
  readonly poolId: PoolId;
  readonly stop: AbortController;
  readonly ended: Promise<void>;
}

export function createPublisher(ports: PublisherPorts): Publisher {
  const { clock, store, log, notifier } = ports;
  const running = new Map<BindingId, Running>();
  const wake = createWake(clock);
  let pools: readonly PoolWithMembers[] = [];

  function start(id: BindingId, row: PoolWithMembers, outer: AbortSignal): Running {
    const stop = new AbortController();
    const signal = AbortSignal.any([stop.signal, outer]);
    const say = createPublicationLog(createRecorder(clock, store, log, signal), notifier);
    const publication = new Publication(ports, id, row, say);
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

  function wakeAll(): void {
    for (const { publication } of running.values()) publication.wake();
  }

  return {
    follow(rows) {
      pools = rows;
      wake.ring();
    },
    promoted(poolId) {
      for (const one of running.values()) if (one.poolId === poolId) one.publication.wake();
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
