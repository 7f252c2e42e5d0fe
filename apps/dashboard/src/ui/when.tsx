import { useServerNowMs } from '../lib/live/use-live.ts';
import { instantText, preciseClockText, utcText } from '../lib/words.ts';

export interface WhenProps {
  readonly at: string;
  /** `instant`: "24 Nov, 09:20". `precise`: "09:20:13.235", where it was measured. */
  readonly as?: 'instant' | 'precise';
  /** How it is written in a list that tells its instants apart. */
  readonly text?: string;
  /** Left out, it stands in one line. */
  readonly className?: string;
}

/** A time where the reader is, with UTC on hover. */
export function When({ at, as = 'instant', text, className = 'nowrap' }: WhenProps) {
  const nowMs = useServerNowMs();
  return (
    <time dateTime={at} title={utcText(at)} className={className}>
      {text ?? (as === 'precise' ? preciseClockText(at) : instantText(at, nowMs))}
    </time>
  );
}
