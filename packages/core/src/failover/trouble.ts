import { isHaproxyInactive, isHeartbeatLost } from '../health/judge.ts';
import type { Pool } from '../pool/pool.ts';
import type { MemberEvidence, PoolEvidence } from './evidence.ts';
import { isFresh } from './readiness.ts';

/** Of the kinds of health only these move a record (PRODUCT.md section 4). */
export type Trouble = 'heartbeat-lost' | 'haproxy-inactive';

/**
 * The trouble of a member, whatever else holds; null = none that moves a record. HAProxy is judged by a fresh beat alone: what a silent
 * host said last is no proof of what it does now; its silence is judged instead.
 */
export function troubleOf(member: MemberEvidence, pool: Pool): Trouble | null {
  if (isHeartbeatLost(member, pool)) return 'heartbeat-lost';
  return isHaproxyInactive(member, pool) && isFresh(member) ? 'haproxy-inactive' : null;
}

/** What is left of the maintenance that binds the pool's failover now - its own or the active member's - in ms; 0 = none does. */
export function bindingMaintenanceMs(evidence: PoolEvidence, active: MemberEvidence): number {
  return Math.max(0, evidence.maintenanceLeftMs ?? 0, active.maintenanceLeftMs ?? 0);
}
