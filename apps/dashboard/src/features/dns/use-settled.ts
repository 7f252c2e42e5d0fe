import { useEffect, useState } from 'react';
import { systemClock } from '../../platform/clock.ts';

const typingMs = 600;

/** What stands there since typing stopped. */
export function useSettled(text: string): string {
  const [settled, setSettled] = useState(text);
  useEffect(() => systemClock.after(typingMs, () => setSettled(text)), [text]);
  return settled;
}

const noticeMs = 1_000;

/**
 * False for a second after what is shown has become another, so that nobody confirms what they have not seen. `own` is what the person chose
 * themselves: what that changes they know.
 */
export function useSteady(shown: string, own: string): boolean {
  const [seen, setSeen] = useState({ shown, own });
  const isOwn = seen.own !== own;
  const isSame = seen.shown === shown;
  useEffect(() => {
    if (isOwn) setSeen({ shown, own });
    return isOwn || isSame ? undefined : systemClock.after(noticeMs, () => setSeen({ shown, own }));
  }, [shown, own, isOwn, isSame]);
  return isOwn || isSame;
}
