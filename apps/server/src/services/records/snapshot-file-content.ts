import {
  type BindingStatus,
  type DnsSnapshot,
  dnsSnapshotVersion,
  type ProviderKind,
  type SnapshotName,
  type SnapshotPool,
} from '@serverctl/contract';
import {
  type DnsName,
  formatMark,
  type InstanceId,
  type Ipv4,
  type Ipv6,
  type Mark,
  type PauseReason,
  type PoolId,
  type PromotionId,
  type RecordType,
} from '@serverctl/core';
import { manualSteps } from '@serverctl/dns';
import type { NameRow, RecordRows } from '../../db/repositories/dns-snapshot.ts';
import { type MemberRow, memberWithAddress } from '../../db/repositories/members.ts';
import type { PoolRow } from '../../db/repositories/pools.ts';
import type { PresentAddresses } from '../../db/repositories/promotions.ts';
import { sharesMark } from '../dns-providers/limits.ts';
import { settingsOf } from '../dns-providers/stored.ts';

/** Whose records they are, and when they were read. */
export interface SnapshotOrigin {
  readonly instance: InstanceId;
  readonly urls: readonly string[];
  readonly at: Date;
}

/** Some milliseconds of work: this process also hears heartbeats and leads, and a fleet's copy is megabytes. */
const poolsAtOnce = 50;

/**
 * The file's text, made of a few pools at a time with a breath in between. Settings go through the schema, which lets nothing pass that it
 * does not name: no secret, and nothing unknown.
 */
export async function snapshotText(
  { pools, members, names, desired }: RecordRows,
  { instance, urls, at }: SnapshotOrigin,
  breathe: () => Promise<void>,
): Promise<string> {
  const membersOf = Map.groupBy(members, (member) => member.pool_id);
  const namesOf = Map.groupBy(names, (name) => name.pool_id);
  const parts: string[] = [];
  for (const pool of pools) {
    const own = (membersOf.get(pool.id) ?? []).map(addressed);
    const frame = { pool, members: own, desired: desired.get(pool.id) ?? null, instance };
    parts.push(JSON.stringify(poolOf(frame, namesOf.get(pool.id) ?? [])));
    if (parts.length % poolsAtOnce === 0) await breathe();
  }
  const head: Omit<DnsSnapshot, 'pools'> = {
    version: dnsSnapshotVersion,
    writtenAt: at.toISOString(),
    instance,
    urls: [...urls],
  };
  return `${JSON.stringify(head).slice(0, -1)},"pools":[${parts.join(',\n')}]}\n`;
}

function poolOf(frame: PoolFrame, names: readonly NameRow[]): SnapshotPool {
  const { pool, members } = frame;
  return {
    id: pool.id,
    name: pool.name,
    epoch: pool.epoch,
    activeMemberId: pool.active_member_id,
    paused: pausedOf(pool),
    members: [...members],
    names: names.map((row) => nameOf(frame, names, row)),
  };
}

interface PoolFrame {
  readonly pool: PoolRow;
  readonly members: readonly SnapshotPool['members'][number][];
  readonly desired: PresentAddresses | null;
  readonly instance: InstanceId;
}

function nameOf(frame: PoolFrame, names: readonly NameRow[], row: NameRow): SnapshotName {
  const { pool } = frame;
  const type = row.type as RecordType; // by the table's own constraint
  const settings = settingsOf(row);
  const mark = markOf(frame, markedLast(names, row, settings.provider));
  const desired = (type === 'A' ? frame.desired?.address : frame.desired?.address6) ?? null;
  const isPending = frame.desired !== null && row.published_epoch < pool.epoch;
  return {
    id: row.id,
    name: row.name,
    zone: row.zone,
    type,
    ttlSeconds: row.ttl_seconds,
    state: row.state as BindingStatus['state'],
    desiredAddress: desired,
    published: row.servers as BindingStatus['published'],
    error: row.error as BindingStatus['error'],
    changedAt: row.changed_at?.toISOString() ?? null,
    acknowledged: acknowledgedOf(row),
    mark: mark === null ? null : formatMark(mark),
    settings,
    manualSteps: manualSteps(settings, {
      pool: pool.id as PoolId,
      paused: pool.paused_at !== null,
      ref: { zone: row.zone as DnsName, name: row.name as DnsName, type },
      ttlSeconds: row.ttl_seconds,
      mark,
      pending: isPending ? { epoch: pool.epoch, address: desired } : null,
      targets: targetsOf(frame, type),
    }).map(({ text, commands }) => ({ text, commands: [...commands] })),
  };
}

/** What the provider acknowledged last; for an AAAA that was withdrawn no address. */
function acknowledgedOf(row: NameRow): SnapshotName['acknowledged'] {
  if (row.published_epoch === 0) return null;
  const at = row.acknowledged_at?.toISOString() ?? null;
  return { address: row.published_address, epoch: row.published_epoch, at };
}

/** Members with an address of the record's family. */
function targetsOf({ members }: PoolFrame, type: RecordType) {
  return members.flatMap(({ hostname, address, address6 = null }) => {
    const own = type === 'A' ? address : address6;
    return own === null ? [] : [{ hostname, address: own as Ipv4 | Ipv6 }];
  });
}

/** Whose mark stands beside the record: where both records of a name share one, that of the one written last. */
function markedLast(names: readonly NameRow[], row: NameRow, provider: ProviderKind): NameRow {
  if (!sharesMark[provider]) return row;
  const sharing = names.filter(({ name }) => name === row.name);
  return sharing.reduce((last, one) => (one.published_epoch > last.published_epoch ? one : last), row);
}

function markOf({ pool, instance }: PoolFrame, row: NameRow): Mark | null {
  if (row.published_epoch === 0) return null;
  const mark = { instance, pool: pool.id as PoolId, epoch: row.published_epoch };
  return row.promotion_id === null ? mark : { ...mark, promotion: row.promotion_id as PromotionId };
}

function addressed(row: MemberRow) {
  const { publicIpv4: address, publicIpv6: address6 } = memberWithAddress(row);
  return { id: row.id, hostname: row.hostname, address, address6 };
}

function pausedOf(row: PoolRow): SnapshotPool['paused'] {
  const { paused_at: at, paused_because: because, paused_sentence: sentence } = row;
  return at === null ? null : { because: because as PauseReason, sentence: sentence ?? '', since: at.toISOString() };
}
