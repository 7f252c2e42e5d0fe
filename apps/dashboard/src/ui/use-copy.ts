import { useEffect, useState } from 'react';
import { type CopyOutcome, copyText } from '../platform/clipboard.ts';
import { systemClock } from '../platform/clock.ts';

/** A refusal is longer to read, and something is to be done about it. */
const shownMs: Readonly<Record<CopyOutcome, number>> = { copied: 2_000, refused: 8_000 };

/** Takes a text along; what came of it is to be said for a while. */
export function useCopy(text: string): { readonly outcome: CopyOutcome | null; readonly copy: () => void } {
  const [outcome, setOutcome] = useState<CopyOutcome | null>(null);
  useEffect(
    () => (outcome === null ? undefined : systemClock.after(shownMs[outcome], () => setOutcome(null))),
    [outcome],
  );
  return { outcome, copy: () => void copyText(text).then(setOutcome) };
}

/** Where the text stands on the page. */
export const notCopied = 'Not allowed: select it and copy';
