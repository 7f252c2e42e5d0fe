import type { ChannelView, DeliveryView } from '@serverctl/contract';
import { clean, facts, table } from './table.ts';
import { localTime } from './words.ts';

/** Which of all events a channel is told of, in words. */
export function choiceText({ leastSeverity, kinds, poolIds }: ChannelView): string {
  const what = kinds === null ? 'all events' : kinds.join(', ');
  const from =
    leastSeverity === 'info' ? '' : `, ${leastSeverity === 'critical' ? 'critical' : 'warning and critical'}`;
  const where = poolIds === null ? '' : `, of ${poolIds.length} pool${poolIds.length === 1 ? '' : 's'}`;
  return what + from + where;
}

export function channelTable(channels: readonly ChannelView[], wide: boolean): string {
  const head = ['name', 'kind', 'told of', 'last notice', ...(wide ? ['to', 'since'] : []), 'id'];
  const rows = channels.map((one) => [
    clean(one.name),
    one.kind,
    one.enabled ? choiceText(one) : 'nothing: disabled',
    one.lastDelivery === null ? 'none yet' : one.lastDelivery.state,
    ...(wide ? [clean(one.origin), localTime(one.createdAt)] : []),
    one.id,
  ]);
  return table(head, rows, [], { wide, whole: ['kind', 'last notice'], last: 12 });
}

/** `pools`: the names of those that it is narrowed to. */
export function channelFacts(channel: ChannelView, pools: readonly string[]): string {
  const { lastDelivery: last } = channel;
  return facts([
    ['channel', `${clean(channel.name)} (${channel.id}), ${channel.kind}`],
    ['to', clean(channel.origin)],
    ['told', channel.enabled ? choiceText(channel) : 'nothing: disabled'],
    ...(channel.poolIds === null ? [] : [['pools', pools.map(clean).join(', ')] as const]),
    ['since', localTime(channel.createdAt)],
    ['last notice', last === null ? 'none yet' : `${localTime(last.happenedAt)}, ${last.state}: ${outcomeText(last)}`],
  ]);
}

export function deliveryTable(deliveries: readonly DeliveryView[]): string {
  const rows = deliveries.map((one) => [localTime(one.happenedAt), one.kind, one.state, outcomeText(one)]);
  return table(['time', 'event', 'state', 'how it went'], rows, [], { whole: ['time', 'state'], last: 24 });
}

function outcomeText({ attempts, answer, nextAttemptAt, state }: DeliveryView): string {
  const tries = attempts < 2 ? '' : ` ${attempts} attempts.`;
  const next = state === 'pending' && nextAttemptAt !== null ? ` Tried again at ${localTime(nextAttemptAt)}.` : '';
  return `${clean(answer ?? 'Not tried yet.')}${tries}${next}`;
}
