import { useServerNowMs } from '../lib/live/use-live.ts';
import { clockText, instantText, preciseClockText, utcText } from '../lib/words.ts';

export interface WhenProps {
  readonly at: string;
  /** `instant`: "24 Nov, 09:20". `recent`: of today only "09:20". `precise`: "09:20:13.235", where it was measured. */
  readonly as?: 'instant' | 'recent' | 'precise';
  /** Left out, it stands in one line. */
  readonly className?: string;
}

/** A time where the reader is, with UTC on hover. */
export function When({ at, as = 'instant', className = 'nowrap' }: WhenProps) {
  const nowMs = useServerNowMs();
  const isToday = new Date(at).toDateString() === new Date(nowMs).toDateString();
  const instant = instantText(at, nowMs);
  const texts = { instant, recent: isToday ? clockText(at) : instant, precise: preciseClockText(at) };
  return (
    <time dateTime={at} title={utcText(at)} className={className}>
      {texts[as]}
    </time>
  );
}
