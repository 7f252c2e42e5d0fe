import { Users } from 'lucide-react';
import { useLive } from '../../lib/live/use-live.ts';
import { isPresent } from '../../lib/pool/present-traffic.ts';
import { numberText } from '../../lib/words.ts';
import type { Flow } from './flow.ts';
import { isDraining, type LeftBehind, type Now } from './left-behind.ts';

export interface FlowClientsProps {
  readonly flow: Flow;
  readonly left: LeftBehind | null;
  readonly now: Now;
}

/** What all members carry now; while an old one drains, how much of it has moved. */
export function FlowClients({ flow, left, now }: FlowClientsProps) {
  const isLive = useLive(({ link }) => link.kind === 'live');
  const read = flow.members.flatMap(({ member, traffic }) =>
    traffic !== null && isPresent(member, traffic, now.pageMs) ? [traffic] : [],
  );
  const sum = (pick: (one: (typeof read)[number]) => number) => read.reduce((total, one) => total + pick(one), 0);
  const sessions = sum((one) => one.sessions);
  const moved = movedShare({ flow, left, now }, sessions);
  return (
    <div className="fnode">
      <div className="row strong">
        <Users size={16} strokeWidth={1.75} aria-hidden="true" />
        Clients
      </div>
      {read.length > 0 && (
        <div className={`small mt-2 grid gap-0.5 ${isLive ? '' : 'dimmer'}`}>
          <div>
            <b className="strong">{numberText(sessions)}</b> <span className="dim">sessions</span>
          </div>
          {moved === null ? (
            <div>
              <b className="strong">{numberText(sum((one) => one.requestRate))}</b>{' '}
              <span className="dim">requests/s</span>
            </div>
          ) : (
            <div>
              <b className="strong">{moved} %</b> <span className="dim">already moved</span>
            </div>
          )}
        </div>
      )}
    </div>
  );
}

/** Of all present sessions, those that are not on the old member; null where nothing drains or nobody can know. */
function movedShare({ left, now }: FlowClientsProps, sessions: number): number | null {
  if (left === null || !isDraining(left, now.serverMs) || left.sessions.kind !== 'left' || sessions === 0) return null;
  return Math.floor((1 - left.sessions.count / sessions) * 100);
}
