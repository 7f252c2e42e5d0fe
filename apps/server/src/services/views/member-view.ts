import type { MemberStatus, MemberView } from '@serverctl/contract';
import type { HaproxyTraffic } from '@serverctl/contract/agent';
import {
  addressNeeds,
  type HostReport,
  type Ipv4,
  type Ipv6,
  type Ipv6Policy,
  isCgnatIpv4,
  isPrivateIpv4,
  isPublicIpv4,
  isPublicIpv6,
  type MemberTemplate,
  parseEgressEntry,
  type RecordType,
  type Refusal,
} from '@serverctl/core';
import { type MemberRow, memberWithAddress } from '../../db/repositories/members.ts';
import { maintenanceView } from './maintenance-view.ts';
import type { Heard, PoolSnapshot } from './snapshot.ts';

/** A member as people see it. Before the first judgement its health is `unknown`, in words that say why. */
export function memberView(snapshot: PoolSnapshot, row: MemberRow): MemberView {
  const enrolled = snapshot.enrolled.has(row.id);
  const until = row.previous_hostname_until;
  const stillAccepted = row.previous_hostname !== null && until !== null && until > snapshot.at;
  return {
    id: row.id,
    poolId: row.pool_id,
    hostname: row.hostname,
    allowedEgress: row.allowed_egress,
    publicIpv4: row.public_ipv4,
    publicIpv6: row.public_ipv6,
    template: row.template as MemberTemplate,
    monitored: row.monitored,
    units: row.units,
    priority: row.priority,
    zone: row.zone,
    enrolled,
    previousHostname: stillAccepted
      ? { hostname: row.previous_hostname ?? '', until: until?.toISOString() ?? '' }
      : null,
    createdAt: row.created_at.toISOString(),
    warnings: warningsOf(snapshot, row),
    status: memberStatus(snapshot, row),
  };
}

export function memberStatus(snapshot: PoolSnapshot, row: MemberRow): MemberStatus {
  const { pool, judged } = snapshot;
  const heard = snapshot.liveness.get(row.id);
  const health = judged?.judgement.health[row.id as keyof typeof judged.judgement.health];
  const standing = judged?.judgement.standings.find((one) => one.memberId === row.id);
  const enrolled = snapshot.enrolled.has(row.id);
  const isActive = pool.active_member_id === row.id;
  const waiting = enrolled ? 'Enrolled; not judged yet.' : 'Not enrolled yet: run the install line on the host.';
  return {
    id: row.id,
    hostname: row.hostname,
    role: isActive ? 'active' : enrolled && pool.active_member_id !== null ? 'standby' : 'none',
    health: health?.kind ?? 'unknown',
    alsoHealth: [...(health?.also ?? [])],
    healthSentence: enrolled ? (health?.sentence ?? waiting) : waiting,
    heartbeatAgeMs: heard === undefined ? null : Math.round(heard.age_ms),
    haproxy: haproxyWord(row, heard),
    ready: standing?.ready ?? false,
    place: standing?.place ?? null,
    standingSentence: standing?.sentence ?? waiting,
    address: memberWithAddress(row).publicIpv4,
    address6: memberWithAddress(row).publicIpv6,
    zone: row.zone,
    maintenance: maintenanceView(row, snapshot.at),
    quarantined:
      row.quarantined_at === null ? null : { since: row.quarantined_at.toISOString(), reason: row.quarantine_reason },
    refusedSeen: refusalOf(heard)?.seen ?? null,
    refusedBecause: refusalOf(heard)?.because ?? null,
    traffic: trafficOf(heard),
  };
}

/** systemd's word on the first monitored unit that is not simply running, else on the first. */
function haproxyWord(row: MemberRow, heard: Heard | undefined): string | null {
  const { units = [] } = (heard?.report ?? {}) as Partial<HostReport>;
  const watched = units.filter((unit) => row.units.includes(unit.unit));
  const unit = watched.find((one) => one.activeState !== 'active') ?? watched[0];
  if (unit === undefined) return null;
  if (unit.loadState !== 'loaded') return unit.loadState;
  return `${unit.activeState} (${unit.subState})`;
}

/** Written by our own listener from a beat that the schema let pass; nobody else writes the column. */
function trafficOf(heard: Heard | undefined): MemberStatus['traffic'] {
  const traffic = heard?.traffic as HaproxyTraffic | null | undefined;
  return heard === undefined || !traffic ? null : { ...traffic, ageMs: Math.round(heard.traffic_age_ms) };
}

/** What the last beat was refused for; null when it was not. Written by our own listener, as `Refusal`. */
export function refusalOf(heard: Pick<Heard, 'refusal'> | undefined): Refusal | null {
  return (heard?.refusal as Refusal | null | undefined) ?? null;
}

function warningsOf(snapshot: PoolSnapshot, row: MemberRow): string[] {
  return [...addressWarnings(snapshot, row), ...row.allowed_egress.flatMap(egressWarnings)];
}

function addressWarnings({ pool, bindings }: PoolSnapshot, row: MemberRow): string[] {
  const { publicIpv4, publicIpv6 } = memberWithAddress(row);
  const names = bindings.map(({ name, type }) => ({ name, type: type as RecordType }));
  const needs = addressNeeds(names, pool.ipv6 as Ipv6Policy);
  const lacks: string[] = [];
  if (needs.ipv4 && publicIpv4 === null) lacks.push('It has no public IPv4 address yet, so it cannot become active.');
  if (needs.ipv6 === 'needed' && publicIpv6 === null)
    lacks.push('It has no public IPv6 address yet, which the pool’s names need, so it cannot become active.');
  if (needs.ipv6 === 'wanted' && publicIpv6 === null)
    lacks.push('It has no public IPv6 address: were it active, the AAAA records of the pool would go.');
  return [...lacks, ...ipv4Warnings(publicIpv4 as Ipv4 | null), ...ipv6Warnings(publicIpv6 as Ipv6 | null)];
}

function ipv4Warnings(address: Ipv4 | null): string[] {
  if (address === null) return [];
  if (isPrivateIpv4(address)) return [`${address} is a private address: clients outside your network cannot reach it.`];
  if (isCgnatIpv4(address)) return [`${address} lies behind a carrier’s NAT: clients cannot reach it.`];
  if (!isPublicIpv4(address)) return [`${address} is no address of the public internet: clients cannot reach it.`];
  return [];
}

function ipv6Warnings(address: Ipv6 | null): string[] {
  return address === null || isPublicIpv6(address)
    ? []
    : [`${address} is no address of the public internet: clients outside your network cannot reach it.`];
}

function egressWarnings(entry: string): string[] {
  if (parseEgressEntry(entry)?.prefixLength !== 0) return [];
  return [`${entry} allows every address: the check of where the host is seen from says nothing.`];
}
