import type { MemberStatus } from '@serverctl/contract';
import { durationText, secondMs } from '@serverctl/core';
import { clean } from './table.ts';

/** Readings come every 5 s: two that are missing say that this one may not hold any more. */
const oldAfterMs = 15 * secondMs;

/** The sessions open on a member, for a column; `-` where no reading tells how many there are now. */
export function openSessions({ traffic }: MemberStatus): string {
  return traffic === null || traffic.ageMs > oldAfterMs ? '-' : String(traffic.sessions);
}

/** The last reading in words, with its age. */
export function trafficText({ traffic }: MemberStatus): string {
  if (traffic === null) return 'not reported';
  const { version, uptimeSeconds, sessions, sessionRate, requestRate, ageMs } = traffic;
  const load = `${sessions} ${sessions === 1 ? 'session' : 'sessions'}, ${sessionRate}/s, ${requestRate} requests/s`;
  const age = `${durationText(ageMs)} ago${ageMs > oldAfterMs ? ' (old)' : ''}`;
  return `HAProxy ${clean(version)}, up ${uptimeText(uptimeSeconds)}; ${load}; ${age}`;
}

function uptimeText(seconds: number): string {
  const hours = Math.floor(seconds / 3_600);
  return hours < 24 ? durationText(seconds * secondMs) : `${Math.floor(hours / 24)} d ${hours % 24} h`;
}
