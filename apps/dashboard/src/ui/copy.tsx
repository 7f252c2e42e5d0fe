import { Check, Copy as CopyIcon } from 'lucide-react';
import { useEffect, useState } from 'react';
import { systemClock } from '../platform/clock.ts';

const shownMs = 2_000;

/** Something a person might paste, and the button that takes it along. */
export function Copy({ text, name }: { readonly text: string; readonly name: string }) {
  const [isCopied, setCopied] = useState(false);
  useEffect(() => (isCopied ? systemClock.after(shownMs, () => setCopied(false)) : undefined), [isCopied]);
  const Icon = isCopied ? Check : CopyIcon;
  return (
    <span className="copy">
      <span className="mono">{text}</span>
      <button
        type="button"
        aria-label={isCopied ? 'Copied' : `Copy ${name}`}
        title={isCopied ? 'Copied' : `Copy ${name}`}
        onClick={() => void navigator.clipboard.writeText(text).then(() => setCopied(true))}
      >
        <Icon size={12} strokeWidth={1.75} aria-hidden="true" />
      </button>
    </span>
  );
}
