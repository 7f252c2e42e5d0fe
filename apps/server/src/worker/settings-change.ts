import type { Member, Pool } from '@serverctl/core';
import { type PoolsRead, saysTheSame } from './pools-read.ts';
import type { PoolWithMembers } from './ports.ts';

/*
 * "Settings changed while silent: apply from now; a change alone never promotes" (PRODUCT.md section 4). What the loop compares between
 * two reads of the pools:
 *
 *   counts as a change    failover delay, grace, preset, failback; a member's monitoring, units, priority
 *   does not              automatic failover: switching it on moves at once, after a confirmation
 *                         names, addresses, keys, members added or removed: who may take over, not when somebody is lost
 */

/** The pools of `after` that are judged by other settings than in `before`. */
export function poolsJudgedAnew(before: PoolsRead | null, after: PoolsRead): readonly PoolWithMembers[] {
  if (before === null || before === after) return [];
  const known = new Map(before.rows.map((row) => [row.pool.id, row]));
  return after.rows.filter((row) => {
    const last = known.get(row.pool.id);
    return (
      last !== undefined &&
      !saysTheSame(last, row) &&
      (judgedBy(last.pool) !== judgedBy(row.pool) || membersDiffer(last, row))
    );
  });
}

function membersDiffer(before: PoolWithMembers, after: PoolWithMembers): boolean {
  const known = new Map(before.members.map((member) => [member.id, memberJudgedBy(member)]));
  return after.members.some((member) => (known.get(member.id) ?? memberJudgedBy(member)) !== memberJudgedBy(member));
}

function judgedBy({ failoverDelayMs, haproxyGraceMs, preset, failback }: Pool): string {
  const { policy, afterMinutes, window } = failback;
  return JSON.stringify([
    failoverDelayMs,
    haproxyGraceMs,
    preset,
    policy,
    afterMinutes,
    window?.fromMinute,
    window?.toMinute,
  ]);
}

function memberJudgedBy({ monitored, units, priority }: Member): string {
  return JSON.stringify([monitored, units, priority]);
}
