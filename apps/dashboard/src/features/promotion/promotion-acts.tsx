import type { PromotionDetail } from '@serverctl/contract';
import { Link as LinkIcon } from 'lucide-react';
import { Button } from '../../ui/button.tsx';
import { saveFile } from '../../ui/save-file.ts';
import { useCopy } from '../../ui/use-copy.ts';

/** To take it elsewhere: its address, and everything that the decision was made from. */
export function PromotionActs({ promotion }: { readonly promotion: PromotionDetail }) {
  const { outcome, copy } = useCopy(location.href);
  const isKept = promotion.evidence !== null;
  return (
    <div className="acts">
      <Button onClick={copy}>
        <LinkIcon size={14} strokeWidth={1.75} aria-hidden="true" />
        <span aria-live="polite">
          {outcome === null ? 'Copy link' : outcome === 'copied' ? 'Copied' : 'Not allowed: copy the address above'}
        </span>
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

const save = (promotion: PromotionDetail): void =>
  saveFile(`promotion-${promotion.id}.json`, 'application/json', JSON.stringify(promotion, null, 2));
