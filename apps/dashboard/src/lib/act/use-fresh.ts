import { useEffect, useRef, useState } from 'react';
import { systemClock } from '../../platform/clock.ts';

const offMs = 1_000;

/** What is new in the lines; null = they are the same, or the first that are there at all. One that is gone is a change as well. */
export function newIn(before: readonly string[], present: readonly string[]): ReadonlySet<string> | null {
  if (before.length === 0 || present.length === 0 || before.join('\n') === present.join('\n')) return null;
  return new Set(present.filter((line) => !before.includes(line)));
}

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
  /** Null = nothing has changed yet. Each change is one of its own, also where the lines become what they were. */
  const [fresh, setFresh] = useState<{ readonly lines: ReadonlySet<string> } | null>(null);
  const [quietFor, setQuietFor] = useState<typeof fresh>(null);
  useEffect(() => {
    const before = seen.current;
    const present = now === '' ? [] : now.split('\n');
    if (present.length === 0) return;
    seen.current = present;
    const lines = newIn(before, present);
    if (lines !== null) setFresh({ lines });
  }, [now]);
  useEffect(() => {
    if (fresh === null) return;
    return systemClock.after(offMs, () => setQuietFor(fresh));
  }, [fresh]);
  return { lines: fresh?.lines ?? nothing, isJustNow: quietFor !== fresh };
}
