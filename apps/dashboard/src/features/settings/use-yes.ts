import { useEffect, useState } from 'react';
import { systemClock } from '../../platform/clock.ts';
import { isYesTo, type Target } from './failover-yes.ts';

const offMs = 1_000;

export interface Yes {
  readonly isGiven: boolean;
  /** It is another question than less than 1 s ago: whoever was about to say yes says it to nothing they have not seen (DESIGN.md, section 10). */
  readonly isJustAsked: boolean;
  readonly give: (isGiven: boolean) => void;
}

/** A person's yes to one move. It goes with the question: when the records would go elsewhere, it has to be said again. */
export function useYes(target: Target | null): Yes {
  const [given, setGiven] = useState<Target | null>(null);
  const isGiven = isYesTo(given, target);
  useEffect(() => {
    if (given !== null && !isGiven) setGiven(null);
  }, [given, isGiven]);
  const asked = target === null ? '' : `to ${target.to ?? ''}`;
  const [seen, setSeen] = useState(asked);
  useEffect(() => (seen === asked ? undefined : systemClock.after(offMs, () => setSeen(asked))), [seen, asked]);
  return { isGiven, isJustAsked: seen !== asked, give: (isYes) => setGiven(isYes ? target : null) };
}
