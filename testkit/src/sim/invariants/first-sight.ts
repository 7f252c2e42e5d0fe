import type { Committed } from './promotion-watch.ts';

/** What was stored is first seen by the next look, at most so long after its commit. */
const firstSightMs = 6_000;

/**
 * Whether the database's clock was set between `storedAt` and the moment at which this process first saw what was stored then. A process
 * believes an age when it first sees its row (ADR 0015), so that one it may misjudge.
 */
export function mayMisjudgeAge({ promotions, listening, replica }: Committed, storedAt: number): boolean {
  return promotions.clockSetIn(storedAt, listening.lookedBy(replica, storedAt, firstSightMs));
}
