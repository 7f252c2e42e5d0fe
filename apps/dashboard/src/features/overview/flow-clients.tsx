import { Users } from 'lucide-react';
import { useLive } from '../../lib/live/use-live.ts';
import { countText, numberText } from '../../lib/words.ts';
import { carriedBy, type Flow } from './flow.ts';
import type { LeftBehind, Now } from './left-behind.ts';

export interface FlowClientsProps {
  readonly flow: Flow;
  readonly left: LeftBehind | null;
  readonly now: Now;
  readonly activeId: string | null;
}

/** What all members carry now; while an old one drains, how much of it has moved. */
export function FlowClients({ flow, left, now, activeId }: FlowClientsProps) {
  const isLive = useLive(({ link }) => link.kind === 'live');
  const carried = carriedBy(flow, left, now, activeId);
  return (
    <div className="fnode">
      <div className="row strong">
        <Users size={16} strokeWidth={1.75} aria-hidden="true" />
        Clients
      </div>
      {carried !== null && (
        <div className={`small mt-2 grid gap-0.5 ${isLive ? '' : 'dimmer'}`}>
          <div>
            <b className="strong">{numberText(carried.sessions)}</b> <span className="dim">sessions</span>
          </div>
          {carried.movedPercent === null ? (
            <div>
              <b className="strong">{numberText(carried.requestRate)}</b> <span className="dim">requests/s</span>
            </div>
          ) : (
            <div>
              <b className="strong">{carried.movedPercent} %</b> <span className="dim">already moved</span>
            </div>
          )}
          {carried.known < flow.all.length && (
            <div className="dim">
              of {carried.known} of {countText(flow.all.length, 'member')}
            </div>
          )}
        </div>
      )}
    </div>
  );
}
