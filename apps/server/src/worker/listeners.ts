import type { Instant } from '@serverctl/core';
import {
  isProven,
  type ListenerClock,
  noteWatermark,
  standsStillForMs,
  startListenerClock,
  toOurInstant,
} from './listener-clock.ts';
import type { Watermark } from './ports.ts';

/** The processes that hear agents, as their watermarks show them (R2). */
export interface Listeners {
  read(watermark: Watermark, now: Instant): void;
  /** One of the listener's instants on our clock; `now` for a listener without a watermark. */
  toOurInstant(listenerId: string, theirs: Instant, now: Instant): Instant;
  /** Whether those instants may be as late as a hung database makes them; so until its watermarks have moved for a second. */
  isDoubtful(listenerId: string): boolean;
  /**
   * Up to where everything that it heard is stored, on our clock: infinitely long ago while that is doubtful, undefined for a listener without
   * a watermark.
   */
  watermark(listenerId: string, now: Instant): Instant | undefined;
  /** Up to where everything that any of them heard is stored, of doubtful ones as above; `now` when none lives. */
  oldestWatermark(now: Instant): Instant;
  /** Our instant of the last database write of any of them; null = none seen yet. */
  lastWriteAt(now: Instant): Instant | null;
  /** Those whose watermark stands still while another's moves. When all stand still it is the database, and the tick is frozen. */
  lost(now: Instant): ReadonlySet<string>;
}

/** A listener whose watermark stands still for this long, while another's moves, is gone (R2). */
const listenerLostMs = 5_000;

export function createListeners(): Listeners {
  const clocks = new Map<string, ListenerClock>();

  function atWatermark(clock: ListenerClock, now: Instant): Instant {
    return toOurInstant(clock, clock.watermarkMs, now);
  }

  /** A watermark that is taken for a later one would prove a silence in which somebody was heard. */
  function storedUpTo(clock: ListenerClock, now: Instant): Instant {
    return isProven(clock) ? atWatermark(clock, now) : Number.NEGATIVE_INFINITY;
  }

  return {
    read({ listenerId, atMs }, now) {
      const known = clocks.get(listenerId);
      clocks.set(listenerId, known === undefined ? startListenerClock(atMs, now) : noteWatermark(known, atMs, now));
    },
    toOurInstant(listenerId, theirs, now) {
      const clock = clocks.get(listenerId);
      return clock === undefined ? now : toOurInstant(clock, theirs, now);
    },
    isDoubtful(listenerId) {
      const clock = clocks.get(listenerId);
      return clock === undefined || !isProven(clock);
    },
    watermark(listenerId, now) {
      const clock = clocks.get(listenerId);
      return clock === undefined ? undefined : storedUpTo(clock, now);
    },
    oldestWatermark(now) {
      let oldest = now;
      for (const clock of clocks.values()) {
        if (standsStillForMs(clock, now) < listenerLostMs) oldest = Math.min(oldest, storedUpTo(clock, now));
      }
      return oldest;
    },
    lastWriteAt(now) {
      let last: Instant | null = null;
      for (const clock of clocks.values()) {
        if (clock.movedAt !== null) last = Math.max(last ?? Number.NEGATIVE_INFINITY, atWatermark(clock, now));
      }
      return last;
    },
    lost(now) {
      const lost = new Set<string>();
      for (const [listenerId, clock] of clocks) {
        if (standsStillForMs(clock, now) >= listenerLostMs) lost.add(listenerId);
      }
      return lost.size === clocks.size ? new Set() : lost;
    },
  };
}
