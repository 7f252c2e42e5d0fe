import type { PromotionView } from '@serverctl/contract';
import { timesOf } from '../../lib/pool/promotion-words.ts';
import { countText, measuredText } from '../../lib/words.ts';

/** What a promotion came to, measured, after the server's own sentence of why. */
export function verdictOf(promotion: PromotionView): string {
  const times = timesOf(promotion);
  const has = (name: PromotionView['steps'][number]['step']) => promotion.steps.some(({ step }) => step === name);
  if (times === null) return openVerdict(promotion);
  const from = has('last-heartbeat') ? 'the last heartbeat' : has('detected') ? 'the trouble began' : 'the decision';
  // One that was overtaken may not have come to all of its records.
  const written = promotion.steps.filter(({ step }) => step === 'acknowledged').length;
  const of = promotion.state === 'superseded' && written > 0 ? ` of ${countText(written, 'record')}` : '';
  return `Every name server gave the new address${of} ${measuredText(times.allMs)} after ${from}.`;
}

function openVerdict({ state }: PromotionView): string {
  if (state === 'superseded') return 'Another promotion took over before every name server gave its address.';
  return state === 'publishing'
    ? 'It is being written at the provider.'
    : 'Not every name server gives the new address yet.';
}
