import {
  type BindingStatus,
  type DnsSnapshot,
  dnsSnapshotVersion,
  Rfc2136Settings,
  type SnapshotName,
  type SnapshotPool,
} from '@serverctl/contract';
import {
  type DnsName,
  formatMark,
  type InstanceId,
  type Ipv4,
  type Mark,
  type PauseReason,
  type PoolId,
  type PromotionId,
} from '@serverctl/core';
import { manualSteps } from '@serverctl/dns';
import type { NameRow, RecordRows } from '../../db/repositories/dns-snapshot.ts';
import { type MemberRow, memberWithAddress } from '../../db/repositories/members.ts';
import type { PoolRow } from '../../db/repositories/pools.ts';

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
    names: names.map((row) => nameOf(frame, row)),
  };
}

interface PoolFrame {
  readonly pool: PoolRow;
  readonly members: readonly SnapshotPool['members'][number][];
  readonly desired: string | null;
  readonly instance: InstanceId;
}

function nameOf(frame: PoolFrame, row: NameRow): SnapshotName {
  const { pool, members, desired } = frame;
  const settings = Rfc2136Settings.parse(row.settings);
  const mark = markOf(frame, row);
  const pending = desired !== null && row.published_epoch < pool.epoch;
  return {
    id: row.id,
    name: row.name,
    zone: row.zone,
    type: 'A',
    ttlSeconds: row.ttl_seconds,
    state: row.state as BindingStatus['state'],
    desiredAddress: desired,
    published: row.servers as BindingStatus['published'],
    error: row.error as BindingStatus['error'],
    changedAt: row.changed_at?.toISOString() ?? null,
    acknowledged:
      row.published_address === null
        ? null
        : {
            address: row.published_address,
            epoch: row.published_epoch,
            at: row.acknowledged_at?.toISOString() ?? null,
          },
    mark: mark === null ? null : formatMark(mark),
    settings,
    manualSteps: manualSteps(settings, {
      pool: pool.id as PoolId,
      paused: pool.paused_at !== null,
      ref: { zone: row.zone as DnsName, name: row.name as DnsName, type: 'A' },
      ttlSeconds: row.ttl_seconds,
      mark,
      pending: pending ? { epoch: pool.epoch, address: desired } : null,
      targets: members.flatMap(({ hostname, address }) =>
        address === null ? [] : [{ hostname, address: address as Ipv4 }],
      ),
    }).map(({ text, commands }) => ({ text, commands: [...commands] })),
  };
}

function markOf({ pool, instance }: PoolFrame, row: NameRow): Mark | null {
  if (row.published_epoch === 0) return null;
  const mark = { instance, pool: pool.id as PoolId, epoch: row.published_epoch };
  return row.promotion_id === null ? mark : { ...mark, promotion: row.promotion_id as PromotionId };
}

function addressed(row: MemberRow) {
  return { id: row.id, hostname: row.hostname, address: memberWithAddress(row).publicIpv4 };
}

function pausedOf(row: PoolRow): SnapshotPool['paused'] {
  const { paused_at: at, paused_because: because, paused_sentence: sentence } = row;
  return at === null ? null : { because: because as PauseReason, sentence: sentence ?? '', since: at.toISOString() };
}
