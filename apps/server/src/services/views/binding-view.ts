import type { BindingStatus } from '@serverctl/contract';
import type { RecordType } from '@serverctl/core';
import type { BindingRow } from '../../db/repositories/bindings.ts';
import { edgeOf } from '../dns/edge.ts';
import { effectiveTtlAt, ttlSentence } from '../dns/ttl-cost.ts';
import type { PoolSnapshot } from './snapshot.ts';

/** One record of a managed name: what it shall answer, what its authoritative servers answered last, and what its TTL costs. */
export function bindingView(snapshot: PoolSnapshot, row: BindingRow): BindingStatus {
  const type = row.type as RecordType; // by the table's own constraint
  const wish = { ttlSeconds: row.ttl_seconds, proxied: row.proxied };
  return {
    id: row.id,
    name: row.name,
    zone: row.zone,
    type,
    ttlSeconds: row.ttl_seconds,
    effectiveTtlSeconds: effectiveTtlAt(row, wish),
    ttlSentence: ttlSentence(row, wish, snapshot.pool.failover_delay_ms),
    proxied: row.proxied,
    edge: edgeOf(snapshot.bindings.filter(({ name }) => name === row.name)),
    credentialId: row.credential_id,
    state: row.state as BindingStatus['state'],
    desiredAddress: (type === 'A' ? snapshot.desired?.address : snapshot.desired?.address6) ?? null,
    published: row.servers as BindingStatus['published'],
    publishedEpoch: row.published_epoch,
    error: row.error as BindingStatus['error'],
    drift: row.state === 'drift' ? (snapshot.drifts.get(row.id) ?? null) : null,
    oldTtlUntil: row.old_answer_until?.toISOString() ?? null,
    changedAt: row.changed_at?.toISOString() ?? null,
  };
}
