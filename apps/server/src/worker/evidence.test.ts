import { isNobodyHeard, type MemberId, type TickMeasures } from '@serverctl/core';
import { describe, expect, test } from 'vitest';
import { buildPool, id } from '../../../../testkit/src/index.ts';
import { listeningOf } from './evidence.ts';
import { startObservation } from './observation.ts';
import { type PoolsRead, poolsRead } from './pools-read.ts';

const member = id<MemberId>('m', 1);
const fine: TickMeasures = { leaseHeld: true, tickGapMs: 250, worstEventLoopDelayMs: 0, databaseWriteAgeMs: 100 };

function fleetOf(enrolled: readonly MemberId[]): PoolsRead {
  const row = {
    pool: buildPool(),
    members: [],
    enrolledForMs: new Map(enrolled.map((memberId) => [memberId, 0])),
    bindings: [],
    recentPromotions: [],
    present: null,
    maintenance: null,
    memberMaintenance: new Map(),
    quarantined: new Set<MemberId>(),
  };
  return poolsRead([row], 0);
}

describe('nobody is heard', () => {
  function setUp() {
    const observation = startObservation(0);
    const listeningAt = (now: number, enrolled: readonly MemberId[]) => {
      observation.closeTick(fine, new Set(enrolled), now);
      return listeningOf(observation, fleetOf(enrolled), now);
    };
    return listeningAt;
  }

  test('never while nobody is enrolled, however long the plane has waited for its first agent', () => {
    const listeningAt = setUp();
    for (const now of [250, 52_000, 3_600_000]) {
      const listening = listeningAt(now, []);
      expect(listening.nobodyHeardForMs).toBe(0);
      expect(isNobodyHeard(listening)).toBe(false);
    }
  });

  test('counted from the first enrolment, not from the beginning', () => {
    const listeningAt = setUp();
    listeningAt(52_000, []);
    expect(listeningAt(52_250, [member])).toMatchObject({ nobodyHeardForMs: 0, enrolledMembers: 1 });
    expect(isNobodyHeard(listeningAt(82_249, [member]))).toBe(false);
    expect(isNobodyHeard(listeningAt(82_250, [member]))).toBe(true);
  });

  test('counted anew after a time in which nobody was enrolled', () => {
    const listeningAt = setUp();
    listeningAt(0, [member]);
    expect(listeningAt(40_000, [member]).nobodyHeardForMs).toBe(40_000);
    listeningAt(41_000, []);
    expect(listeningAt(42_000, [member]).nobodyHeardForMs).toBe(0);
  });
});
