import type { Clock } from '../platform/clock.ts';
import { newId, type Random } from '../platform/random.ts';
import type { Notice } from './ports.ts';

/** What is known of a notice before it is stored; both collections go on while it is being written. */
export interface Ahead {
  readonly noticeId: string;
  readonly happenedAt: Date;
  /** Channels that were told directly, and what they answered. */
  readonly told: ReadonlyMap<string, string>;
  /** Channels that are just being told. */
  readonly underWay: ReadonlySet<string>;
}

/** A notice that waits to be stored; its way past the database may have begun. */
export interface QueuedNotice {
  readonly notice: Notice;
  readonly noticeId: string;
  readonly at: Date;
  readonly told: Map<string, string>;
  readonly underWay: Set<string>;
  isStored: boolean;
  isDirect: boolean;
}

export function newlyQueued(
  notice: Notice,
  { clock, random }: { readonly clock: Clock; readonly random: Random },
): QueuedNotice {
  return {
    notice,
    noticeId: newId<string>(random),
    at: clock.wallTime(),
    told: new Map(),
    underWay: new Set(),
    isStored: false,
    isDirect: false,
  };
}
