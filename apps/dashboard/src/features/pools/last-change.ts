import type { PoolView } from '@serverctl/contract';

type Kind = NonNullable<PoolView['lastPromotion']>['kind'];

/** The first publish moves nothing: the records were nobody's, or named this member already. */
const words: Readonly<Record<Kind, string>> = {
  failover: 'Failover',
  switchover: 'Switchover',
  failback: 'Failback',
  'first-publish': 'Never moved',
  withdrawal: 'Withdrawn failover',
  adoption: 'Adoption',
  address: 'New address',
};

/** What moved a pool last, and when; of one that nobody has published, when it was added. */
export function lastChangeOf({ lastPromotion, createdAt }: Pick<PoolView, 'lastPromotion' | 'createdAt'>) {
  if (lastPromotion === null) return { word: 'Created', at: createdAt };
  return { word: words[lastPromotion.kind], at: lastPromotion.at };
}
