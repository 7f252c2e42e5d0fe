import type { Instant } from '@serverctl/core';
import type { Clock } from '../platform/clock.ts';
import type { LeaseFence, OverMaintenance, PoolStore, WorkerLog } from './ports.ts';
import { withinLimit } from './time-limit.ts';

/*
 * Ends in the store what is over by our clock (R13): only then may the pool move by itself again, whatever the database's wall clock says.
 * Nobody waits for it: the change is told like any other, and the next turn reads it. A loop that dies before leaves it to the next one.
 */

/** Begins to end these, each once at a time. Never rejects. */
export type EndMaintenances = (over: readonly OverMaintenance[], fence: LeaseFence) => void;

/** The store's own limit is shorter. */
const endLimitMs = 5_000;
/** A store that refused is not asked again before this. */
const againAfterMs = 1_000;

export interface MaintenanceEndPorts {
  readonly clock: Clock;
  readonly store: Pick<PoolStore, 'endMaintenance'>;
  readonly log: WorkerLog;
}

export function createEndMaintenances({ clock, store, log }: MaintenanceEndPorts): EndMaintenances {
  /** What was asked for, and from when on it may be asked for again. */
  const asked = new Map<string, Instant>();

  async function end(over: OverMaintenance, fence: LeaseFence): Promise<void> {
    const key = keyOf(over);
    asked.set(key, Number.POSITIVE_INFINITY);
    try {
      await withinLimit(clock, endLimitMs, () => store.endMaintenance(over, fence));
    } catch (error) {
      log.warn(
        { err: error, pool: over.poolId, member: over.memberId },
        'A maintenance could not be ended; tried again.',
      );
    }
    asked.set(key, clock.now() + againAfterMs);
  }

  return (over, fence) => {
    const present = new Set(over.map(keyOf));
    for (const [key, again] of asked) if (!present.has(key) && again <= clock.now()) asked.delete(key);
    for (const one of over) if ((asked.get(keyOf(one)) ?? 0) <= clock.now()) void end(one, fence);
  };
}

function keyOf({ poolId, memberId, stamp }: OverMaintenance): string {
  return `${poolId} ${memberId ?? ''} ${stamp}`;
}
