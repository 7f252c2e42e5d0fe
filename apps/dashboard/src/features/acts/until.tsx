import { useLiveStore } from '../../lib/live/use-live.ts';
import { instantText, utcText } from '../../lib/words.ts';

/** "24 Nov, 09:20" where the reader is, with UTC in the title. */
export function Until({ at }: { readonly at: string }) {
  const { store } = useLiveStore();
  return (
    <time className="strong nowrap" dateTime={at} title={utcText(at)}>
      {instantText(at, store.serverNowMs())}
    </time>
  );
}
