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
