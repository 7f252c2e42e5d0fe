import { type Instant, secondMs } from '@serverctl/core';

/*
 * How long nothing was sealed while something waited for it, kept in memory: who can write to the database can hold the sealers' lock, or lock
 * their table, and the seconds in which an entry is unprotected would have no end.
 *
 *   moving ──something waits, nothing was sealed, for 30 s──→ standing (told once) ──something was sealed, or nothing waits──→ moving (told)
 */

export interface Standstill {
  /** Something waits, and nothing was sealed. True when that is to be told. */
  stands(now: Instant): boolean;
  /** Something was sealed, or nothing waits. True when the end of a standstill is to be told. */
  moves(now: Instant): boolean;
  /** Nothing can be known, or it was told otherwise: this time does not count. */
  pauses(now: Instant): void;
}

export const standstillAfterMs = 30 * secondMs;

export function createStandstill(): Standstill {
  let movedAt: Instant | null = null;
  let isTold = false;

  return {
    stands(now) {
      movedAt ??= now;
      if (isTold || now - movedAt < standstillAfterMs) return false;
      isTold = true;
      return true;
    },
    moves(now) {
      const wasTold = isTold;
      movedAt = now;
      isTold = false;
      return wasTold;
    },
    pauses(now) {
      movedAt = now;
    },
  };
}
