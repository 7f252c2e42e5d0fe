import type { MemberId } from '../ids.ts';
import type { FailbackSettings, Pool } from '../pool/pool.ts';
import { minuteMs } from '../time.ts';
import { judgeBrake } from './brakes.ts';
import type { MemberEvidence, PoolEvidence } from './evidence.ts';
import type { Standing } from './judgement.ts';
import { isLastChoice } from './order.ts';
import { bindingMaintenanceMs } from './trouble.ts';

/*
 * Asked only while the active member is healthy (R12):
 *
 *   policy manual or never, automatic failover off, or held          | none
 *   the pool is paused, it or the active member is in maintenance    | none (R13)
 *   no member has a lower priority number than the active one        | none: it is the preferred one
 *   the preferred member is not ready, or failed 3 times in an hour  | not-due: only news can change it
 *   it has not been healthy for N minutes under these settings       | wait for the rest
 *   outside the daily window                                         | wait for its start
 *   R11's bucket is full, or the last promotion is < 10 s ago        | wait for it
 *   else                                                             | due
 *
 * A failback that is due passes R9 and R10 before it is made (decide.ts): never in mass silence, never above the fleet's velocity.
 * "Never while the present active is the only ready one" follows: the preferred member itself must be ready.
 */

/** What R12 says now. */
export type Failback =
  | { readonly kind: 'none' }
  | { readonly kind: 'not-due' }
  | { readonly kind: 'wait'; readonly forMs: number }
  | { readonly kind: 'due'; readonly to: MemberId };

const minutesOfDay = 1_440;
/** `minuteOfDay` tells whole minutes: one that begins within the next 60 s is looked for every second. */
const minuteEdgeMs = 1_000;

/** Whether traffic goes back to the preferred member now (R12). The active member must be healthy: a failover is no failback. */
export function judgeFailback(
  evidence: PoolEvidence,
  active: MemberEvidence,
  standings: readonly Standing[],
): Failback {
  const { pool } = evidence;
  if (pool.failback.policy !== 'automatic' || !pool.automaticFailover || pool.held) return { kind: 'none' };
  if (pool.paused !== null || bindingMaintenanceMs(evidence, active) > 0) return { kind: 'none' };
  const preferred = preferredMember(evidence.members);
  if (preferred === null || preferred.priority >= active.priority) return { kind: 'none' };
  const standing = standings.find((one) => one.memberId === preferred.id);
  if (standing?.ready !== true || isLastChoice(preferred)) return { kind: 'not-due' };

  const brake = judgeBrake(evidence);
  const healthyForMs = Math.min(preferred.healthyForMs, evidence.settingsAgeMs ?? Number.POSITIVE_INFINITY);
  const forMs = Math.max(
    pool.failback.afterMinutes * minuteMs - healthyForMs,
    untilWindowMs(pool.failback.window, evidence.minuteOfDay),
    brake.kind === 'free' ? 0 : brake.leftMs,
  );
  return forMs > 0 ? { kind: 'wait', forMs } : { kind: 'due', to: preferred.id };
}

interface Ranked {
  readonly id: string;
  readonly priority: number;
}

/**
 * To whom this order brings the records back by itself (R12), at the earliest once that member has been healthy for the minutes that are set;
 * null = they stay. Whatever only delays it (not ready, paused, held, maintenance) is left out: it passes.
 */
export function failbackTarget<One extends Ranked>(
  { failback, automaticFailover, activeMemberId }: Pick<Pool, 'failback' | 'automaticFailover' | 'activeMemberId'>,
  members: readonly One[],
): One | null {
  if (failback.policy !== 'automatic' || !automaticFailover) return null;
  const active = members.find(({ id }) => id === activeMemberId);
  const preferred = preferredMember(members);
  return active !== undefined && preferred !== null && preferred.priority < active.priority ? preferred : null;
}

/** The member failback returns to: the lowest priority number, then the smaller id; null in an empty pool. */
export function preferredMember<One extends Ranked>(members: readonly One[]): One | null {
  let preferred: One | null = null;
  for (const member of members) if (preferred === null || isPreferred(member, preferred)) preferred = member;
  return preferred;
}

function isPreferred(member: Ranked, to: Ranked): boolean {
  return member.priority < to.priority || (member.priority === to.priority && member.id < to.id);
}

/** Time until the window opens, at the earliest; 0 inside it. A window may wrap midnight. */
function untilWindowMs(window: FailbackSettings['window'], minuteOfDay: number): number {
  return window === null || isInWindow(window, minuteOfDay) ? 0 : untilMinuteMs(minuteOfDay, window.fromMinute);
}

/** Time until the daily window opens or closes, at the earliest, in ms; 0 when there is none. */
export function untilWindowEdgeMs(window: FailbackSettings['window'], minuteOfDay: number): number {
  if (window === null) return 0;
  return untilMinuteMs(minuteOfDay, isInWindow(window, minuteOfDay) ? window.toMinute : window.fromMinute);
}

function isInWindow({ fromMinute, toMinute }: NonNullable<FailbackSettings['window']>, minuteOfDay: number): boolean {
  return minutesBetween(fromMinute, minuteOfDay) < minutesBetween(fromMinute, toMinute);
}

function untilMinuteMs(minuteOfDay: number, minute: number): number {
  return Math.max(minuteEdgeMs, (minutesBetween(minuteOfDay, minute) - 1) * minuteMs);
}

function minutesBetween(from: number, to: number): number {
  return (to - from + minutesOfDay) % minutesOfDay;
}
