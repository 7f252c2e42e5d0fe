import { useLive } from '../../lib/live/use-live.ts';
import { Age } from '../../ui/age.tsx';
import { heardAgainSeconds } from './heard-again.ts';

/** "0.4 s" since the last heartbeat, counting; `never` where there was none. */
export function HeardAgo({ memberId, never }: { readonly memberId: string; readonly never: string }) {
  const atMs = useLive(({ heard }) => heard.get(memberId)?.atMs ?? null);
  const { serverOffsetMs } = useOffset();
  if (atMs === null) return never;
  return <Age sinceMs={atMs} serverOffsetMs={serverOffsetMs} />;
}

/** Changes by some milliseconds with each message: read beside what is drawn, and never a reason to draw. */
function useOffset() {
  return { serverOffsetMs: useLive(({ serverOffsetMs }) => Math.round(serverOffsetMs / 1_000) * 1_000) };
}

/** " · heard again for 6 s": of a member that this page saw silent within the last minute. */
export function HeardAgain({ memberId }: { readonly memberId: string }) {
  const seconds = useLive(({ strips }) => heardAgainSeconds(strips.get(memberId) ?? []));
  if (seconds === null) return null;
  return <span className="heard-again"> · heard again for {seconds} s</span>;
}
