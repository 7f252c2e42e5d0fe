import { secondMs } from '@serverctl/core';
import type { Random } from '../platform/random.ts';

const firstMs = secondMs;
const longestMs = 30 * secondMs;

/** The pause after so many failures in a row: 1, 2, 4 … 30 s, each up to a fifth shorter, so that many do not come back at once (R19). */
export function backOffMs(failures: number, random: Random): number {
  const wholeMs = Math.min(longestMs, firstMs * 2 ** Math.min(Math.max(0, failures - 1), 10));
  return wholeMs * (1 - random.fraction() / 5);
}

/** A recurring pause, a tenth shorter or longer, so that names bound at the same moment drift apart. */
export function spread(pauseMs: number, random: Random): number {
  return pauseMs * (0.9 + random.fraction() / 5);
}
