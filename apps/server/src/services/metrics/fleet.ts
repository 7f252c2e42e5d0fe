import { secondMs } from '@serverctl/core';
import type { Kysely } from 'kysely';
import { Gauge, type Registry } from 'prom-client';
import { leaseAgeMs } from '../../db/lease-row.ts';
import type { Database } from '../../db/schema.ts';
import { poolStatus } from '../views/pool-view.ts';
import { type PoolSnapshot, readSnapshots } from '../views/snapshot.ts';
import { type Backlog, readBacklog } from './backlog.ts';
import { type PreflightReading, readPreflights } from './preflights.ts';

/*
 * The fleet's half of the metrics: gauges that are set anew from one reading of the database each time they are asked for, so that a pool
 * or member that is gone leaves no series behind. Labels are names, since people read them; ids would tell nothing.
 */

/** What the database says of the fleet, at one moment. */
export interface FleetReading {
  /** Null while nobody leads. */
  readonly leaseAgeMs: number | null;
  readonly pools: readonly PoolSnapshot[];
  readonly backlog: Backlog;
  readonly preflights: readonly PreflightReading[];
}

/** One query after the other: a scrape holds one connection at most, the failover needs the others. */
export async function readFleet(db: Kysely<Database>, at: Date): Promise<FleetReading> {
  const ageMs = await leaseAgeMs(db);
  const pools = await readSnapshots(db, at, 'all');
  const preflights = await readPreflights(db);
  return { leaseAgeMs: ageMs, pools, backlog: await readBacklog(db), preflights };
}

/** Gauge by its short name. */
export type FleetGauges = ReturnType<typeof declareFleet>;

export function declareFleet(registers: Registry[]) {
  const gauge = <const Label extends string>(name: string, help: string, ...labelNames: Label[]) =>
    new Gauge({ name: `serverctl_${name}`, help, labelNames, registers });
  return {
    databaseUp: gauge('database_up', 'Whether the database answered this scrape.'),
    leaseAge: gauge(
      'lease_age_seconds',
      'Since the failover loop that leads renewed its lease; absent while nobody leads.',
    ),
    poolState: gauge('pool_state', 'Always 1; the present state of the pool is in the label.', 'pool', 'state'),
    poolEpoch: gauge('pool_epoch', 'Rises with each promotion of the pool.', 'pool'),
    poolReady: gauge('pool_ready_standbys', 'Standbys that may be promoted now.', 'pool'),
    poolAutomatic: gauge('pool_automatic_failover', 'Whether automatic failover is on.', 'pool'),
    poolHeld: gauge('pool_held', 'Whether the pool waits for a person after too many moves (R11).', 'pool'),
    poolMembers: gauge('pool_members', 'Members of a pool by their present health.', 'pool', 'health'),
    memberHealthy: gauge('member_healthy', 'Whether the member is healthy.', 'pool', 'member'),
    memberActive: gauge('member_active', 'Whether the member is the active one of its pool.', 'pool', 'member'),
    heartbeatAge: gauge(
      'member_heartbeat_age_seconds',
      'Since the last stored heartbeat of the member.',
      'pool',
      'member',
    ),
    namePublished: gauge('name_published', 'Whether all authoritative servers answer what is desired.', 'pool', 'name'),
    nameState: gauge('name_state', 'The present state of publishing a name is 1.', 'pool', 'name', 'state'),
    preflightOk: gauge(
      'dns_preflight_ok',
      'Whether the credential worked in the zone when it was tried last, as it is again and again while calm (R23).',
      'credential',
      'zone',
    ),
    preflightAge: gauge(
      'dns_preflight_age_seconds',
      'Since the credential was tried in the zone.',
      'credential',
      'zone',
    ),
    preflightPeriod: gauge(
      'dns_preflight_period_seconds',
      'So long at most until the credential is tried in the zone again while calm, and twice that while a name there is being published or blocked: 300, or more where it is used in very many zones.',
      'credential',
      'zone',
    ),
    deliveriesPending: gauge('notification_deliveries_pending', 'Notices that wait for their channel.', 'channel'),
    deliveryOldest: gauge('notification_oldest_pending_seconds', 'Age of the oldest notice that waits.', 'channel'),
    auditUnsealed: gauge(
      'audit_oldest_unsealed_seconds',
      'Age of the oldest audit entry that is not in the chain yet (R41).',
    ),
    membersLeftOut: gauge(
      'members_left_out',
      'Healthy standbys without series of their own, since the fleet is large.',
    ),
  };
}

/**
 * In a larger fleet only members that are unwell or active have series of their own: the text is made in one go, and must not hold up the
 * failover loop (R2 stands still after 500 ms).
 */
const mostWithSeries = 2_000;

/** Sets every gauge of the fleet anew; null = the database did not answer, and nothing else is known. */
export function showFleet(gauges: FleetGauges, reading: FleetReading | null): void {
  for (const gauge of Object.values(gauges)) gauge.reset();
  // A gauge without labels is 0 after a reset, which would say that somebody leads and that all is sealed.
  for (const gauge of [gauges.leaseAge, gauges.auditUnsealed, gauges.membersLeftOut]) gauge.remove();
  gauges.databaseUp.set(reading === null ? 0 : 1);
  if (reading === null) return;
  const { leaseAgeMs: ageMs, pools, backlog } = reading;
  if (ageMs !== null) gauges.leaseAge.set(Math.max(0, ageMs) / secondMs);
  gauges.auditUnsealed.set(backlog.oldestUnsealedSeconds);
  const isLarge = pools.reduce((sum, pool) => sum + pool.members.length, 0) > mostWithSeries;
  const leftOut = pools.reduce((sum, pool) => sum + showPool(gauges, pool, isLarge), 0);
  gauges.membersLeftOut.set(leftOut);
  for (const { credential, zone, isOk, ageSeconds, everySeconds } of reading.preflights) {
    gauges.preflightOk.set({ credential, zone }, Number(isOk));
    gauges.preflightAge.set({ credential, zone }, ageSeconds);
    gauges.preflightPeriod.set({ credential, zone }, everySeconds);
  }
  for (const { channel, pending, oldestSeconds } of backlog.channels) {
    gauges.deliveriesPending.set({ channel }, pending);
    gauges.deliveryOldest.set({ channel }, oldestSeconds);
  }
}

/** Returns how many members have no series of their own. */
function showPool(gauges: FleetGauges, snapshot: PoolSnapshot, isLarge: boolean): number {
  const pool = snapshot.pool.name;
  const status = poolStatus(snapshot);
  gauges.poolState.set({ pool, state: status.state }, 1);
  gauges.poolEpoch.set({ pool }, snapshot.pool.epoch);
  gauges.poolAutomatic.set({ pool }, Number(snapshot.pool.automatic_failover));
  gauges.poolHeld.set({ pool }, Number(snapshot.pool.held_at !== null));
  gauges.poolReady.set({ pool }, status.members.filter(({ ready, role }) => ready && role === 'standby').length);
  for (const { name, state, publishedEpoch } of status.bindings) {
    const isPublished = state === 'published' && publishedEpoch === snapshot.pool.epoch;
    gauges.namePublished.set({ pool, name }, Number(isPublished));
    gauges.nameState.set({ pool, name, state }, 1);
  }
  for (const { health } of status.members) gauges.poolMembers.inc({ pool, health });
  const shown = status.members.filter(({ health, role }) => !isLarge || health !== 'healthy' || role === 'active');
  for (const { hostname: member, health, role, heartbeatAgeMs } of shown) {
    gauges.memberHealthy.set({ pool, member }, Number(health === 'healthy'));
    gauges.memberActive.set({ pool, member }, Number(role === 'active'));
    if (heartbeatAgeMs !== null) gauges.heartbeatAge.set({ pool, member }, heartbeatAgeMs / secondMs);
  }
  return status.members.length - shown.length;
}
