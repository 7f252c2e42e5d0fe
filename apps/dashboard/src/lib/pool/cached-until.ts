import type { PoolView, PromotionView } from '@serverctl/contract';

type Steps = Pick<PromotionView, 'steps'>;
type Step = PromotionView['steps'][number];

/** Until when old answers of one record live, and whether that was measured. */
interface Lifetime {
  readonly untilMs: number;
  readonly isMeasured: boolean;
}

/**
 * Of each record that was written: the TTL of what was replaced, from the moment in which the last name server gave the new one. While one does
 * not yet, from the provider's acknowledgement, as the server says it. A record that replaced nothing has none.
 */
function lifetimesOf({ status: { bindings } }: PoolView, { steps }: Steps): readonly Lifetime[] {
  return steps.flatMap((written): Lifetime[] => {
    if (written.step !== 'acknowledged') return [];
    const atMs = (which: Step['step']) => {
      const found = steps.find(
        ({ step, name, type }) => step === which && name === written.name && type === written.type,
      );
      return found === undefined ? null : Date.parse(found.at);
    };
    const elapsedMs = atMs('old-ttl-elapsed');
    if (elapsedMs !== null) return [{ untilMs: elapsedMs, isMeasured: true }];
    const said = bindings.find(({ name, type }) => name === written.name && type === written.type)?.oldTtlUntil ?? null;
    const [saidMs, acknowledgedMs] = [said === null ? null : Date.parse(said), Date.parse(written.at)];
    if (saidMs === null || saidMs <= acknowledgedMs) return [];
    const lateMs = Math.max(0, (atMs('all-answered') ?? acknowledgedMs) - acknowledgedMs);
    return [{ untilMs: saidMs + lateMs, isMeasured: false }];
  });
}

/** Until when old answers of any of its records live; null where none replaced anything, or none is written yet. */
export function cachedUntilMs(pool: PoolView, promotion: Steps): number | null {
  const lifetimes = lifetimesOf(pool, promotion);
  return lifetimes.length === 0 ? null : Math.max(...lifetimes.map(({ untilMs }) => untilMs));
}

/** That an old TTL has run out is measured a little later than it is reckoned; what nobody has measured by then never will be. */
const measuredWithinMs = 60_000;

/** Whether the last point of a promotion is still to be measured: nothing in the pool changes with it, by which the page would hear of it. */
export function isMeasuring(pool: PoolView, promotion: PromotionView, nowMs: number): boolean {
  if (promotion.state === 'superseded') return false;
  return lifetimesOf(pool, promotion).some(
    ({ untilMs, isMeasured }) => !isMeasured && nowMs < untilMs + measuredWithinMs,
  );
}
