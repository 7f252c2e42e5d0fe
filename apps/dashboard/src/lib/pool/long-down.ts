import type { MemberStatus, PoolView } from '@serverctl/contract';

/** For so long a restart or an update may take; what lasts longer waits for a person. */
const longMinutes = 5;
const minutesIn: Readonly<Record<string, number>> = { min: 1, h: 60, days: 1_440 };

/**
 * Standbys that could not take over for minutes already, or never will before a person has looked, though the pool does well without them. None
 * that somebody put aside (R13), and none that was never heard: it is still being set up.
 */
export function longDownOf({ maintenance, paused, status }: PoolView): readonly MemberStatus[] {
  if (maintenance !== null || paused !== null) return [];
  return status.members.filter((member) => member.role === 'standby' && !member.ready && isLongDown(member));
}

/**
 * Total over the kinds of health. What the two of a HAProxy or service that does not answer last is told nowhere: such a standby counts as soon
 * as the server says that it is not ready, and nothing is said of how long.
 */
function isLongDown({ health, healthSentence, heartbeatAgeMs }: MemberStatus): boolean {
  switch (health) {
    case 'heartbeat-lost':
    case 'unheard':
      return heartbeatAgeMs !== null && heartbeatAgeMs >= longMinutes * 60_000;
    case 'haproxy-inactive':
      return minutesOf(healthSentence) >= longMinutes;
    case 'haproxy-unresponsive':
    case 'service-unreachable':
    case 'quarantined':
    case 'refused':
      return true;
    case 'maintenance':
    case 'drained':
    case 'unknown':
    case 'healthy':
      return false;
  }
}

/** For how long, as the server's sentence says it: it is told nowhere else. Below a minute it says none. */
function minutesOf(sentence: string): number {
  const [, count = '0', unit = 'min'] = /\bfor (\d+) (min|h|days)\b/.exec(sentence) ?? [];
  return Number(count) * (minutesIn[unit] ?? 0);
}

/** "ams.example.com cannot take over", or how many cannot. */
export function longDownText(down: readonly MemberStatus[]): string {
  const [first] = down;
  return down.length === 1 ? `${first?.hostname ?? ''} cannot take over` : `${down.length} standbys cannot take over`;
}
