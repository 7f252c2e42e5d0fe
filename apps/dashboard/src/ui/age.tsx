import { useEffect, useRef } from 'react';
import { ageText, utcText } from '../lib/words.ts';
import { systemClock } from '../platform/clock.ts';
import { frameLoop } from '../platform/frame-loop.ts';

export interface AgeProps {
  /** Since when, on the page's clock. */
  readonly sinceMs: number;
  /** What to add to the page's clock to have the server's, for the instant in the title. */
  readonly serverOffsetMs: number;
}

/** "0.4 s", counting. Written past React: a thousand of them cost no render. Readers are not told each tick. */
export function Age({ sinceMs, serverOffsetMs }: AgeProps) {
  const place = useRef<HTMLTimeElement>(null);
  const instant = new Date(Math.round(sinceMs + serverOffsetMs)).toISOString();
  useEffect(() => {
    const write = () => {
      const text = ageText(systemClock.nowMs() - sinceMs);
      if (place.current !== null && place.current.textContent !== text) place.current.textContent = text;
    };
    write();
    return frameLoop.onTick(write);
  }, [sinceMs]);
  return <time ref={place} dateTime={instant} title={utcText(instant)} />;
}
