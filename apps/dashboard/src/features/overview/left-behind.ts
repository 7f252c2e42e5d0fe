import type { BindingStatus, MemberStatus, PoolView, PromotionView } from '@serverctl/contract';
import type { TrafficReading } from '../../lib/live/live-state.ts';
import { cachedUntilMs } from '../../lib/pool/cached-until.ts';
import { isCurrent } from '../../lib/pool/present-traffic.ts';

/*
 * What a promotion left on the member that was active before: what clients still hold there, as far as anybody can know.
 *
 *   it is not heard                  unknown: what it said last of HAProxy and its sessions may not be so any more
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
  /** The provider has taken none of the records yet: clients are still sent there. */
  readonly isUnwritten: boolean;
}

/** After so long, sessions on a standby are not those that a promotion left behind. */
export const longestMs = 3_600_000;

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
  return {
    member,
    sessions: sessionsOf(member, reading, now),
    cachedUntilMs: cachedUntilMs(pool, last),
    isUnwritten:
      pool.status.bindings.length > 0 && pool.status.bindings.every((record) => isUnwritten(record, pool, last)),
  };
}

/** Whether what a promotion wishes for a record was asked for, and nobody knows that the provider has it. */
export const isUnwritten = (
  { name, type }: Pick<BindingStatus, 'name' | 'type'>,
  { epoch }: Pick<PoolView, 'epoch'>,
  last: PromotionView | null,
): boolean =>
  last !== null &&
  last.epoch === epoch &&
  last.state === 'publishing' &&
  !last.steps.some((one) => one.step === 'acknowledged' && one.name === name && one.type === type);

const unheardKinds: ReadonlySet<MemberStatus['health']> = new Set([
  'heartbeat-lost',
  'unheard',
  'unknown',
  'refused',
  'quarantined',
]);

function sessionsOf(member: MemberStatus, reading: TrafficReading | null, now: Now): LeftBehind['sessions'] {
  const health = [member.health, ...member.alsoHealth];
  const isHeard = !health.some((kind) => unheardKinds.has(kind));
  if (isHeard && health.includes('haproxy-inactive')) return { kind: 'gone', because: 'stopped' };
  if (reading === null) return { kind: 'unknown', last: null };
  const { sessions: count, readAtMs } = reading;
  if (!isHeard || !isCurrent(reading, now.pageMs)) return { kind: 'unknown', last: { count, readAtMs } };
  return count === 0 ? { kind: 'gone', because: 'none' } : { kind: 'left', count };
}

/** Clients may still be sent there, or are known to be there. */
export function isDraining(
  { sessions, cachedUntilMs: until, isUnwritten: isStill }: LeftBehind,
  serverMs: number,
): boolean {
  if (isStill) return true;
  if (until !== null && serverMs < until) return true;
  return sessions.kind === 'left' || (sessions.kind === 'unknown' && (sessions.last?.count ?? 0) > 0);
}
