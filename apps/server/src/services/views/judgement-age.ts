import { durationText, secondMs } from '@serverctl/core';

/** A judgement older than this says nothing about now: no failover loop judges. */
export const judgementAgesAfterMs = 10 * secondMs;

/** What is said instead of the judgement; null while it is fresh. `what` is whom it was about: `this pool`. */
export function agedSentence(judgedAt: Date, now: Date, what: string): string | null {
  const ageMs = now.getTime() - judgedAt.getTime();
  return ageMs > judgementAgesAfterMs ? `No failover loop has judged ${what} for ${durationText(ageMs)}.` : null;
}
