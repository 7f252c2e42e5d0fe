import type { MemberStatus } from '@serverctl/contract';

/** Silent for longer, and what a host said last is what was (R7). */
const saysNowForMs = 3_000;

const stoppedStates: ReadonlySet<string> = new Set(['inactive', 'failed', 'maintenance']);
const runningStates: ReadonlySet<string> = new Set(['active', 'reloading', 'refreshing']);

/**
 * Whether HAProxy runs, by systemd’s word alone: its health waits for the grace (R4), and its clients do not. Null = between the two, and
 * nobody can know. True where none is watched: nothing is said against it.
 */
export function isRunning({ haproxy }: Pick<MemberStatus, 'haproxy'>): boolean | null {
  const [state = ''] = haproxy?.split(' ') ?? [];
  if (haproxy === null || runningStates.has(state)) return true;
  return stoppedStates.has(state) ? false : null;
}

export const isStopped = (member: Pick<MemberStatus, 'haproxy'>): boolean => isRunning(member) === false;

/** It was heard, and is not any more. */
export const isSilent = ({ heartbeatAgeMs }: Pick<MemberStatus, 'heartbeatAgeMs'>): boolean =>
  heartbeatAgeMs !== null && heartbeatAgeMs > saysNowForMs;
