import { useLive } from '../../lib/live/use-live.ts';
import { heardAgainSeconds } from './heard-again.ts';

/** " · heard again for 6 s": of a member that this page saw silent within the last minute. */
export function HeardAgain({ memberId }: { readonly memberId: string }) {
  const seconds = useLive(({ strips }) => heardAgainSeconds(strips.get(memberId) ?? []));
  if (seconds === null) return null;
  return <span className="heard-again"> · heard again for {seconds} s</span>;
}
