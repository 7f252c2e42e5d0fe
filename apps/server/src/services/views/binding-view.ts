import type { BindingStatus } from '@serverctl/contract';
import type { BindingRow } from '../../db/repositories/bindings.ts';
import type { PoolSnapshot } from './snapshot.ts';

/** One managed name: what it shall answer, and what its authoritative servers answered last. */
export function bindingView(snapshot: PoolSnapshot, row: BindingRow): BindingStatus {
  return {
    id: row.id,
    name: row.name,
    zone: row.zone,
    type: 'A',
    ttlSeconds: row.ttl_seconds,
    credentialId: row.credential_id,
    state: row.state as BindingStatus['state'],
    desiredAddress: snapshot.desiredAddress,
    published: row.servers as BindingStatus['published'],
    publishedEpoch: row.published_epoch,
    error: row.error as BindingStatus['error'],
    drift: row.state === 'drift' ? (snapshot.drifts.get(row.id) ?? null) : null,
    changedAt: row.changed_at?.toISOString() ?? null,
  };
}
