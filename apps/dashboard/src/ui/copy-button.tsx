import { type ReactNode, useEffect, useState } from 'react';
import { copyText } from '../lib/copy-text.ts';
import { systemClock } from '../platform/clock.ts';
import { Button } from './button.tsx';

const shownMs = 2_000;

/** Takes a text along that stands somewhere else; says so, and says where the browser refuses. */
export function CopyButton({
  text,
  size = 'usual',
  children,
}: {
  readonly text: string;
  readonly size?: 'tiny' | 'usual';
  readonly children: ReactNode;
}) {
  const [said, setSaid] = useState<string | null>(null);
  useEffect(() => (said === null ? undefined : systemClock.after(shownMs, () => setSaid(null))), [said]);
  const copy = async () => setSaid((await copyText(text)) ? 'Copied' : 'Not allowed: select it and copy');
  return (
    <Button size={size} onClick={() => void copy()}>
      <span aria-live="polite">{said ?? children}</span>
    </Button>
  );
}
