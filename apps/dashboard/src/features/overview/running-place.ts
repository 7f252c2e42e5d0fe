import type { PoolView } from '@serverctl/contract';
import type { TrafficReading } from '../../lib/live/live-state.ts';
import { hostnameOf } from '../../lib/pool/names.ts';
import { isCurrent } from '../../lib/pool/present-traffic.ts';
import { kindWords } from '../../lib/pool/promotion-words.ts';
import { preciseClockText, sinceText } from '../../lib/words.ts';
import { longestMs, type Now } from './left-behind.ts';
import { shownAfterMs, type Timeline, type TimelineStep, titles } from './timeline.ts';

/**
 * What the pool itself says of a promotion that is not read yet, where its timeline will be shown: it keeps that place. Null where nothing goes
 * on as far as the pool says. `isFailed`: nobody can say when it will be read.
 */
export function placeOf(
  pool: PoolView,
  traffic: ReadonlyMap<string, TrafficReading>,
  now: Now,
  isFailed: boolean,
): Pick<Timeline, 'title' | 'hint' | 'steps'> | null {
  const { lastPromotion, activeMemberId } = pool;
  if (lastPromotion === null || activeMemberId === null || !goesOn(pool, traffic, now)) return null;
  const { kind, at } = lastPromotion;
  const unread = (title: string): TimelineStep => ({
    title,
    state: 'unknown',
    value: isFailed ? 'Not read' : 'Being read',
    detail: '',
  });
  return {
    title: `${kindWords[kind]} to ${hostnameOf(pool, activeMemberId)} ${isFailed ? 'could not be read' : 'is being read'}`,
    hint: `it was decided ${sinceText(now.serverMs - Date.parse(at))} ago`,
    steps: [
      ...(kind === 'failover' ? [unread(titles.heartbeat), unread(titles.detected)] : []),
      { title: titles.decided, state: 'done', value: preciseClockText(at), detail: `epoch ${pool.epoch}` },
      ...[titles.acknowledged, titles.answering, titles.ttl, titles.sessions].map(unread),
    ],
  };
}

/** After so long, a record that is still not written is more likely one of a name that was bound later, and no part of the promotion. */
const openForMs = 600_000;
const running: readonly PoolView['status']['state'][] = ['publishing', 'unknown-outcome', 'verifying'];

/** Whether its timeline is shown: a record is still to be written or to be seen, caches hold an old one, or it was all done a moment ago. */
function goesOn(pool: PoolView, traffic: ReadonlyMap<string, TrafficReading>, now: Now): boolean {
  const { lastPromotion, epoch, status } = pool;
  const decidedMs = Date.parse(lastPromotion?.at ?? '');
  const open = status.bindings.some(({ publishedEpoch, state }) => publishedEpoch < epoch || state === 'verifying');
  const cachedMs = status.bindings.map(({ oldTtlUntil }) => Date.parse(oldTtlUntil ?? '') || 0);
  const sinceMs = now.serverMs - decidedMs;
  if (open && (sinceMs <= openForMs || running.includes(status.state))) return true;
  if (now.serverMs - Math.max(decidedMs, ...cachedMs) <= shownAfterMs) return true;
  return sinceMs <= longestMs && hasOldSessions(pool, traffic, now);
}

/**
 * Sessions on a standby are those that a move left there; the first publish and another address moved nobody. The pool does not say from whom
 * it moved: where several standbys have sessions, they are their own.
 */
function hasOldSessions(
  { lastPromotion, status: { members } }: PoolView,
  traffic: ReadonlyMap<string, TrafficReading>,
  now: Now,
): boolean {
  if (lastPromotion?.kind === 'first-publish' || lastPromotion?.kind === 'address') return false;
  const carrying = members.filter(({ id, role }) => {
    const reading = traffic.get(id);
    return role === 'standby' && reading !== undefined && isCurrent(reading, now.pageMs) && reading.sessions > 0;
  });
  return carrying.length === 1;
}
