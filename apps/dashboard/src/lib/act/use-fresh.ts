import { useEffect, useRef, useState } from 'react';
import { systemClock } from '../../platform/clock.ts';

const offMs = 1_000;

export interface Fresh {
  /** Lines that were not there before the last change; they stay marked until the next one. */
  readonly lines: ReadonlySet<string>;
  /** It changed less than 1 s ago: whoever was about to confirm confirms nothing they have not seen (DESIGN.md, section 10). */
  readonly isJustNow: boolean;
}

const nothing: ReadonlySet<string> = new Set();

/** Which of the lines changed under the person. The first ones that are there at all are no change. */
export function useFresh(lines: readonly string[]): Fresh {
  const now = lines.join('\n');
  const seen = useRef<readonly string[]>([]);
  const [fresh, setFresh] = useState<{ readonly of: string; readonly lines: ReadonlySet<string> }>({
    of: now,
    lines: nothing,
  });
  const [quietFor, setQuietFor] = useState<string | null>(null);
  useEffect(() => {
    const before = seen.current;
    const present = now === '' ? [] : now.split('\n');
    if (present.length === 0) return;
    seen.current = present;
    if (before.length === 0 || before.join('\n') === now) return;
    setFresh({ of: now, lines: new Set(present.filter((line) => !before.includes(line))) });
  }, [now]);
  useEffect(() => {
    if (fresh.lines.size === 0) return;
    return systemClock.after(offMs, () => setQuietFor(fresh.of));
  }, [fresh]);
  return { lines: fresh.lines, isJustNow: fresh.lines.size > 0 && quietFor !== fresh.of };
}
