import type { PromotionView } from '@serverctl/contract';

/** One promotion as a scenario asks for it: `to` is the host's name in the lab. */
export interface ExpectedPromotion {
  readonly pool: string;
  readonly kind: PromotionView['kind'];
  readonly to: string;
  readonly cause: string;
}

/** The two ways in which promotions can be wrong, counted apart: a missing one must never hide a false one. */
export interface PromotionBalance<Seen> {
  /** Happened, and no scenario asked for it. */
  readonly unasked: readonly Seen[];
  /** Asked for, and did not happen. */
  readonly missing: readonly ExpectedPromotion[];
}

/** Matches what happened with what was asked for, one to one, by pool, kind, target and cause. */
export function balance<Seen extends ExpectedPromotion>(
  seen: readonly Seen[],
  expected: readonly ExpectedPromotion[],
): PromotionBalance<Seen> {
  const missing = [...expected];
  const unasked = seen.filter((one) => {
    const index = missing.findIndex((wanted) => isSame(wanted, one));
    if (index >= 0) missing.splice(index, 1);
    return index < 0;
  });
  return { unasked, missing };
}

function isSame(one: ExpectedPromotion, other: ExpectedPromotion): boolean {
  return one.pool === other.pool && one.kind === other.kind && one.to === other.to && one.cause === other.cause;
}
