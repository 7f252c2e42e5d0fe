import type { PoolView } from '@serverctl/contract';
import { kindWords } from '../../lib/pool/promotion-words.ts';

/** What moved a pool last, and when; of one that nobody has published, when it was added. */
export function lastChangeOf({ lastPromotion, createdAt }: Pick<PoolView, 'lastPromotion' | 'createdAt'>) {
  if (lastPromotion === null) return { word: 'Created', at: createdAt };
  // The first publish moves nothing: the records were nobody's, or named this member already.
  if (lastPromotion.kind === 'first-publish') return { word: 'Never moved', at: lastPromotion.at };
  return { word: kindWords[lastPromotion.kind], at: lastPromotion.at };
}
