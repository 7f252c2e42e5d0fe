import type { PoolView } from '@serverctl/contract';
import { Users } from 'lucide-react';
import type { CSSProperties } from 'react';
import { countText, numberText } from '../../lib/words.ts';
import { type Flow, type FlowRole, heightOf, middleOf } from './flow.ts';
import { FlowMemberNode } from './flow-member.tsx';
import { FlowName } from './flow-name.tsx';

/** The drawing: our own boxes, and lines from the same numbers. What the lines say, the words in the boxes say as well. */
export function FlowDiagram({ pool, flow }: { readonly pool: PoolView; readonly flow: Flow }) {
  const rows = Math.max(1, flow.members.length);
  const height = heightOf(rows);
  return (
    // biome-ignore lint/a11y/useSemanticElements: it is no set of form fields
    <div
      className="flow-b"
      style={{ '--flow': `${height}px` } as CSSProperties}
      role="group"
      aria-label="Clients ask DNS, DNS names the active member. The same facts are in the table view."
    >
      <div className="flow-mid">
        <Clients flow={flow} />
      </div>
      <Asking height={height} isPublished={pool.activeMemberId !== null} />
      <span className="down only-phone" aria-hidden="true" />
      <div className="flow-mid">
        <FlowName pool={pool} />
      </div>
      <Connecting flow={flow} height={height} />
      <span className="down only-phone" aria-hidden="true" />
      <div className="flow-end">
        <ul className="flow-members">
          {flow.members.map((one) => (
            <FlowMemberNode key={one.member.id} pool={pool} one={one} />
          ))}
          {flow.members.length === 0 && (
            <li className="fm off">
              <div className="nm">No member yet</div>
            </li>
          )}
        </ul>
        {flow.rest !== null && (
          <p className="small dim mt-2">
            and {countText(flow.rest.count, 'more', 'more')}, {flow.rest.ready} ready
          </p>
        )}
      </div>
    </div>
  );
}

function Clients({ flow }: { readonly flow: Flow }) {
  const read = flow.members.map(({ traffic }) => traffic).filter((traffic) => traffic !== null);
  const sum = (pick: (traffic: (typeof read)[number]) => number) =>
    numberText(read.reduce((n, one) => n + pick(one), 0));
  return (
    <div className="fnode">
      <div className="row strong">
        <Users size={16} strokeWidth={1.75} aria-hidden="true" />
        Clients
      </div>
      {read.length > 0 && (
        <div className="small mt-2 grid gap-0.5">
          <div>
            <b className="strong">{sum(({ sessions }) => sessions)}</b> <span className="dim">sessions</span>
          </div>
          <div>
            <b className="strong">{sum(({ requestRate }) => requestRate)}</b> <span className="dim">requests/s</span>
          </div>
        </div>
      )}
    </div>
  );
}

function Asking({ height, isPublished }: { readonly height: number; readonly isPublished: boolean }) {
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

const looks: Readonly<Record<FlowRole, string>> = { active: 'e on', standby: 'e off', draining: 'e leave' };
const said: Readonly<Record<FlowRole, string | null>> = {
  active: 'connect',
  standby: null,
  draining: 'cached answers',
};

/** From the name to each member; the active one's last, over the others. */
function Connecting({ flow, height }: { readonly flow: Flow; readonly height: number }) {
  const rows = flow.members.length;
  const lines = flow.members
    .map(({ member, role }, row) => {
      const y = middleOf(row, rows);
      return { id: member.id, role, y, d: `M0 ${height / 2}C46 ${height / 2} 54 ${y} 100 ${y}` };
    })
    .toSorted((a, b) => Number(a.role === 'active') - Number(b.role === 'active'));
  return (
    <div className="gut" aria-hidden="true">
      <svg viewBox={`0 0 100 ${height}`} preserveAspectRatio="none" aria-hidden="true">
        {lines.map(({ id, role, d }) => (
          <path key={id} className={looks[role]} d={d} />
        ))}
        {lines
          .filter(({ role }) => role === 'active')
          .map(({ id, d }) => (
            <path key={id} className="e flowing" d={d} />
          ))}
      </svg>
      {lines.map(({ id, role, y }) => said[role] !== null && <Said key={id} word={said[role]} y={y} height={height} />)}
    </div>
  );
}

/** Beside its line, towards the member that it leads to. */
function Said({ word, y, height }: { readonly word: string; readonly y: number; readonly height: number }) {
  const isLevel = Math.abs(y - height / 2) < 1;
  // The longer word needs more room to its left, and so stands higher above its line.
  const isLong = word.length > 10;
  const top = isLevel ? y + 18 : height / 2 + (y - height / 2) * (isLong ? 1 : 0.74);
  return (
    <span className={isLevel ? 'left-1/2' : isLong ? 'left-[38%]' : 'left-[29%]'} style={{ top }}>
      {word}
    </span>
  );
}
