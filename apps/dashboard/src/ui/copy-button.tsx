import type { ReactNode } from 'react';
import { Button } from './button.tsx';
import { notCopied, useCopy } from './use-copy.ts';

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
  const { outcome, copy } = useCopy(text);
  return (
    <Button size={size} onClick={copy}>
      <span aria-live="polite">{outcome === null ? children : outcome === 'copied' ? 'Copied' : notCopied}</span>
    </Button>
  );
}
