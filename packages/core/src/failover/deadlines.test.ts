import { describe, expect, it } from 'vitest';
import { aFleet, aMember, anEvidence, aPool, haproxyDown, listening, lost, zonesOf } from '../../testing/evidence.ts';
import type { PoolEvidence } from './evidence.ts';
import { judge } from './judge-pool.ts';

const heard = (silentMs: number, provenSilentMs = silentMs) => ({ kind: 'heard' as const, silentMs, provenSilentMs });
const failback = { policy: 'automatic' as const, afterMinutes: 10, window: { fromMinute: 590, toMinute: 610 } };
/** A pool whose only standby fell silent so long ago that its readiness has no deadline any more. */
const settled = { hearing: heard(600_000), healthyForMs: 0 };
const quiet = (active: Parameters<typeof aMember>[1], more: Partial<PoolEvidence> = {}) =>
  anEvidence({ members: [aMember(1, active), aMember(2, settled)], ...more });

describe('judgeAgainInMs: the next threshold that time alone reaches (R6)', () => {
  it.each([
    ['a beat that stops being fresh', quiet({ hearing: heard(400) }), 2_601],
    ['the failover delay, listening', quiet({ hearing: heard(8_000) }), 22_000],
    ['unheard first, proven later', quiet({ hearing: heard(8_000, 2_000) }), 22_000],
    [
      'the proven delay of an unheard standby',
      anEvidence({ members: [aMember(2, { hearing: heard(60_000, 29_998) })] }),
      2,
    ],
    ['a wait since our start', quiet({ hearing: { kind: 'never', waitedMs: 8_000, provenWaitedMs: 8_000 } }), 22_000],
    ['the grace', quiet({ haproxy: { kind: 'inactive', unit: 'u', state: 'failed', forMs: 400 } }), 600],
    ['the end of neutral', quiet({ haproxy: { kind: 'neutral', unit: 'u', because: 'starting', leftMs: 700 } }), 700],
    [
      'the end of a standby’s neutral',
      anEvidence({
        members: [
          aMember(1),
          aMember(2, { haproxy: { kind: 'neutral', unit: 'u', because: 'starting', leftMs: 700 } }),
        ],
      }),
      700,
    ],
    ['10 s of health', anEvidence({ members: [aMember(1), aMember(2, { healthyForMs: 9_000 })] }), 1_000],
    ['a minute after enrolment', quiet({ enrolledForMs: 59_000 }), 1_000],
    ['the 10 s between promotions', anEvidence({ active: lost, lastPromotionAgeMs: 9_000 }), 1_000],
    ['the same in calm', quiet({}, { lastPromotionAgeMs: 9_000 }), 1_000],
    ['room in the bucket', quiet(haproxyDown, { automaticPromotionAgesMs: [599_000, 300_000, 300_000] }), 1_000],
    [
      'nobody heard for long enough',
      quiet({ hearing: heard(10_000) }, { listening: { ...listening, heardMembers: 0, nobodyHeardForMs: 29_000 } }),
      1_000,
    ],
    ['the end of the pool’s maintenance', quiet({}, { maintenanceLeftMs: 700 }), 700],
    ['the end of a member’s maintenance', quiet({ maintenanceLeftMs: 700 }), 700],
    ['the end of a release of the brakes', quiet({}, { fleet: aFleet({ brakesReleasedForMs: 700 }) }), 700],
    [
      '10 s between promotions in mass silence',
      anEvidence({ active: lost, fleet: aFleet({ zones: zonesOf([12, 7]), promotionAgesMs: [30_000, 9_300] }) }),
      700,
    ],
    [
      'room under the fleet’s velocity',
      anEvidence({ active: lost, fleet: aFleet({ promotionAgesMs: Array.from({ length: 10 }, () => 59_300) }) }),
      700,
    ],
    ['the failback window’s edge, by the second', quiet({}, { pool: aPool({ failback }), minuteOfDay: 609 }), 1_000],
  ])('%s', (_name, evidence, expected) => {
    expect(judge(evidence).judgeAgainInMs).toBe(expected);
  });

  it('is null when only news can change anything', () => {
    const evidence = quiet({ ...settled, hearing: { kind: 'never', waitedMs: 5 } });
    const heardLongAgo = { ...listening, nobodyHeardForMs: 30_000 };
    expect(judge({ ...evidence, listening: heardLongAgo }).judgeAgainInMs).toBeNull();
  });
});
