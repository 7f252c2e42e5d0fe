import type { ChannelView, DeliveryView, EventKindView } from '@serverctl/contract';
import { eventCatalogue, eventKinds, runbookOf } from '@serverctl/core';
import type { ChannelRow } from '../../db/repositories/channels.ts';
import type { DeliveryRow } from '../../db/repositories/deliveries.ts';
import { messageOf } from './message.ts';

/** A channel without its secret. */
export function channelView(row: ChannelRow, last: DeliveryRow | undefined): ChannelView {
  return {
    id: row.id,
    kind: row.kind as ChannelView['kind'],
    name: row.name,
    origin: row.origin,
    leastSeverity: row.least_severity as ChannelView['leastSeverity'],
    kinds: row.kinds,
    poolIds: row.pool_ids,
    enabled: row.disabled_at === null,
    lastDelivery: last === undefined ? null : deliveryView(last),
    createdAt: row.created_at.toISOString(),
  };
}

export function deliveryView(row: DeliveryRow): DeliveryView {
  return {
    id: row.id,
    kind: row.kind,
    severity: row.severity as DeliveryView['severity'],
    sentence: messageOf(row).notice.sentence,
    happenedAt: row.happened_at.toISOString(),
    state: row.state as DeliveryView['state'],
    attempts: row.attempts,
    answer: row.answer,
    nextAttemptAt: row.next_attempt_at?.toISOString() ?? null,
    finishedAt: row.finished_at?.toISOString() ?? null,
  };
}

/** Every kind of event that there is. */
export function eventKindViews(): { kinds: EventKindView[] } {
  const kinds = eventKinds.map((kind) => {
    const { severity, summary, recoveredBy = null } = eventCatalogue[kind];
    return { kind, severity, summary, recoveredBy, runbook: runbookOf(kind) };
  });
  return { kinds };
}
