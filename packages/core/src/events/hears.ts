import { type EventKind, endedBy } from './catalogue.ts';
import type { EventSeverity } from './event-spec.ts';

/** What one channel wants to hear of. */
export interface ChannelChoice {
  readonly id: string;
  readonly leastSeverity: EventSeverity;
  /** Null = every kind. */
  readonly kinds: readonly string[] | null;
  /** Null = every pool, and what belongs to none. */
  readonly poolIds: readonly string[] | null;
}

/** What it is chosen by. */
export interface HeardEvent {
  readonly kind: EventKind;
  readonly severity: EventSeverity;
  readonly poolId: string | null;
  readonly details: Readonly<Record<string, unknown>>;
}

const rank: Readonly<Record<EventSeverity, number>> = { info: 0, warning: 1, critical: 2 };

/**
 * Whether a channel hears of an event:
 *
 *   what a channel does itself        not in that channel: one that fails cannot say so
 *   of another pool than the chosen   no
 *   a recovery                        where its trouble was told, however urgent the channel wants it; also where the kind is chosen by name
 *   anything else                     when it is urgent enough and of a chosen kind
 */
export function hears(channel: ChannelChoice, event: HeardEvent): 'yes' | 'no' | 'if-told' {
  const { kind, severity, poolId, details } = event;
  if (isOwnTrouble(kind) && details['channelId'] === channel.id) return 'no';
  if (channel.poolIds !== null && (poolId === null || !channel.poolIds.includes(poolId))) return 'no';
  const isUrgent = rank[severity] >= rank[channel.leastSeverity];
  const isNamed = channel.kinds?.includes(kind) === true;
  if (endedBy(kind).length > 0 && !(isNamed && isUrgent)) return 'if-told';
  return isUrgent && (channel.kinds === null || isNamed) ? 'yes' : 'no';
}

function isOwnTrouble(kind: EventKind): boolean {
  return kind === 'channel.failing' || kind === 'channel.recovered';
}
