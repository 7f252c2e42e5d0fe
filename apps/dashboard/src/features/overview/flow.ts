import type { MemberStatus, PoolView, PromotionView } from '@serverctl/contract';
import type { TrafficReading } from '../../lib/live/live-state.ts';

/** How a member stands in the traffic: solid, dashed, or amber while clients of before are still on it. */
export type FlowRole = 'active' | 'standby' | 'draining';

export interface FlowMember {
  readonly member: MemberStatus;
  readonly role: FlowRole;
  readonly traffic: TrafficReading | null;
}

export interface Flow {
  /** In the pool's own order: nobody changes place, the line moves. */
  readonly members: readonly FlowMember[];
  /** Standbys for which there is no room, and how many of them are ready. */
  readonly rest: { readonly count: number; readonly ready: number } | null;
}

const mostDrawn = 5;
/** After so long, sessions on a standby are not those that a promotion left behind. */
const drainMs = 3_600_000;

/** Who is drawn: all of them up to five, else the active one and the next two. */
export function flowOf(
  pool: PoolView,
  traffic: ReadonlyMap<string, TrafficReading>,
  last: PromotionView | null,
  nowMs: number,
): Flow {
  const all = pool.status.members.map((member) => {
    const reading = traffic.get(member.id) ?? null;
    return { member, traffic: reading, role: roleOf(pool, member, reading, last, nowMs) };
  });
  if (all.length <= mostDrawn) return { members: all, rest: null };
  const isShown = ({ member, role }: FlowMember) => role !== 'standby' || (member.place !== null && member.place <= 2);
  const rest = all.filter((one) => !isShown(one));
  return {
    members: all.filter(isShown),
    rest: { count: rest.length, ready: rest.filter(({ member }) => member.ready).length },
  };
}

function roleOf(
  pool: PoolView,
  member: MemberStatus,
  traffic: TrafficReading | null,
  last: PromotionView | null,
  nowMs: number,
): FlowRole {
  if (member.id === pool.activeMemberId) return 'active';
  const isLeft = last?.fromMemberId === member.id && nowMs - Date.parse(last.decidedAt) < drainMs;
  return isLeft && (traffic?.sessions ?? 0) > 0 ? 'draining' : 'standby';
}

/** Where the rows of members are, in pixels: the lines and the boxes are drawn from the same numbers. */
export const rowPx = 76;
export const gapPx = 10;
const leastPx = 164;

export function heightOf(rows: number): number {
  return Math.max(leastPx, rows * (rowPx + gapPx) - gapPx);
}

/** The middle of a row, from the top of the drawing. */
export function middleOf(row: number, rows: number): number {
  const used = rows * (rowPx + gapPx) - gapPx;
  return (heightOf(rows) - used) / 2 + row * (rowPx + gapPx) + rowPx / 2;
}
