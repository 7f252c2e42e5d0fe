import { mayMisjudgeAge } from './first-sight.ts';
import type { Invariant } from './invariant.ts';
import type { PastPromotion } from './promotion-ledger.ts';
import { type Committed, watchPromotions } from './promotion-watch.ts';

/* R11. Ages are as the world's clock has them. */

const apartMs = 10_000;
const buckets = [
  { promotions: 3, withinMs: 600_000 },
  { promotions: 6, withinMs: 3_600_000 },
] as const;
/** Sums of fractions of a millisecond, and the database's whole ones. */
const roundingMs = 2;

export const flappingIsLimited: Invariant = {
  id: 'I5',
  sentence:
    'Per pool at most 3 automatic promotions in 10 min and 6 in 1 h since the acknowledgement, and 10 s between two of any kind but dynamic DNS.',
  rules: ['R11'],
  watch: (say, ledgers) =>
    watchPromotions(say, ledgers, (committed) => {
      const { promotion, promotions, truth } = committed;
      const known = promotions.ofPool(promotion.poolId).filter(({ at }) => !mayMisjudgeAge(committed, at));
      const acknowledged = truth.house.acknowledgedEpoch.get(promotion.poolId) ?? 0;
      return [...judgeApart(known, committed), ...judgeBuckets(known, acknowledged, committed)];
    }),
};

function judgeApart(known: readonly PastPromotion[], { calledAt }: Committed): readonly string[] {
  // A new address of the same member is no move.
  const last = known.findLast(({ kind }) => kind !== 'address');
  if (last === undefined || calledAt - last.at >= apartMs - roundingMs) return [];
  return [`the promotion before it was ${Math.round(calledAt - last.at)} ms ago.`];
}

function judgeBuckets(
  known: readonly PastPromotion[],
  acknowledged: number,
  { calledAt, promotion }: Committed,
): readonly string[] {
  if (promotion.kind === 'withdrawal') return [];
  const counted = known.filter(
    ({ kind, epoch }) => (kind === 'failover' || kind === 'failback') && epoch > acknowledged,
  );
  return buckets.flatMap(({ promotions, withinMs }) => {
    const recent = counted.filter(({ at }) => calledAt - at < withinMs - roundingMs);
    return recent.length < promotions ? [] : [`${recent.length} came before it within ${withinMs / 60_000} min.`];
  });
}
