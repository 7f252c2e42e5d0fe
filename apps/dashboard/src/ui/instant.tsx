import { instantText, utcText } from '../lib/words.ts';
import { systemClock } from '../platform/clock.ts';

/** "24 Nov, 09:20" where the reader is, with the UTC instant in the title. */
export function Instant({ at }: { readonly at: string }) {
  return (
    <time className="nowrap" dateTime={at} title={utcText(at)}>
      {instantText(at, systemClock.wallMs())}
    </time>
  );
}
