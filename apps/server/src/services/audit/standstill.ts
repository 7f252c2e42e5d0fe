import { type Instant, secondMs } from '@serverctl/core';

/*
 * How long nothing was sealed while something waited for it, kept in memory: who can write to the database can hold the sealers' lock, or lock
 * their table, and the seconds in which an entry is unprotected would have no end.
 *
 *   moving ──something waits, nothing was sealed, for 30 s──→ standing (to be told) ──something was sealed, or nothing waits──→ moving (told)
 *
 * What was told is stored (standstill-told.ts), since of several processes one tells it, and perhaps another its end: so the first move after
 * anything that stood, however shortly, and a process's first one, ask there.
 */

export interface Standstill {
  /** Something waits, and nothing was sealed. True when that is to be told. */
  stands(now: Instant): boolean;
  /** Something was sealed, or nothing waits. True when the end of a standstill is to be told, if one was told. */
  moves(now: Instant): boolean;
  /** Nothing can be known, or it was told otherwise: this time does not count. */
  pauses(now: Instant): void;
  /** Its end could not be told: the next move is to tell it. */
  endIsUntold(): void;
}

export const standstillAfterMs = 30 * secondMs;

export function createStandstill(): Standstill {
  let movedAt: Instant | null = null;
  let isTold = false;
  let hasStood = true; // what was before this process it does not know

  return {
    stands(now) {
      movedAt ??= now;
      hasStood = true;
      if (isTold || now - movedAt < standstillAfterMs) return false;
      isTold = true;
      return true;
    },
    moves(now) {
      const asks = hasStood;
      movedAt = now;
      isTold = false;
      hasStood = false;
      return asks;
    },
    pauses(now) {
      movedAt = now;
    },
    endIsUntold() {
      hasStood = true;
    },
  };
}
