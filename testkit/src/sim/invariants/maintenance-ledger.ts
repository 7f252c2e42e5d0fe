import type { Member, MemberId, PoolId } from '@serverctl/core';
import type { MemoryHouse, Span } from '../../memory-house.ts';
import type { Observer } from '../observer.ts';

/*
 * Until when a maintenance may bind the failover loop, by the world's own time (R13, ADR 0015). It ends when the loop has written so, by a
 * clock of its own: its length after it began, and what a new leader needs to get there. Two things make a process count on from its full
 * length: a database's clock that was set before the process first saw the row, be it that a restore brought the row back after that, and a
 * machine that slept. How long ago that was at most is told by what disturbed the control plane last.
 */

/** R15: the time until another leads; and a turn that finds it over, one that is told of its end, and the second until it is tried again. */
export const endedWithinMs = 10_000 + 3_000;

/** A row that comes is seen by the next `look`. */
const lookedWithinMs = 2_000;

interface Seen {
  readonly span: Span;
  readonly at: number;
}

export interface MaintenanceLedger extends Observer {
  /** Takes in what the tables hold now; asked often enough, it knows when each maintenance began. */
  look(house: MemoryHouse, at: number): void;
  /** When the maintenance of this pool or member binds nobody any more; null = it has none. `calmSince` as calm.ts tells it. */
  bindsUntil(id: PoolId | MemberId, calmSince: number): number | null;
  /** Whether the member or its pool is in a maintenance that may still bind. */
  mayRest(member: Member, at: number, calmSince: number): boolean;
}

export function keepMaintenanceLedger(): MaintenanceLedger {
  const seen = new Map<string, Seen>();
  const asleep = new Set<string>();
  let uncertainAt = Number.NEGATIVE_INFINITY;
  let wasClockSet = false;

  function bindsUntil(id: PoolId | MemberId, calmSince: number): number | null {
    const known = seen.get(id);
    if (known === undefined) return null;
    const { from, until } = known.span;
    const countedFrom = uncertainAt >= known.at ? Math.max(known.at, calmSince) : known.at;
    return countedFrom + until - from + endedWithinMs;
  }

  return {
    onFault({ kind }, at) {
      if (kind !== 'database-clock-jumps') return;
      wasClockSet = true;
      uncertainAt = at;
    },
    onRestored(_lost, at) {
      if (wasClockSet) uncertainAt = at + lookedWithinMs;
    },
    onReplica(replica, state, at) {
      if (state === 'suspended') asleep.add(replica);
      else if (asleep.delete(replica)) uncertainAt = at;
    },
    look({ poolMaintenance, memberMaintenance }, at) {
      const present = new Map<string, Span>([...poolMaintenance, ...memberMaintenance]);
      for (const id of seen.keys()) if (!present.has(id)) seen.delete(id);
      for (const [id, span] of present) {
        const known = seen.get(id)?.span;
        if (known?.from !== span.from || known.until !== span.until) seen.set(id, { span, at });
      }
    },
    bindsUntil,
    mayRest: ({ id, poolId }, at, calmSince) => [id, poolId].some((one) => (bindsUntil(one, calmSince) ?? at) > at),
  };
}
