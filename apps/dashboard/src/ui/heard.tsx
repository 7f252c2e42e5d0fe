import { useLive } from '../lib/live/use-live.ts';
import { Age } from './age.tsx';

/** "0.4 s" since the last heartbeat, counting; `never` where there was none. */
export function Heard({ memberId, never }: { readonly memberId: string; readonly never: string }) {
  const atMs = useLive(({ heard }) => heard.get(memberId)?.atMs ?? null);
  // To the second: it changes by some milliseconds with each message, and those are no reason to draw.
  const serverOffsetMs = useLive((state) => Math.round(state.serverOffsetMs / 1_000) * 1_000);
  if (atMs === null) return never;
  return <Age sinceMs={atMs} serverOffsetMs={serverOffsetMs} />;
}
