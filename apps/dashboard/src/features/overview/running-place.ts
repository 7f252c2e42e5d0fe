import type { PoolView } from '@serverctl/contract';
import { hostnameOf } from '../../lib/pool/names.ts';
import { kindWords } from '../../lib/pool/promotion-words.ts';
import { preciseClockText, sinceText } from '../../lib/words.ts';
import type { Now } from './left-behind.ts';
import { type Timeline, type TimelineStep, titles } from './timeline.ts';

/**
 * What the pool itself says of its newest promotion while that is not read yet, where its timeline will be shown: it keeps that place. Null
 * before the first one. `isFailed`: nobody can say when it will be read.
 */
export function placeOf(
  pool: PoolView,
  now: Pick<Now, 'serverMs'>,
  isFailed: boolean,
): Pick<Timeline, 'title' | 'hint' | 'steps'> | null {
  const { lastPromotion, activeMemberId } = pool;
  if (lastPromotion === null || activeMemberId === null) return null;
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
