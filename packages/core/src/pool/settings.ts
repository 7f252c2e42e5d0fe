import { AppError } from '../errors/app-error.ts';
import { readinessLimits } from '../failover/readiness.ts';
import { durationText, minuteMs, secondMs } from '../time.ts';
import { type FailbackSettings, failbackPolicies, ipv6Policies, type PoolSettings, presets } from './pool.ts';

/** What a new pool gets for everything but its name (PRODUCT.md section 2). Nothing moves by itself until a person switches it on. */
export const defaultPoolSettings: Omit<PoolSettings, 'name'> = {
  preset: 'haproxy',
  failoverDelayMs: 30 * secondMs,
  haproxyGraceMs: secondMs,
  automaticFailover: false,
  failback: { policy: 'manual', afterMinutes: 10, window: null },
  ipv6: 'drop',
  dynamicDns: false,
};

/** Bounds of a pool's settings. */
export const poolLimits = {
  nameLength: 64,
  failoverDelayMs: { least: 10 * secondMs, most: 120 * secondMs },
  haproxyGraceMs: { least: 0, most: 30 * secondMs },
  failbackMinutes: { least: 1, most: 1_440 },
} as const;

const namePattern = /^[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?$/i;

/*
 * Refused together, though each is within its bounds:
 *
 *   HAProxy pool: grace >= failover delay            a host that only lost its HAProxy would be left later than one that is dead
 *   automatic failback before delay + 10 s of health a member would get traffic back before the failure that took it away, had it come
 *                                                    again, could have been seen and settled: the pool would move back and forth
 *
 * Not refused: automatic failback while automatic failover is off. It does nothing then, and switching failover off must never fail.
 */

/** Null when the settings may be stored, else the first thing wrong with them; details name the field and what it must be. */
export function checkPoolSettings(settings: PoolSettings): AppError | null {
  const { nameLength, failoverDelayMs, haproxyGraceMs } = poolLimits;
  if (!namePattern.test(settings.name) || settings.name.length > nameLength) {
    const because = `1 to ${nameLength} letters, digits, dots, hyphens and underscores, a letter or digit at both ends`;
    return new AppError('pool_name_invalid', { field: 'name', because });
  }
  if (!presets.includes(settings.preset)) {
    return new AppError('request_invalid', { field: 'preset', because: `one of ${presets.join(', ')}` });
  }
  if (!ipv6Policies.includes(settings.ipv6)) {
    return new AppError('request_invalid', { field: 'ipv6', because: `one of ${ipv6Policies.join(', ')}` });
  }
  if (!isWithin(settings.failoverDelayMs, failoverDelayMs)) {
    return new AppError('failover_delay_out_of_range', { field: 'failoverDelayMs', ...failoverDelayMs });
  }
  if (!isWithin(settings.haproxyGraceMs, haproxyGraceMs)) {
    return new AppError('haproxy_grace_out_of_range', { field: 'haproxyGraceMs', ...haproxyGraceMs });
  }
  return checkFailback(settings.failback) ?? checkTogether(settings);
}

function checkTogether({ preset, failoverDelayMs, haproxyGraceMs, failback }: PoolSettings): AppError | null {
  const delay = durationText(failoverDelayMs);
  if (preset === 'haproxy' && haproxyGraceMs >= failoverDelayMs) {
    const because = `less than the failover delay of ${delay}, else a host without HAProxy is left later than a dead one`;
    return new AppError('haproxy_grace_out_of_range', {
      field: 'haproxyGraceMs',
      least: poolLimits.haproxyGraceMs.least,
      most: failoverDelayMs - 1,
      because,
    });
  }
  const leastMs = failoverDelayMs + readinessLimits.healthyForMs;
  if (failback.policy === 'automatic' && failback.afterMinutes * minuteMs < leastMs) {
    const because = `at least ${Math.ceil(leastMs / minuteMs)}: the failover delay of ${delay} and 10 s of health must fit into it`;
    return new AppError('failback_invalid', { field: 'failback.afterMinutes', because });
  }
  return null;
}

function checkFailback({ policy, afterMinutes, window }: FailbackSettings): AppError | null {
  const { least, most } = poolLimits.failbackMinutes;
  const refuse = (field: string, because: string) =>
    new AppError('failback_invalid', { field: `failback.${field}`, because });
  if (!failbackPolicies.includes(policy)) return refuse('policy', `one of ${failbackPolicies.join(', ')}`);
  if (!isWithin(afterMinutes, poolLimits.failbackMinutes)) {
    return refuse('afterMinutes', `a whole number from ${least} to ${most}`);
  }
  if (window === null) return null;
  const minute = { least: 0, most: 1_439 };
  if (!isWithin(window.fromMinute, minute)) return refuse('window.fromMinute', 'a minute of the day from 0 to 1439');
  if (!isWithin(window.toMinute, minute)) return refuse('window.toMinute', 'a minute of the day from 0 to 1439');
  return window.fromMinute === window.toMinute ? refuse('window', 'two different minutes, or null for any time') : null;
}

function isWithin(value: number, { least, most }: { readonly least: number; readonly most: number }): boolean {
  return Number.isInteger(value) && value >= least && value <= most;
}
