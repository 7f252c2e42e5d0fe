import { useState } from 'react';
import { useTrafficHistory } from '../../lib/live/traffic-history.ts';
import { type Flow, type FlowRole, middleOf, shareLeft } from './flow.ts';
import type { LeftBehind, Now } from './left-behind.ts';

/** From the clients to the name. */
export function Asking({ height, isPublished }: { readonly height: number; readonly isPublished: boolean }) {
  const line = `M0 ${height / 2}H100`;
  return (
    <div className="gut" aria-hidden="true">
      <svg viewBox={`0 0 100 ${height}`} preserveAspectRatio="none" aria-hidden="true">
        <path className={isPublished ? 'e on' : 'e off'} d={line} />
        {isPublished && <path className="e flowing" d={line} />}
      </svg>
      <span className="left-1/2" style={{ top: height / 2 - 18 }}>
        ask
      </span>
    </div>
  );
}

const looks: Readonly<Record<FlowRole, string>> = {
  active: 'e on',
  failing: 'e bad',
  standby: 'e off',
  draining: 'e leave',
};
/** Until a record is written clients go where they went: the line moves with the provider's word, and not with the decision. */
function lookOf(role: FlowRole, isUnwritten: boolean): string {
  if (!isUnwritten) return looks[role];
  if (role === 'draining') return looks.active;
  return isNamed(role) ? looks.draining : looks[role];
}
const thinnestPx = 0.75;
const thickestPx = 2.5;

export interface ConnectingProps {
  readonly flow: Flow;
  /** Places of members that there are not yet. */
  readonly ghosts: number;
  readonly left: LeftBehind | null;
  readonly height: number;
  readonly now: Now;
}

/** From the name to each member; the active one's last, over the others. */
export function Connecting({ flow, ghosts, left, height, now }: ConnectingProps) {
  const rows = flow.members.length + ghosts;
  const thickness = useThickness(left);
  const hasMoved = useHasMoved(flow);
  const lines = flow.members
    .map(({ member, role }, row) => ({ id: member.id, role, y: middleOf(row, rows) }))
    .toSorted((a, b) => Number(isNamed(a.role)) - Number(isNamed(b.role)));
  const empty = Array.from({ length: ghosts }, (_, ghost) => middleOf(flow.members.length + ghost, rows));
  const isUnwritten = left?.isUnwritten === true;
  const isCached = left !== null && left.cachedUntilMs !== null && now.serverMs < left.cachedUntilMs;
  const path = (y: number) => `M0 ${height / 2}C46 ${height / 2} 54 ${y} 100 ${y}`;
  return (
    <div className="gut" aria-hidden="true">
      <svg viewBox={`0 0 100 ${height}`} preserveAspectRatio="none" aria-hidden="true">
        {empty.map((y) => (
          <path key={y} className="e off" d={path(y)} />
        ))}
        {lines.map(({ id, role, y }) => (
          <path
            // Another line in another role: it comes in anew.
            key={`${id} ${role}`}
            className={
              hasMoved && role !== 'standby' ? `${lookOf(role, isUnwritten)} moves` : lookOf(role, isUnwritten)
            }
            d={path(y)}
            {...(role === 'draining' && !isUnwritten && { style: { strokeWidth: thickness } })}
          />
        ))}
        {lines
          .filter(({ role }) => role === (isUnwritten ? 'draining' : 'active'))
          .map(({ id, y }) => (
            <path key={id} className="e flowing" d={path(y)} />
          ))}
      </svg>
      {lines.map(({ id, role, y }) => {
        if (isUnwritten) return role === 'draining' && <Said key={id} word="connect" y={y} height={height} />;
        if (role === 'draining')
          return isCached && <Said key={id} word="cached answers" y={y} height={height} isWarm />;
        return isNamed(role) && <Said key={id} word="connect" y={y} height={height} />;
      })}
    </div>
  );
}

/** Whether another member became active while the page was looked at: then the line moves, and never on load. */
function useHasMoved({ members }: Flow): boolean {
  const active = members.find(({ role }) => isNamed(role))?.member.id ?? null;
  const [first] = useState(active);
  return first !== active;
}

const isNamed = (role: FlowRole): boolean => role === 'active' || role === 'failing';

/** As thick as what is left of the most that the page has seen there. */
function useThickness(left: LeftBehind | null): number {
  const points = useTrafficHistory(left?.member.id ?? '');
  if (left === null || left.sessions.kind === 'unknown') return thickestPx;
  const count = left.sessions.kind === 'left' ? left.sessions.count : 0;
  const most = Math.max(count, ...points.map(({ sessions }) => sessions));
  return thinnestPx + (thickestPx - thinnestPx) * shareLeft(count, most);
}

interface SaidProps {
  readonly word: string;
  readonly y: number;
  readonly height: number;
  readonly isWarm?: boolean;
}

/** Beside its line, towards the member that it leads to. */
function Said({ word, y, height, isWarm = false }: SaidProps) {
  const isLevel = Math.abs(y - height / 2) < 1;
  // The longer word needs more room to its left, and so stands higher above its line.
  const isLong = word.length > 10;
  const top = isLevel ? height / 2 + 18 : height / 2 + (y - height / 2) * (isLong ? 1 : 0.74);
  const place = isLevel ? (isLong ? 'left-1/2' : 'left-[72%]') : isLong ? 'left-[38%]' : 'left-[29%]';
  return (
    <span className={`${place} ${isWarm ? 'warm' : ''}`} style={{ top }}>
      {word}
    </span>
  );
}
