import { hourMs, minuteMs, secondMs } from '@serverctl/core';
import type { Random } from '../../platform/random.ts';
import { spread } from '../../worker/back-off.ts';

/*
 * When a notice is tried again: at once, then after
 *
 *   5 s   30 s   2 min   10 min   30 min   2 h     each a tenth shorter or longer
 *
 * and given up after that, about 2 h 43 min after the first attempt. A receiver that asks for more time (Retry-After of 429 and 503) gets it,
 * at most an hour at a time.
 */
const pausesMs = [5 * secondMs, 30 * secondMs, 2 * minuteMs, 10 * minuteMs, 30 * minuteMs, 2 * hourMs] as const;
const longestAskedMs = hourMs;

/** A channel that fails so often in a row is told to fail: after half a minute. */
export const failingAfterAttempts = 3;

/** The pause after so many attempts; null = no further one. */
export function pauseAfter(attempts: number, askedMs: number | null, random: Random): number | null {
  const pauseMs = pausesMs[attempts - 1];
  if (pauseMs === undefined) return null;
  return Math.max(spread(pauseMs, random), Math.min(askedMs ?? 0, longestAskedMs));
}
