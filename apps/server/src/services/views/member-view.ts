import type { MemberStatus, MemberView } from '@serverctl/contract';
import type { HaproxyTraffic } from '@serverctl/contract/agent';
import {
  type HostReport,
  type Ipv4,
  isCgnatIpv4,
  isPrivateIpv4,
  isPublicIpv4,
  type MemberTemplate,
  parseEgressEntry,
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
    warnings: warningsOf(row),
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

function warningsOf(row: MemberRow): string[] {
  return [...addressWarnings(row), ...row.allowed_egress.flatMap(egressWarnings)];
}

function addressWarnings(row: MemberRow): string[] {
  const address = (row.public_ipv4 ?? row.reported_ipv4) as Ipv4 | null;
  if (address === null) return ['It has no public IPv4 address yet, so it cannot become active.'];
  if (isPrivateIpv4(address)) return [`${address} is a private address: clients outside your network cannot reach it.`];
  if (isCgnatIpv4(address)) return [`${address} lies behind a carrier’s NAT: clients cannot reach it.`];
  if (!isPublicIpv4(address)) return [`${address} is no address of the public internet: clients cannot reach it.`];
  return [];
}

function egressWarnings(entry: string): string[] {
  if (parseEgressEntry(entry)?.prefixLength !== 0) return [];
  return [`${entry} allows every address: the check of where the host is seen from says nothing.`];
}
