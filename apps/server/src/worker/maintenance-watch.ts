import type { Instant, MemberId } from '@serverctl/core';
import type { Ages } from './ages.ts';
import type { PoolWithMembers } from './ports.ts';

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

/** Most rows are in none at all, and this is asked each turn. */
function membersInMaintenance(row: PoolWithMembers, ages: Ages, now: Instant): readonly MemberId[] {
  if (row.maintenanceLeftMs === null && row.memberMaintenanceLeftMs.size === 0) return [];
  const whole = ages.poolMaintenanceLeftMs(row.pool.id, now) !== null;
  return row.members.filter(({ id }) => whole || ages.memberMaintenanceLeftMs(id, now) !== null).map(({ id }) => id);
}
