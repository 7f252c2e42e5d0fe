import { healthKinds, poolStates, secondMs } from '@serverctl/core';
import type { Kysely } from 'kysely';
import { Gauge, type Registry } from 'prom-client';
import { leaseAgeMs } from '../../db/lease-row.ts';
import type { Database } from '../../db/schema.ts';
import { poolStatus } from '../views/pool-view.ts';
import { type PoolSnapshot, readSnapshots } from '../views/snapshot.ts';
import { type Backlog, readBacklog } from './backlog.ts';

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
}

export async function readFleet(db: Kysely<Database>, at: Date): Promise<FleetReading> {
  const [ageMs, pools, backlog] = await Promise.all([leaseAgeMs(db), readSnapshots(db, at, 'all'), readBacklog(db)]);
  return { leaseAgeMs: ageMs, pools, backlog };
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
    poolState: gauge('pool_state', 'The present state of a pool is 1, every other one 0.', 'pool', 'state'),
    poolEpoch: gauge('pool_epoch', 'Rises with each promotion of the pool.', 'pool'),
    poolReady: gauge('pool_ready_standbys', 'Standbys that may be promoted now.', 'pool'),
    poolAutomatic: gauge('pool_automatic_failover', 'Whether automatic failover is on.', 'pool'),
    poolHeld: gauge('pool_held', 'Whether the pool waits for a person after too many moves (R11).', 'pool'),
    memberHealth: gauge(
      'member_health',
      'The present health of a member is 1, every other one 0.',
      'pool',
      'member',
      'health',
    ),
    memberActive: gauge('member_active', 'Whether the member is the active one of its pool.', 'pool', 'member'),
    heartbeatAge: gauge(
      'member_heartbeat_age_seconds',
      'Since the last stored heartbeat of the member.',
      'pool',
      'member',
    ),
    namePublished: gauge('name_published', 'Whether all authoritative servers answer what is desired.', 'pool', 'name'),
    nameState: gauge('name_state', 'The present state of publishing a name is 1.', 'pool', 'name', 'state'),
    deliveriesPending: gauge('notification_deliveries_pending', 'Notices that wait for their channel.', 'channel'),
    deliveryOldest: gauge('notification_oldest_pending_seconds', 'Age of the oldest notice that waits.', 'channel'),
    auditUnsealed: gauge('audit_unsealed_entries', 'Audit entries that are not in the chain yet (R41).'),
  };
}

/** Sets every gauge of the fleet anew; null = the database did not answer, and nothing else is known. */
export function showFleet(gauges: FleetGauges, reading: FleetReading | null): void {
  for (const gauge of Object.values(gauges)) gauge.reset();
  // A gauge without labels is 0 after a reset, which would say that somebody leads and that all is sealed.
  for (const gauge of [gauges.leaseAge, gauges.auditUnsealed]) gauge.remove();
  gauges.databaseUp.set(reading === null ? 0 : 1);
  if (reading === null) return;
  const { leaseAgeMs: ageMs, pools, backlog } = reading;
  if (ageMs !== null) gauges.leaseAge.set(Math.max(0, ageMs) / secondMs);
  gauges.auditUnsealed.set(backlog.unsealed);
  for (const pool of pools) showPool(gauges, pool);
  for (const { channel, pending, oldestSeconds } of backlog.channels) {
    gauges.deliveriesPending.set({ channel }, pending);
    gauges.deliveryOldest.set({ channel }, oldestSeconds);
  }
}

function showPool(gauges: FleetGauges, snapshot: PoolSnapshot): void {
  const pool = snapshot.pool.name;
  const status = poolStatus(snapshot);
  for (const state of poolStates) gauges.poolState.set({ pool, state }, Number(state === status.state));
  gauges.poolEpoch.set({ pool }, snapshot.pool.epoch);
  gauges.poolAutomatic.set({ pool }, Number(snapshot.pool.automatic_failover));
  gauges.poolHeld.set({ pool }, Number(snapshot.pool.held_at !== null));
  gauges.poolReady.set({ pool }, status.members.filter(({ ready, role }) => ready && role === 'standby').length);
  for (const { hostname: member, health: present, role, heartbeatAgeMs } of status.members) {
    for (const health of healthKinds) gauges.memberHealth.set({ pool, member, health }, Number(health === present));
    gauges.memberActive.set({ pool, member }, Number(role === 'active'));
    if (heartbeatAgeMs !== null) gauges.heartbeatAge.set({ pool, member }, heartbeatAgeMs / secondMs);
  }
  for (const { name, state, publishedEpoch } of status.bindings) {
    const isPublished = state === 'published' && publishedEpoch === snapshot.pool.epoch;
    gauges.namePublished.set({ pool, name }, Number(isPublished));
    gauges.nameState.set({ pool, name, state }, 1);
  }
}
