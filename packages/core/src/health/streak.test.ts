import { describe, expect, it } from 'vitest';
import { failuresLastHour, healthyForMs, observeHealth, startStreak } from './streak.ts';

describe('a health streak', () => {
  it('counts unbroken health from its first moment', () => {
    const streak = observeHealth(observeHealth(startStreak(), 'healthy', 1_000), 'healthy', 4_000);
    expect(healthyForMs(streak, 5_000)).toBe(4_000);
    expect(healthyForMs(observeHealth(streak, 'refused', 6_000), 7_000)).toBe(0);
  });

  it('begins no health while HAProxy neither runs nor has failed, and breaks none (R12)', () => {
    const begun = observeHealth(observeHealth(startStreak(), 'not-running', 1_000), 'healthy', 2_000);
    expect(healthyForMs(begun, 5_000)).toBe(3_000);
    expect(healthyForMs(observeHealth(begun, 'not-running', 4_000), 5_000)).toBe(3_000);
  });

  it('counts a fall from healthy to a kind that moves a record, once, for an hour', () => {
    let streak = observeHealth(startStreak(), 'healthy', 0);
    streak = observeHealth(observeHealth(streak, 'haproxy-inactive', 10), 'heartbeat-lost', 20);
    expect(failuresLastHour(streak, 3_600_009)).toBe(1);
    expect(failuresLastHour(streak, 3_600_010)).toBe(0);
  });

  it('counts a loss once when it was unheard before it was proven', () => {
    let streak = startStreak();
    for (const kind of ['healthy', 'unheard', 'unheard', 'heartbeat-lost', 'unheard', 'heartbeat-lost'] as const)
      streak = observeHealth(streak, kind, 1_000);
    expect([failuresLastHour(streak, 1_000), healthyForMs(streak, 1_000)]).toEqual([1, 0]);
  });

  it('does not count what was never healthy, nor what is only unheard', () => {
    const down = observeHealth(startStreak(), 'haproxy-inactive', 0);
    const unheard = observeHealth(observeHealth(startStreak(), 'healthy', 0), 'unheard', 10);
    expect([failuresLastHour(down, 20), failuresLastHour(unheard, 20)]).toEqual([0, 0]);
  });

  it.each([
    ['refused', 1],
    ['quarantined', 1],
    ['unknown', 1],
    ['maintenance', 0],
    ['drained', 0],
  ] as const)('counts a loss that follows on being %s: %i', (between, count) => {
    let streak = startStreak();
    for (const kind of ['healthy', between, 'heartbeat-lost'] as const) streak = observeHealth(streak, kind, 1_000);
    expect(failuresLastHour(streak, 1_000)).toBe(count);
  });

  it('begins again after a maintenance', () => {
    const before = observeHealth(startStreak(), 'healthy', 0);
    const after = observeHealth(observeHealth(before, 'maintenance', 1_000), 'healthy', 2_000);
    expect(healthyForMs(after, 5_000)).toBe(3_000);
  });

  it('is the same one while nothing changes', () => {
    const healthy = observeHealth(startStreak(), 'healthy', 0);
    expect(observeHealth(healthy, 'healthy', 9_000_000)).toBe(healthy);
  });
});
