import { type BindingId, type Instant, type PoolId, secondMs } from '@serverctl/core';
import type { Clock } from '../platform/clock.ts';
import type { PoolWithMembers } from './ports.ts';
import { withinLimit } from './time-limit.ts';

/*
 * After a restore the newer epoch may stand beside another of the pool's names than the one that would be written first (R25). So in each
 * term of the lease nothing of a pool is written before all its names were read once, or could not be read under the present epoch either,
 * for 5 s at most: a provider that does not answer for one name holds up the others no longer.
 */
const longestMs = 5 * secondMs;

/** When a name is looked at: in which term of the lease, under which epoch of its pool. */
export interface LookedUnder {
  readonly term: number;
  readonly epoch: number;
}

export interface FirstLook {
  /** The name was read, and what follows from that was done. */
  looked(under: LookedUnder, row: PoolWithMembers, id: BindingId): void;
  /** It could not be read. */
  missed(under: LookedUnder, row: PoolWithMembers, id: BindingId): void;
  /** Null = nothing to wait for; else it resolves when the pool's names may be written, or when the signal aborts. */
  turn(under: LookedUnder, row: PoolWithMembers, signal: AbortSignal): Promise<void> | null;
}

export function createFirstLook(clock: Clock): FirstLook {
  const looks = new Map<PoolId, Look>();

  function lookAt(under: LookedUnder, row: PoolWithMembers): Look {
    const known = looks.get(row.pool.id);
    const look = known?.under.term === under.term ? known : beginTerm(under, row);
    if (look === known && look.under.epoch >= under.epoch) return look;
    const now = { ...look, under, excused: new Set<BindingId>(), until: clock.now() + longestMs, done: gate() };
    look.done.resolve(now.done.promise);
    looks.set(row.pool.id, now);
    return now;
  }

  function settle({ unread, excused, done }: Look): void {
    if ([...unread].every((id) => excused.has(id))) done.resolve();
  }

  return {
    looked(under, row, id) {
      const look = lookAt(under, row);
      look.unread.delete(id);
      settle(look);
    },
    missed(under, row, id) {
      const look = lookAt(under, row);
      look.excused.add(id);
      settle(look);
    },
    turn(under, row, signal) {
      const { unread, excused, until, done } = lookAt(under, row);
      const leftMs = until - clock.now();
      if (leftMs <= 0 || [...unread].every((id) => excused.has(id))) return null;
      return withinLimit(clock, leftMs, () => done.promise, signal).catch(() => undefined);
    },
  };
}

interface Look {
  readonly under: LookedUnder;
  /** Not read in this term. */
  readonly unread: Set<BindingId>;
  /** Could not be read under this epoch. */
  readonly excused: Set<BindingId>;
  readonly until: Instant;
  readonly done: PromiseWithResolvers<void>;
}

const gate = () => Promise.withResolvers<void>();

function beginTerm(under: LookedUnder, { bindings }: PoolWithMembers): Look {
  return { under, unread: new Set(bindings.map(({ id }) => id)), excused: new Set(), until: 0, done: gate() };
}
