import { hourMs, type Instant } from '../time.ts';
import type { HealthKind } from './health.ts';

/** How steadily one member has been healthy: what readiness and R11 ask. Made by `startStreak`, changed by `observeHealth`. */
export interface HealthStreak {
  /** Since when it has been healthy without a break; null when it is not. */
  readonly healthySince: Instant | null;
  /**
   * It was healthy and has not failed since: a loss that is proven after a time of being unheard counts as a failure, and so does one of
   * a member that was refused or quarantined meanwhile.
   */
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

/** Kinds that are a person's doing: an outage in them was planned, and what comes after them is no fall from health. */
const plannedKinds: ReadonlySet<HealthKind> = new Set(['maintenance', 'drained']);

/**
 * What a streak is told. `not-running`: HAProxy does not run and has not failed either, as it is down within its grace, starting, or under a
 * package lock. That breaks no health and begins none.
 */
export type StreakNews = HealthKind | 'not-running';

/** The streak after the member was judged to be of `kind` at `now`; the same one when nothing changed. */
export function observeHealth(streak: HealthStreak, kind: StreakNews, now: Instant): HealthStreak {
  const failedAt = withinTheHour(streak.failedAt, now);
  if (kind === 'not-running') return next(streak, streak.healthySince, streak.wasHealthy, failedAt);
  if (kind === 'healthy') return next(streak, streak.healthySince ?? now, true, failedAt);
  if (!failureKinds.has(kind)) return next(streak, null, streak.wasHealthy && !plannedKinds.has(kind), failedAt);
  return next(streak, null, false, streak.wasHealthy ? [...failedAt, now] : failedAt);
}

function next(
  streak: HealthStreak,
  healthySince: Instant | null,
  wasHealthy: boolean,
  failedAt: readonly Instant[],
): HealthStreak {
  const same = streak.healthySince === healthySince && streak.wasHealthy === wasHealthy && streak.failedAt === failedAt;
  return same ? streak : { healthySince, wasHealthy, failedAt };
}

function withinTheHour(failedAt: readonly Instant[], now: Instant): readonly Instant[] {
  const [oldest] = failedAt;
  return oldest === undefined || now - oldest < hourMs ? failedAt : failedAt.filter((at) => now - at < hourMs);
}

/** `MemberEvidence.healthyForMs` at `now`. */
export function healthyForMs(streak: HealthStreak, now: Instant): number {
  return streak.healthySince === null ? 0 : Math.max(0, now - streak.healthySince);
}

/** `MemberEvidence.failuresLastHour` at `now` (R11). */
export function failuresLastHour(streak: HealthStreak, now: Instant): number {
  return withinTheHour(streak.failedAt, now).length;
}
