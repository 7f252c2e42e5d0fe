import type { LivePlane } from '@serverctl/contract';
import { useLive } from '../lib/live/use-live.ts';
import { instantText, measuredText, numberText } from '../lib/words.ts';
import { StateWord } from '../ui/state.tsx';

/** The bar at the foot of every page: whether the control plane itself may be believed. */
export function PlaneBar() {
  const plane = useLive((state) => state.plane);
  const isHeard = useLive(({ link }) => link.kind === 'live');
  // Its place is below what is read first: shown before that, it would be moved away again.
  const isRead = useLive(({ pools }) => pools !== null);
  if (plane === null || (!isRead && plane.database.ok)) return null;
  if (!isHeard)
    return (
      <footer className="plane">
        <StateWord shape="unknown">Control plane is not heard</StateWord>
        <span className="no-phone ml-auto">ServerCTL {plane.version}</span>
      </footer>
    );
  const { listening, lease, database, members, version } = plane;
  const isOk = listening.ok && lease.ok && database.ok;
  return (
    <footer className="plane">
      {isOk ? (
        <StateWord shape="healthy">Control plane is listening</StateWord>
      ) : (
        <StateWord shape="needs-you">
          {listening.ok ? 'Control plane is not whole' : 'Control plane is not listening'}
        </StateWord>
      )}
      {!listening.ok && <span>{listening.sentence}</span>}
      {!lease.ok && <span>{lease.sentence}</span>}
      {!database.ok && <span>{database.sentence}</span>}
      {lease.ok && <span className="no-phone">{leaderText(lease.leader, plane.at)}</span>}
      {database.ok && database.answeredInMs !== null && (
        <span className="no-phone">Database answers in {measuredText(database.answeredInMs)}</span>
      )}
      {members !== null && (
        <span>
          {numberText(members.heard)} of {numberText(members.enrolled)} members heard in the last 3 s
        </span>
      )}
      <span className="no-phone ml-auto">ServerCTL {version}</span>
    </footer>
  );
}

/** "Process 3k9f leads since 23 Nov, 14:03": since when only where the change was seen. */
function leaderText(leader: LivePlane['lease']['leader'], at: string): string {
  if (leader === null) return 'A failover loop leads';
  const since = leader.since === null ? '' : ` since ${instantText(leader.since, Date.parse(at))}`;
  return `Process ${leader.holder} leads${since}`;
}
