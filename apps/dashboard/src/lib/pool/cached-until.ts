import type { PoolView, PromotionView } from '@serverctl/contract';

type Steps = Pick<PromotionView, 'steps' | 'decidedAt'>;
const instantsOf = ({ steps }: Steps, step: PromotionView['steps'][number]['step']) =>
  steps.filter((one) => one.step === step).map(({ at }) => Date.parse(at));

/**
 * Until when old answers live: the TTL of what was replaced, from the moment in which the last name server gave the new one. While one does
 * not yet, from the provider's acknowledgement, as the server says it.
 */
export function cachedUntilMs(pool: PoolView, promotion: Steps): number | null {
  const elapsed = instantsOf(promotion, 'old-ttl-elapsed');
  const acknowledgedMs = Math.max(...instantsOf(promotion, 'acknowledged'));
  const saidMs = Math.max(
    ...pool.status.bindings.map(({ oldTtlUntil }) =>
      oldTtlUntil === null ? Number.NEGATIVE_INFINITY : Date.parse(oldTtlUntil),
    ),
  );
  if (hasElapsed(promotion)) return Math.max(...elapsed);
  if (!Number.isFinite(acknowledgedMs) || saidMs <= acknowledgedMs) return null;
  const answered = instantsOf(promotion, 'all-answered');
  return answered.length === 0 ? saidMs : Math.max(saidMs, Math.max(...answered) + (saidMs - acknowledgedMs));
}

/** Of every record that was written. */
function hasElapsed(promotion: Steps): boolean {
  const elapsed = instantsOf(promotion, 'old-ttl-elapsed').length;
  return elapsed > 0 && elapsed >= instantsOf(promotion, 'acknowledged').length;
}

/** That an old TTL has run out is measured a little later than it is reckoned; what nobody has measured by then never will be. */
const measuredWithinMs = 60_000;

/** Whether the last point of a promotion is still to be measured: nothing in the pool changes with it, by which the page would hear of it. */
export function isMeasuring(pool: PoolView, promotion: PromotionView, nowMs: number): boolean {
  if (promotion.state === 'superseded') return false;
  const untilMs = cachedUntilMs(pool, promotion);
  return untilMs !== null && !hasElapsed(promotion) && nowMs < untilMs + measuredWithinMs;
}
