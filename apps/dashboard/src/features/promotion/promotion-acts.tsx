import type { PromotionDetail } from '@serverctl/contract';
import { Link as LinkIcon } from 'lucide-react';
import { useEffect, useState } from 'react';
import { systemClock } from '../../platform/clock.ts';
import { Button } from '../../ui/button.tsx';

const shownMs = 2_000;

/** To take it elsewhere: its address, and everything that the decision was made from. */
export function PromotionActs({ promotion }: { readonly promotion: PromotionDetail }) {
  const [isCopied, setCopied] = useState(false);
  useEffect(() => (isCopied ? systemClock.after(shownMs, () => setCopied(false)) : undefined), [isCopied]);
  const isKept = promotion.evidence !== null;
  return (
    <div className="acts">
      <Button onClick={() => void navigator.clipboard.writeText(location.href).then(() => setCopied(true))}>
        <LinkIcon size={14} strokeWidth={1.75} aria-hidden="true" />
        {isCopied ? 'Copied' : 'Copy link'}
      </Button>
      <Button
        disabled={!isKept}
        title={isKept ? undefined : 'The evidence is past its retention.'}
        onClick={() => save(promotion)}
      >
        Save evidence
      </Button>
    </div>
  );
}

function save(promotion: PromotionDetail): void {
  const url = URL.createObjectURL(new Blob([JSON.stringify(promotion, null, 2)], { type: 'application/json' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = `promotion-${promotion.id}.json`;
  link.click();
  URL.revokeObjectURL(url);
}
