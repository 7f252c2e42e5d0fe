import type { MemberStatus } from '@serverctl/contract';
import type { TrafficReading } from '../live/live-state.ts';

/** Readings come about every 5 s, or every 10 where a socket was slow once. */
const currentMs = 15_000;

/** Whether a reading may be shown as how things are now. */
export const isCurrent = ({ readAtMs }: Pick<TrafficReading, 'readAtMs'>, pageMs: number): boolean =>
  pageMs - readAtMs <= currentMs;

/** Whether it may be shown as what the member carries now: a HAProxy that does not run carries nothing, whatever it said last. */
export const isPresent = (
  { health, alsoHealth }: Pick<MemberStatus, 'health' | 'alsoHealth'>,
  reading: Pick<TrafficReading, 'readAtMs'>,
  pageMs: number,
): boolean => health !== 'haproxy-inactive' && !alsoHealth.includes('haproxy-inactive') && isCurrent(reading, pageMs);
