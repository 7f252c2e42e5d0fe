import type { Instant, MemberId } from '@serverctl/core';
import type { PoolWithMembers } from './ports.ts';

/** What the store last said of all pools, and what each turn asks of all of them, gathered once. */
export interface PoolsRead {
  readonly rows: readonly PoolWithMembers[];
  /** When, on our clock. */
  readonly at: Instant;
  /** Every member of the fleet that has a key: only they can be heard. */
  readonly enrolled: ReadonlySet<MemberId>;
  readonly smallestDelayMs: number;
}

export function poolsRead(rows: readonly PoolWithMembers[], at: Instant): PoolsRead {
  const enrolled = new Set(rows.flatMap((row) => [...row.enrolledForMs.keys()]));
  const delays = rows.map(({ pool }) => pool.failoverDelayMs);
  return { rows, at, enrolled, smallestDelayMs: delays.length === 0 ? 0 : Math.min(...delays) };
}

/**
 * Whether the pool says what it said, all but ages: what a store reads again is the same object while it is the same, in PostgreSQL
 * (db/pool-store/read-pools.ts). False where nobody knows.
 */
export function saysTheSame(before: PoolWithMembers, after: PoolWithMembers): boolean {
  return (
    before === after ||
    (before.pool === after.pool &&
      before.members === after.members &&
      before.bindings === after.bindings &&
      before.present === after.present &&
      before.quarantined === after.quarantined)
  );
}
