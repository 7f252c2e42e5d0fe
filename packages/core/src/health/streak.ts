import { hourMs, type Instant } from '../time.ts';
import type { HealthKind } from './health.ts';

/** How steadily one member has been healthy: what readiness and R11 ask. Made by `startStreak`, changed by `observeHealth`. */
export interface HealthStreak {
  /** Since when it has been healthy without a break; null when it is not. */
  readonly healthySince: Instant | null;
  /** It was healthy until it fell silent or is so now: a loss that is proven after a time of being unheard counts as a failure. */
  readonly wasHealthy: boolean;
  /** When it went from healthy to a kind that moves a record, the last hour of it, oldest first. */
  readonly failedAt: readonly Instant[];
}

/** The kinds that count as a failure (PRODUCT.md section 4: "of these only … move a record"). */
const failureKinds: ReadonlySet<HealthKind> = new Set(['heartbeat-lost', 'haproxy-inactive', 'service-unreachable']);

/** Nothing judged yet: not healthy, no failures (R3). */
export function startStreak(): HealthStreak {
  return { healthySince: null, wasHealthy: false, failedAt: [] };
}

/** The streak after the member was judged to be of `kind` at `now`. */
export function observeHealth(streak: HealthStreak, kind: HealthKind, now: Instant): HealthStreak {
  const recent = streak.failedAt.filter((at) => now - at < hourMs);
  if (kind === 'healthy') return { healthySince: streak.healthySince ?? now, wasHealthy: true, failedAt: recent };
  if (kind === 'unheard') return { healthySince: null, wasHealthy: streak.wasHealthy, failedAt: recent };
  const failed = streak.wasHealthy && failureKinds.has(kind);
  return { healthySince: null, wasHealthy: false, failedAt: failed ? [...recent, now] : recent };
}

/** `MemberEvidence.healthyForMs` at `now`. */
export function healthyForMs(streak: HealthStreak, now: Instant): number {
  return streak.healthySince === null ? 0 : Math.max(0, now - streak.healthySince);
}

/** `MemberEvidence.failuresLastHour` at `now` (R11). */
export function failuresLastHour(streak: HealthStreak, now: Instant): number {
  return streak.failedAt.filter((at) => now - at < hourMs).length;
}
