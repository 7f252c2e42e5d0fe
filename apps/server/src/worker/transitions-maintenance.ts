import { durationText, minuteMs } from '@serverctl/core';
import type { Notice, OpenTrouble } from './ports.ts';
import type { Verdict } from './verdict.ts';

/*
 * What people are told of a maintenance, a member's own or a pool's (R13):
 *
 *   10 min before its end   once, and again after it was extended; not of one that was begun for less, nor where that came between two
 *                           leaders: what the second finds looks the same
 *   its end                 by expiry or by a person: silence starts at zero, and failover acts again; told here and nowhere else, so once
 */

const toldBeforeEndMs = 10 * minuteMs;

interface Subject {
  readonly key: string;
  readonly scope: 'member' | 'pool';
  readonly name: string;
  readonly leftMs: number | null;
  readonly memberId: Notice['memberId'];
}

/** `open`: what people were told before us, and not yet that it is over. */
export function createMaintenanceTransitions(
  open: readonly OpenTrouble[] = [],
): (verdict: Verdict) => readonly Notice[] {
  /** What was left at the last look. */
  const before = new Map(open.flatMap(leftBefore));

  function ofSubject({ row }: Verdict, { key, scope, name, leftMs, memberId }: Subject): Notice | null {
    const lastMs = before.get(key);
    if (leftMs === null) before.delete(key);
    else before.set(key, leftMs);
    const base = { severity: 'info' as const, poolId: row.pool.id, memberId, details: { leftMs } };
    if (leftMs === null && lastMs !== undefined) {
      return { ...base, kind: `${scope}.maintenance-over`, sentence: `The maintenance of ${name} is over.` };
    }
    if (leftMs === null || lastMs === undefined || leftMs > toldBeforeEndMs || lastMs <= toldBeforeEndMs) return null;
    const sentence = `The maintenance of ${name} ends in ${durationText(leftMs)}; it can be extended until then.`;
    return { ...base, kind: `${scope}.maintenance-ending`, severity: 'warning', sentence };
  }

  return (verdict) =>
    subjectsOf(verdict)
      .map((subject) => ofSubject(verdict, subject))
      .filter((notice) => notice !== null);
}

/** How much was left of it is not known: as little as of one that is not to be announced, until the first look. */
function leftBefore({ kind, poolId, memberId }: OpenTrouble): [string, number][] {
  if (kind === 'pool.maintenance' || kind === 'pool.maintenance-ending') return [[`${poolId}`, 0]];
  if (kind === 'member.maintenance' || kind === 'member.maintenance-ending') return [[`${poolId} ${memberId}`, 0]];
  return [];
}

function subjectsOf({ row, evidence }: Verdict): readonly Subject[] {
  const { id, name } = row.pool;
  return [
    { key: id, scope: 'pool', name: `pool ${name}`, leftMs: evidence.maintenanceLeftMs, memberId: null },
    ...evidence.members.map((member) => {
      const { id: memberId, hostname, maintenanceLeftMs: leftMs } = member;
      return { key: `${id} ${memberId}`, scope: 'member' as const, name: hostname, leftMs, memberId };
    }),
  ];
}
