import type {
  BindingId,
  DnsName,
  Member,
  MemberId,
  MemberTemplate,
  PoolId,
  PromotionKind,
  RecordType,
  TakeOver,
} from '@serverctl/core';
import type { Selectable } from 'kysely';
import type { Binding } from '../../worker/ports.ts';
import type { Database } from '../schema.ts';

type MemberRow = Selectable<Database['member']>;
/** What `toMember` needs of a row. */
export const memberColumns = [
  'id',
  'pool_id',
  'hostname',
  'allowed_egress',
  'public_ipv4',
  'public_ipv6',
  'template',
  'monitored',
  'units',
  'priority',
  'zone',
] as const satisfies readonly (keyof MemberRow)[];

/** As a person set it; with the addresses that records get: `memberWithAddress`. */
export function toMember(row: Pick<MemberRow, (typeof memberColumns)[number]>): Member {
  return {
    id: row.id as MemberId,
    poolId: row.pool_id as PoolId,
    hostname: row.hostname,
    allowedEgress: row.allowed_egress,
    publicIpv4: row.public_ipv4,
    publicIpv6: row.public_ipv6,
    template: row.template as MemberTemplate,
    monitored: row.monitored,
    units: row.units,
    priority: row.priority,
    zone: row.zone,
  };
}

type BindingRow = Selectable<Database['dns_binding']>;

/** A person's yes to what is not ours at this name; null = none. */
export function toTakeOver(row: Pick<BindingRow, 'take_over' | 'take_over_mark'>): TakeOver | null {
  return row.take_over ? { mark: row.take_over_mark } : null;
}

/** What `toBinding` needs of a row. */
export const bindingColumns = [
  'id',
  'pool_id',
  'name',
  'zone',
  'type',
  'ttl_seconds',
  'proxied',
  'credential_id',
  'take_over',
  'take_over_mark',
  'published_epoch',
  'published_address',
  'state',
] as const satisfies readonly (keyof BindingRow)[];

export function toBinding(row: Pick<BindingRow, (typeof bindingColumns)[number]>): Binding {
  return {
    id: row.id as BindingId,
    poolId: row.pool_id as PoolId,
    name: row.name as DnsName,
    zone: row.zone as DnsName,
    type: row.type as RecordType,
    ttlSeconds: row.ttl_seconds,
    proxied: row.proxied,
    credentialId: row.credential_id,
    takeOver: toTakeOver(row),
    publishedEpoch: row.published_epoch,
    publishedAddress: row.published_address,
    isLeft: row.state === 'drift',
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
  address: false,
};
