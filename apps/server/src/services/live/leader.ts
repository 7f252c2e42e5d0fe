import type { LivePlane } from '@serverctl/contract';
import type { Clock } from '../../platform/clock.ts';
import type { LeaseTerm } from '../../worker/ports.ts';
import type { LiveSource } from './source.ts';

type Leader = LivePlane['lease']['leader'];

/**
 * Which process leads, and since when: the lease's row knows the first, and nobody the second but who saw it change. What was there at the
 * first look, or came while nobody looked, has no beginning that could be told.
 */
export function createLeaderWatch(
  { leader }: Pick<LiveSource, 'leader'>,
  clock: Pick<Clock, 'now' | 'wallTime'>,
): () => Promise<Leader> {
  let seen: { readonly leader: Leader; readonly atMs: number } | null = null;
  return async () => {
    const present = await leader();
    const atMs = clock.now();
    const wasLooking = seen !== null && atMs - seen.atMs <= closeLooksMs;
    const since = wasLooking ? clock.wallTime().toISOString() : null;
    const before = seen?.leader ?? null;
    const next = present === null ? null : isSame(present, before) ? before : { ...present, since };
    seen = { leader: next, atMs };
    return next;
  };
}

/** Looks come each second while anybody has a page open. */
const closeLooksMs = 5_000;

const isSame = ({ holder, term }: LeaseTerm, before: Leader): boolean =>
  before?.holder === holder && before.term === term;
