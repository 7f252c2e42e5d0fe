import type { PoolView, PromotionView } from '@serverctl/contract';
import { Link } from '@tanstack/react-router';
import type { CSSProperties } from 'react';
import { countText } from '../../lib/words.ts';
import { moveByArrows } from './arrows.ts';
import { type Flow, heightOf } from './flow.ts';
import { FlowClients } from './flow-clients.tsx';
import { Asking, Connecting } from './flow-edges.tsx';
import { FlowMemberNode, GhostMember } from './flow-member.tsx';
import { FlowName } from './flow-name.tsx';
import type { LeftBehind, Now } from './left-behind.ts';

export interface FlowDiagramProps {
  readonly pool: PoolView;
  readonly flow: Flow;
  readonly left: LeftBehind | null;
  readonly now: Now;
  readonly last: PromotionView | null;
  /** Which of several records is shown, by its id. */
  readonly record: string | undefined;
  readonly onRecord: (id: string) => void;
}

/** What a pool of two would have, for as long as it has fewer. */
const ghosts = ['First member: a host that serves', 'Second member: makes failover possible'] as const;

/** The drawing: our own boxes, and lines from the same numbers. What the lines say, the words in the boxes say as well. */
export function FlowDiagram({ pool, flow, left, now, last, record, onRecord }: FlowDiagramProps) {
  const missing = ghosts.slice(pool.status.members.length);
  const height = heightOf(flow.members.length + missing.length);
  return (
    // biome-ignore lint/a11y/useSemanticElements: it is no set of form fields
    <div
      className="flow-b"
      style={{ '--flow': `${height}px` } as CSSProperties}
      role="group"
      aria-label="Clients ask DNS, DNS names the active member. The same facts are in the table view."
      onKeyDown={moveByArrows}
    >
      <div className="flow-mid">
        <FlowClients flow={flow} left={left} now={now} activeId={pool.activeMemberId} />
      </div>
      <Asking height={height} isPublished={pool.activeMemberId !== null} />
      <span className="down only-phone" aria-hidden="true" />
      <div className="flow-mid">
        <FlowName pool={pool} left={left} now={now} last={last} record={record} onRecord={onRecord} />
      </div>
      <Connecting flow={flow} ghosts={missing.length} left={left} height={height} now={now} />
      <span className="down only-phone" aria-hidden="true" />
      <div className="flow-end">
        <ul className="flow-members">
          {flow.members.map((one) => (
            <FlowMemberNode key={one.member.id} pool={pool} one={one} left={left} now={now} />
          ))}
          {missing.map((text) => (
            <GhostMember key={text} text={text} />
          ))}
        </ul>
        {flow.rest !== null && (
          <p className="small dim mt-2">
            <Link to="/pools/$pool/members" params={{ pool: pool.id }}>
              and {countText(flow.rest.count, 'more', 'more')}, {flow.rest.ready} ready
            </Link>
          </p>
        )}
      </div>
    </div>
  );
}
