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

/** False for a second after what is shown has become another, so that nobody confirms what they have not seen. */
export function useSteady(shown: string | null): boolean {
  const [seen, setSeen] = useState(shown);
  useEffect(() => (seen === null ? setSeen(shown) : systemClock.after(noticeMs, () => setSeen(shown))), [seen, shown]);
  return seen === null || seen === shown;
}
