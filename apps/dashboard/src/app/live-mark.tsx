import type { Link } from '../lib/live/live-state.ts';
import { useLive } from '../lib/live/use-live.ts';
import { Age } from '../ui/age.tsx';

/** "Live" while it is so; else how old the page is, or what it does about it. */
export function LiveMark() {
  const link = useLive((state) => state.link);
  const heardAtMs = useLive((state) => (isOld(state.link) ? state.heardAtMs : null));
  const serverOffsetMs = useLive((state) => (isOld(state.link) ? state.serverOffsetMs : 0));
  if (link.kind === 'live') return <Mark>Live</Mark>;
  if (link.kind === 'connecting') return <Mark isOld>Connecting</Mark>;
  if (link.kind === 'ended' || heardAtMs === null) return <Mark isOld>Not connected</Mark>;
  return (
    <Mark isOld>
      <span>
        {link.kind === 'asleep' && 'Asleep, '}
        <Age sinceMs={heardAtMs} serverOffsetMs={serverOffsetMs} /> old
      </span>
    </Mark>
  );
}

/** A page that nobody could see is not lost: it was told nothing while it slept, and says so until it is. */
const isOld = ({ kind }: Link): boolean => kind === 'broken' || kind === 'asleep';

function Mark({ isOld = false, children }: { readonly isOld?: boolean; readonly children: React.ReactNode }) {
  return (
    <span className={isOld ? 'live old' : 'live'}>
      <i aria-hidden="true" />
      {children}
    </span>
  );
}
