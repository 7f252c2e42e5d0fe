import type { EventView } from '@serverctl/contract';
import { type Access, kindsSeen, mayDo, type PoolId, poolsWith } from '@serverctl/core';
import type { LiveSource } from './source.ts';

/*
 * The end of the event log, read once for all streams:
 *
 *   unread ──open: at the newest──→ read ──after the last number──→ read …
 *
 * Nothing appears later below what was read: an event is told when all below it are (db/repositories/event-order.ts).
 */
export interface EventTail {
  /** Null until the log was read. Every event up to this number that will ever be there was read. */
  readonly last: () => number | null;
  /** Reads what is new. Rejects when the database does not answer; then nothing is lost. */
  read(): Promise<void>;
  /** What came after this number, oldest first; null = so much that it is no longer held. */
  after(seq: number): readonly EventView[] | null;
}

/** Held for streams that are read slowly. */
const mostHeld = 1_000;
const atOnce = 500;

export function createEventTail(source: Pick<LiveSource, 'events'>): EventTail {
  let last: number | null = null;
  /** Everything after this number is held. */
  let from = 0;
  let held: EventView[] = [];

  async function open(): Promise<number> {
    const [newest] = await source.events({ after: null, pools: 'all', kinds: 'all', limit: 1 });
    from = newest?.seq ?? 0;
    return from;
  }

  return {
    last: () => last,
    async read() {
      let after = last ?? (await open());
      for (;;) {
        const rows = await source.events({ after, pools: 'all', kinds: 'all', limit: atOnce });
        held.push(...rows);
        after = rows.at(-1)?.seq ?? after;
        last = after;
        if (held.length > mostHeld) {
          from = held.at(-mostHeld - 1)?.seq ?? from;
          held = held.slice(-mostHeld);
        }
        if (rows.length < atOnce) return;
      }
    },
    after(seq) {
      if (seq < from) return null;
      const first = held.findLastIndex((event) => event.seq <= seq) + 1;
      return held.slice(first);
    },
  };
}

/** Tells which events the caller may see, as `listEvents` does. */
export function eventFilter(access: Access): (event: EventView) => boolean {
  const pools = poolsWith(access, 'event:read');
  const seen = kindsSeen(access);
  const kinds: ReadonlySet<string> | null = seen === 'all' ? null : new Set(seen);
  return ({ poolId, kind }) => {
    if (kinds !== null && !kinds.has(kind)) return false;
    return pools === 'all' || (poolId !== null && mayDo(access, 'event:read', poolId as PoolId));
  };
}

/** Where a stream goes on, and what it missed until there. */
export interface Resumed {
  readonly from: number;
  readonly missed: readonly EventView[];
  /** Everything up to this number is in `missed`, or may not be seen. */
  readonly upTo: number;
  /** False: more was missed than is told here. */
  readonly isWhole: boolean;
}

/** A stream that missed more reads the log itself. */
const mostMissed = 500;

/** From the log itself, since a stream may have been away for long. `last` is the tail's, read before. Rejects when the database does not answer. */
export async function resumeEvents(
  source: Pick<LiveSource, 'events' | 'newestEvent'>,
  access: Access,
  after: number | null,
  last: number,
): Promise<Resumed> {
  const anew = { from: last, missed: [], upTo: last };
  const seen = poolsWith(access, 'event:read');
  const pools = seen === 'all' ? seen : [...seen];
  if (after === null || pools.length === 0) return { ...anew, isWhole: true };
  if (after > last) {
    // Another process may have read further already; a number that there never was is of a log that was put back.
    const isKnown = after <= (await source.newestEvent());
    return isKnown ? { from: after, missed: [], upTo: after, isWhole: true } : { ...anew, isWhole: false };
  }
  // Up to there the tail has read them all, so they are there. Later ones come by the tail, with the pools that they tell of.
  const missed = await source.events({
    ...{ after, before: last + 1, pools, kinds: kindsSeen(access) },
    limit: mostMissed + 1,
  });
  return missed.length > mostMissed ? { ...anew, isWhole: false } : { from: after, missed, upTo: last, isWhole: true };
}
