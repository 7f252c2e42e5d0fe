import { Check, Copy } from 'lucide-react';
import { useEffect, useState } from 'react';
import { systemClock } from '../../platform/clock.ts';
import { Button } from '../../ui/button.tsx';

const shownMs = 2_000;

/** Takes along what may be too long, or too secret, to be marked by hand. */
export function CopyTextButton({ text, what }: { readonly text: string; readonly what: string }) {
  const [isCopied, setCopied] = useState(false);
  useEffect(() => (isCopied ? systemClock.after(shownMs, () => setCopied(false)) : undefined), [isCopied]);
  const Icon = isCopied ? Check : Copy;
  return (
    <Button size="tiny" onClick={() => void navigator.clipboard.writeText(text).then(() => setCopied(true))}>
      <Icon size={13} strokeWidth={1.75} aria-hidden="true" />
      {isCopied ? 'Copied' : `Copy ${what}`}
    </Button>
  );
}
