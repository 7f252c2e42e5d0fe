import type { Bar } from '../../lib/live/strip.ts';

/** For how many seconds a member has been heard since it was silent; null where it is silent, or was not in what the page watched. */
export function heardAgainSeconds(strip: readonly Bar[]): number | null {
  const missed = strip.lastIndexOf('missed');
  const since = strip.length - 1 - missed;
  return missed === -1 || since === 0 ? null : since;
}
