import type { Instant, MemberId } from '@serverctl/core';
import type { Ages } from './ages.ts';
import type { OverMaintenance, PoolWithMembers } from './ports.ts';

/** Sees maintenances end, by their own expiry or a person: their members are judged anew from there (R13). */
export interface MaintenanceWatch {
  /** Members that were in maintenance, their own or their pool's, at the last call and are in none now. */
  ended(rows: readonly PoolWithMembers[], ages: Ages, now: Instant): readonly MemberId[];
}

export function createMaintenanceWatch(): MaintenanceWatch {
  let before: ReadonlySet<MemberId> = new Set();

  return {
    ended(rows, ages, now) {
      const present = new Set(rows.flatMap((row) => membersInMaintenance(row, ages, now)));
      const ended = [...before].filter((memberId) => !present.has(memberId));
      before = present;
      return ended;
    },
  };
}

/** Those that the store still has and our clock does not: to be ended there, or nothing moves by itself. */
export function overMaintenances(
  rows: readonly PoolWithMembers[],
  ages: Ages,
  now: Instant,
): readonly OverMaintenance[] {
  return rows.flatMap(({ pool, maintenance, memberMaintenance }) => {
    const over: OverMaintenance[] = [];
    if (maintenance !== null && ages.poolMaintenanceLeftMs(pool.id, now) === 0)
      over.push({ poolId: pool.id, memberId: null, stamp: maintenance.stamp });
    for (const [memberId, { stamp }] of memberMaintenance)
      if (ages.memberMaintenanceLeftMs(memberId, now) === 0) over.push({ poolId: pool.id, memberId, stamp });
    return over;
  });
}

/** Most rows are in none at all, and this is asked each turn. */
function membersInMaintenance(row: PoolWithMembers, ages: Ages, now: Instant): readonly MemberId[] {
  if (row.maintenance === null && row.memberMaintenance.size === 0) return [];
  const whole = ages.isResting(row.pool.id, now);
  return row.members.filter(({ id }) => whole || ages.isResting(id, now)).map(({ id }) => id);
}
