import type { MemberStatus, PoolView } from '@serverctl/contract';
import type { TrafficReading } from '../../lib/live/live-state.ts';
import { isServing } from '../../lib/pool/health-words.ts';
import { carriesNothing, isPresent } from '../../lib/pool/present-traffic.ts';
import { isDraining, type LeftBehind, type Now } from './left-behind.ts';

/**
 * How a member stands in the traffic: solid, dashed, or amber while clients of before may still be on it. `failing`: it is active and does not
 * serve, as far as its health says.
 */
export type FlowRole = 'active' | 'failing' | 'standby' | 'draining';

export interface FlowMember {
  readonly member: MemberStatus;
  readonly role: FlowRole;
  readonly traffic: TrafficReading | null;
}

export interface Flow {
  /** In the pool's own order: nobody changes place, the line moves. */
  readonly members: readonly FlowMember[];
  /** With those for which there is no room. */
  readonly all: readonly FlowMember[];
  /** Standbys for which there is no room, and how many of them are ready. */
  readonly rest: { readonly count: number; readonly ready: number } | null;
}

const mostDrawn = 5;

/** Who is drawn: all of them up to five, else the active one, whom it took over from, and the next two. */
export function flowOf(
  pool: PoolView,
  traffic: ReadonlyMap<string, TrafficReading>,
  left: LeftBehind | null,
  serverMs: number,
): Flow {
  const drains = left !== null && isDraining(left, serverMs) ? left.member.id : null;
  const all = pool.status.members.map((member) => {
    const role = roleOf(pool, member, drains);
    return { member, traffic: traffic.get(member.id) ?? null, role };
  });
  if (all.length <= mostDrawn) return { members: all, all, rest: null };
  const isShown = ({ member, role }: FlowMember) => role !== 'standby' || (member.place !== null && member.place <= 2);
  const shown = all.filter(isShown);
  const members = shown.length === 0 ? all.slice(0, mostDrawn) : shown;
  const rest = all.filter((one) => !members.includes(one));
  return { members, all, rest: { count: rest.length, ready: rest.filter(({ member }) => member.ready).length } };
}

function roleOf(pool: PoolView, member: MemberStatus, drains: string | null): FlowRole {
  if (member.id === pool.activeMemberId) return isServing(member, pool.preset) === false ? 'failing' : 'active';
  return member.id === drains ? 'draining' : 'standby';
}

export interface Carried {
  readonly sessions: number;
  readonly requestRate: number;
  /** Of how many members that is known; one whose HAProxy does not run carries nothing. */
  readonly known: number;
  /** Of all present sessions, those that are not on the old member, in percent; null where nothing drains or nobody can know. */
  readonly movedPercent: number | null;
}

/** What all members carry now; null where none of them says so. */
export function carriedBy(
  { all }: Pick<Flow, 'all'>,
  left: LeftBehind | null,
  now: Now,
  activeId: string | null,
): Carried | null {
  const read = all.flatMap(({ member, traffic }) =>
    traffic !== null && isPresent(member, traffic, now.pageMs) ? [{ ...traffic, id: member.id }] : [],
  );
  if (read.length === 0) return null;
  const stopped = all.filter(({ member }) => carriesNothing(member)).length;
  const sessions = read.reduce((sum, one) => sum + one.sessions, 0);
  const requestRate = read.reduce((sum, one) => sum + one.requestRate, 0);
  const isWhole = left !== null && [left.member.id, activeId].every((id) => read.some((one) => one.id === id));
  const old = isWhole && isDraining(left, now.serverMs) && left.sessions.kind === 'left' ? left.sessions.count : null;
  const movedPercent = old === null || sessions === 0 ? null : Math.floor((1 - old / sessions) * 100);
  return { sessions, requestRate, known: read.length + stopped, movedPercent };
}

/** How much of what the old member carried is still there, from 0 to 1: the line thins with it. */
export function shareLeft(sessions: number, most: number): number {
  return most <= 0 ? 0 : Math.min(1, sessions / most);
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
