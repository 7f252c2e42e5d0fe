import { hourMs, minuteMs, secondMs } from '../time.ts';
import type { PoolEvidence } from './evidence.ts';

/** R11's limits: so many automatic promotions of one pool within so many ms, and the least time between two promotions of any kind. */
export const antiFlapping = {
  buckets: [
    { promotions: 3, withinMs: 10 * minuteMs },
    { promotions: 6, withinMs: hourMs },
  ],
  apartMs: 10 * secondMs,
} as const;

/** Whether R11 lets an automatic promotion happen now. `exhausted` latches the pool as held; `leftMs` counts down by time alone. */
export type Brake =
  | { readonly kind: 'free' }
  | { readonly kind: 'cooldown'; readonly leftMs: number }
  | { readonly kind: 'exhausted'; readonly leftMs: number };

/** R11 for one pool now. A full bucket is named before the 10 s: it needs a person, they do not. */
export function judgeBrake(evidence: Pick<PoolEvidence, 'automaticPromotionAgesMs' | 'lastPromotionAgeMs'>): Brake {
  const bucketLeftMs = Math.max(...antiFlapping.buckets.map((bucket) => leftOfBucket(evidence, bucket)));
  if (bucketLeftMs > 0) return { kind: 'exhausted', leftMs: bucketLeftMs };
  const ageMs = evidence.lastPromotionAgeMs;
  if (ageMs !== null && ageMs < antiFlapping.apartMs) return { kind: 'cooldown', leftMs: antiFlapping.apartMs - ageMs };
  return { kind: 'free' };
}

/** Time until the bucket has room for one more; 0 when it has. */
function leftOfBucket(
  { automaticPromotionAgesMs }: Pick<PoolEvidence, 'automaticPromotionAgesMs'>,
  bucket: { readonly promotions: number; readonly withinMs: number },
): number {
  if (automaticPromotionAgesMs.length < bucket.promotions) return 0;
  const youngestFirst = automaticPromotionAgesMs.toSorted((a, b) => a - b);
  const decisiveAgeMs = youngestFirst[bucket.promotions - 1];
  return decisiveAgeMs === undefined ? 0 : Math.max(0, bucket.withinMs - decisiveAgeMs);
}
