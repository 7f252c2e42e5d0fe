import { useEffect, useRef } from 'react';
import { utcText } from '../lib/words.ts';
import { systemClock } from '../platform/clock.ts';
import { frameLoop } from '../platform/frame-loop.ts';

/** "14:32" until an instant of the server's clock, counting; written past React, and not spoken. */
export function Countdown({ at, serverOffsetMs }: { readonly at: string; readonly serverOffsetMs: number }) {
  const place = useRef<HTMLTimeElement>(null);
  useEffect(() => {
    const write = () => {
      const text = leftText(Date.parse(at) - serverOffsetMs - systemClock.nowMs());
      if (place.current !== null && place.current.textContent !== text) place.current.textContent = text;
    };
    write();
    return frameLoop.onTick(write);
  }, [at, serverOffsetMs]);
  return <time ref={place} dateTime={at} title={utcText(at)} />;
}

function leftText(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / 1_000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}
