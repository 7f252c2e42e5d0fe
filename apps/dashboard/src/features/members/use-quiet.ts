import { useEffect, useState } from 'react';
import { systemClock } from '../../platform/clock.ts';

const quietMs = 1_000;

/** For its first second of what has just come up: a press that was meant for what stood there before confirms nothing (DESIGN.md, section 10). */
export function useQuiet(what: object | null): boolean {
  const [seen, setSeen] = useState<object | null>(null);
  useEffect(() => (what === null ? undefined : systemClock.after(quietMs, () => setSeen(what))), [what]);
  return what !== null && seen !== what;
}
