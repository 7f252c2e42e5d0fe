import { describe, expect, it } from 'vitest';
import { aMember, anEvidence, aPool, haproxyDown } from '../../testing/evidence.ts';
import type { Pool } from '../pool/pool.ts';
import type { MemberEvidence, PoolEvidence } from './evidence.ts';
import { judgeFailback } from './failback.ts';
import { judge } from './judge-pool.ts';

const automatic = { policy: 'automatic' as const, afterMinutes: 10, window: null };
const night = { fromMinute: 1_380, toMinute: 120 };

function failback(pool: Partial<Pool>, preferred: Partial<MemberEvidence> = {}, more: Partial<PoolEvidence> = {}) {
  const active = aMember(1);
  const members = [active, aMember(2, { priority: 1, healthyForMs: 600_000, ...preferred }), aMember(3)];
  const evidence = anEvidence({ members, pool: aPool({ failback: automatic, ...pool }), ...more });
  return judgeFailback(evidence, active, judge(evidence).standings);
}
const due = { kind: 'due', to: aMember(2).id };

describe('judgeFailback (R12)', () => {
  it('is due after N minutes of unbroken health', () => {
    expect(failback({})).toEqual(due);
    expect(failback({}, { healthyForMs: 599_999 })).toEqual({ kind: 'wait', forMs: 1 });
  });

  it('counts health from the last change of the settings: a change alone never promotes', () => {
    expect(failback({}, {}, { settingsAgeMs: 0 })).toEqual({ kind: 'wait', forMs: 600_000 });
    expect(failback({}, {}, { settingsAgeMs: 600_000 })).toEqual(due);
  });

  it.each([
    ['manual, the default', { failback: { ...automatic, policy: 'manual' as const } }],
    ['never', { failback: { ...automatic, policy: 'never' as const } }],
    ['automatic failover off', { automaticFailover: false }],
    ['held', { held: true }],
    ['paused', { paused: 'person' as const }],
  ])('does nothing: %s', (_name, pool) => {
    expect(failback(pool)).toEqual({ kind: 'none' });
  });

  it('does nothing while the pool is in maintenance (R13)', () => {
    expect(failback({}, {}, { maintenanceLeftMs: 1 })).toEqual({ kind: 'none' });
    expect(failback({}, {}, { maintenanceLeftMs: 0 })).toEqual(due);
  });

  it('does nothing when the active member is preferred, or as preferred', () => {
    expect(failback({}, { priority: 100 })).toEqual({ kind: 'none' });
    expect(failback({}, { priority: 101 })).toEqual({ kind: 'none' });
  });

  it('never goes to a member that is not ready, or failed three times in an hour', () => {
    expect(failback({}, haproxyDown)).toEqual({ kind: 'not-due' });
    expect(failback({}, { failuresLastHour: 3 })).toEqual({ kind: 'not-due' });
    expect(failback({}, { maintenanceLeftMs: 60_000 })).toEqual({ kind: 'not-due' });
    expect(failback({}, { quarantined: true })).toEqual({ kind: 'not-due' });
  });

  it.each([
    [1_380, due],
    [1_439, due],
    [0, due],
    [119, due],
    [120, { kind: 'wait', forMs: 1_259 * 60_000 }],
    [1_379, { kind: 'wait', forMs: 1_000 }],
  ])('in a window that wraps midnight, at minute %i', (minuteOfDay, expected) => {
    expect(failback({ failback: { ...automatic, window: night } }, {}, { minuteOfDay })).toEqual(expected);
  });

  it('waits for R11 rather than latching the pool as held', () => {
    const full = { automaticPromotionAgesMs: [60_000, 120_000, 180_000], lastPromotionAgeMs: 60_000 };
    expect(failback({}, {}, full)).toEqual({ kind: 'wait', forMs: 420_000 });
    expect(failback({}, {}, { lastPromotionAgeMs: 4_000 })).toEqual({ kind: 'wait', forMs: 6_000 });
  });
});
