import { type Instant, type MemberId, type Silence, secondMs } from '@serverctl/core';

/** A silence that ended with a beat: what R2 made of it, for whoever wants to know afterwards what we could hear. */
export interface EndedSilence {
  readonly memberId: MemberId;
  /** From the last beat to the one that ended it; from the beginning of our listening when we had not heard the member before. */
  readonly trueMs: number;
  /** The part of it in which we could have heard one; never greater than `trueMs` (I7). */
  readonly provenMs: number;
  /** It began before we did: `trueMs` is only what we saw of it. */
  readonly isOpenEnded: boolean;
}

/** Shorter ones are late beats. */
const toldFromMs = 3 * secondMs;

/**
 * The silence that a beat heard at `heardAt` ends; null when it is too short, was ended by one that could not be dated, or the beat is older
 * than one known.
 */
export function endedSilence(memberId: MemberId, silence: Silence, heardAt: Instant): EndedSilence | null {
  const trueMs = heardAt - Math.max(silence.silentSince, silence.provenFrom);
  if (trueMs <= toldFromMs) return null;
  const waitingMs = silence.pending.reduce((sum, { from, to }) => sum + Math.max(0, Math.min(to, heardAt) - from), 0);
  return {
    memberId,
    trueMs,
    provenMs: Math.min(trueMs, silence.provenMs + waitingMs),
    isOpenEnded: silence.heardAt === null,
  };
}
