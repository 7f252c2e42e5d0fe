import type { BindingId, DnsName, Member, MemberId, MemberTemplate, PoolId, PromotionKind } from '@serverctl/core';
import type { Selectable } from 'kysely';
import type { Binding } from '../../worker/ports.ts';
import type { Database } from '../schema.ts';

/** As a person set it; with the address that a record gets: `memberWithAddress`. */
export function toMember(row: Selectable<Database['member']>): Member {
  return {
    id: row.id as MemberId,
    poolId: row.pool_id as PoolId,
    hostname: row.hostname,
    allowedEgress: row.allowed_egress,
    publicIpv4: row.public_ipv4,
    template: row.template as MemberTemplate,
    monitored: row.monitored,
    units: row.units,
    priority: row.priority,
    zone: row.zone,
  };
}

export function toBinding(row: Selectable<Database['dns_binding']>): Binding {
  return {
    id: row.id as BindingId,
    poolId: row.pool_id as PoolId,
    name: row.name as DnsName,
    zone: row.zone as DnsName,
    ttlSeconds: row.ttl_seconds,
    credentialId: row.credential_id,
    takeOver: row.take_over,
    publishedEpoch: row.published_epoch,
    publishedAddress: row.published_address,
  };
}

/** Whether a person asked for a promotion of this kind, or it is one that nobody asked for. Total: a new kind does not compile before. */
export function byPerson(kind: PromotionKind): boolean {
  return askedFor[kind];
}

const askedFor: Readonly<Record<PromotionKind, boolean>> = {
  failover: false,
  failback: false,
  withdrawal: false,
  switchover: true,
  'first-publish': true,
  adoption: true,
};
