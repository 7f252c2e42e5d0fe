import { Check, Copy as CopyIcon } from 'lucide-react';
import { notCopied, useCopy } from './use-copy.ts';

/** Something a person might paste, and the button that takes it along. */
export function Copy({ text, name }: { readonly text: string; readonly name: string }) {
  const { outcome, copy } = useCopy(text);
  const isCopied = outcome === 'copied';
  const Icon = isCopied ? Check : CopyIcon;
  const word = isCopied ? 'Copied' : `Copy ${name}`;
  return (
    <span className="copy">
      <span className="mono">{text}</span>
      <button type="button" aria-label={word} title={word} onClick={copy}>
        <Icon size={12} strokeWidth={1.75} aria-hidden="true" />
      </button>
      <span className="tiny dim" role="status">
        {outcome === 'refused' && notCopied}
      </span>
    </span>
  );
}
