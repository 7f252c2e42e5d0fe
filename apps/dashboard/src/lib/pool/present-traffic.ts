import type { MemberStatus } from '@serverctl/contract';
import type { TrafficReading } from '../live/live-state.ts';
import { isSilent, isStopped } from './unit-state.ts';

/** Readings come about every 5 s, or every 10 where a socket was slow once. */
const currentMs = 15_000;

/** Whether a reading may be shown as how things are now. */
export const isCurrent = ({ readAtMs }: Pick<TrafficReading, 'readAtMs'>, pageMs: number): boolean =>
  pageMs - readAtMs <= currentMs;

/**
 * Whether it may be shown as what the member carries now: a HAProxy that does not run carries nothing, whatever it said last, and of a
 * silent host nobody knows.
 */
export const isPresent = (
  member: Pick<MemberStatus, 'health' | 'alsoHealth' | 'haproxy' | 'heartbeatAgeMs'>,
  reading: Pick<TrafficReading, 'readAtMs'>,
  pageMs: number,
): boolean => !carriesNothing(member) && !isSilent(member) && isCurrent(reading, pageMs);

/** Its HAProxy does not run: also within the grace, in which that is no health yet. */
export const carriesNothing = (member: Pick<MemberStatus, 'health' | 'alsoHealth' | 'haproxy'>): boolean =>
  [member.health, ...member.alsoHealth].includes('haproxy-inactive') || isStopped(member);
