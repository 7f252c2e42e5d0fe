import type { MemberStatus, PoolView, PromotionView } from '@serverctl/contract';
import type { TrafficReading } from '../../lib/live/live-state.ts';
import { cachedUntilMs } from '../../lib/pool/cached-until.ts';

/*
 * What a promotion left on the member that was active before: what clients still hold there, as far as anybody can know.
 *
 *   its HAProxy is not running       gone: no process holds a session
 *   a present reading                left with so many, or gone with none
 *   no reading, or an old one        unknown, with the last known count and its age: never shown as current
 */
export interface LeftBehind {
  readonly member: MemberStatus;
  readonly sessions:
    | { readonly kind: 'left'; readonly count: number }
    | { readonly kind: 'gone'; readonly because: 'none' | 'stopped' }
    | { readonly kind: 'unknown'; readonly last: { readonly count: number; readonly readAtMs: number } | null };
  /** Until when caches may send clients there, by the server's clock; null = nothing was replaced, or it is not known yet. */
  readonly cachedUntilMs: number | null;
}

/** Readings come about every 5 s, or every 10 where a socket was slow once. */
const currentMs = 15_000;
/** After so long, sessions on a standby are not those that a promotion left behind. */
const longestMs = 3_600_000;

/** Whether a reading may be shown as how things are now. */
export const isCurrent = ({ readAtMs }: Pick<TrafficReading, 'readAtMs'>, pageMs: number): boolean =>
  pageMs - readAtMs <= currentMs;

/** Whether it may be shown as what the member carries now: a HAProxy that does not run carries nothing, whatever it said last. */
export const isPresent = (
  { health, alsoHealth }: Pick<MemberStatus, 'health' | 'alsoHealth'>,
  reading: Pick<TrafficReading, 'readAtMs'>,
  pageMs: number,
): boolean => health !== 'haproxy-inactive' && !alsoHealth.includes('haproxy-inactive') && isCurrent(reading, pageMs);

export interface Now {
  /** Of the page's clock. */
  readonly pageMs: number;
  /** Of the server's clock. */
  readonly serverMs: number;
}

/** Null where the last promotion left nobody: the first one, one to the same member, one of long ago. */
export function leftBehindOf(
  pool: PoolView,
  last: PromotionView | null,
  traffic: ReadonlyMap<string, TrafficReading>,
  now: Now,
): LeftBehind | null {
  if (last === null || last.fromMemberId === null || last.fromMemberId === pool.activeMemberId) return null;
  const member = pool.status.members.find(({ id }) => id === last.fromMemberId);
  if (member === undefined || now.serverMs - Date.parse(last.decidedAt) > longestMs) return null;
  const reading = traffic.get(member.id) ?? null;
  return { member, sessions: sessionsOf(member, reading, now), cachedUntilMs: cachedUntilMs(pool, last) };
}

function sessionsOf(member: MemberStatus, reading: TrafficReading | null, now: Now): LeftBehind['sessions'] {
  if (member.health === 'haproxy-inactive' || member.alsoHealth.includes('haproxy-inactive'))
    return { kind: 'gone', because: 'stopped' };
  if (reading === null) return { kind: 'unknown', last: null };
  const { sessions: count, readAtMs } = reading;
  if (!isCurrent(reading, now.pageMs)) return { kind: 'unknown', last: { count, readAtMs } };
  return count === 0 ? { kind: 'gone', because: 'none' } : { kind: 'left', count };
}

/** Clients may still be sent there, or are known to be there. */
export function isDraining({ sessions, cachedUntilMs: until }: LeftBehind, serverMs: number): boolean {
  if (until !== null && serverMs < until) return true;
  return sessions.kind === 'left' || (sessions.kind === 'unknown' && (sessions.last?.count ?? 0) > 0);
}
