import type { MemberId, PoolId } from '@serverctl/core';
import { describe, expect, test } from 'vitest';
import { buildPool, id } from '../../../../testkit/src/index.ts';
import { createAges } from './ages.ts';
import type { PoolWithMembers, RecentPromotion } from './ports.ts';

const poolId = id<PoolId>('p', 1);
const member = id<MemberId>('m', 1);
const hour = 3_600_000;

function row(change: Partial<PoolWithMembers>): readonly PoolWithMembers[] {
  const empty = { members: [], enrolledForMs: new Map(), bindings: [], recentPromotions: [], present: null };
  const rests = { maintenanceLeftMs: null, memberMaintenanceLeftMs: new Map(), quarantined: new Set<MemberId>() };
  return [{ pool: buildPool(), ...empty, ...rests, ...change }];
}

function failover(epoch: number, ageMs: number, acknowledged = false): RecentPromotion {
  return { epoch, ageMs, kind: 'failover', acknowledged, unbraked: false };
}

describe('ages of promotions', () => {
  const agesAt = (ages: ReturnType<typeof createAges>, now: number) =>
    ages.promotions(poolId, now).map(({ epoch, ageMs }) => [epoch, ageMs]);

  test('are believed once, and go on by our clock whatever is read later', () => {
    const ages = createAges();
    ages.note(row({ recentPromotions: [failover(2, 500), failover(1, 60_000)] }), null, 1_000);
    ages.note(row({ recentPromotions: [failover(2, 0), failover(1, 0)] }), null, 2_000);
    expect(agesAt(ages, 3_000)).toEqual([
      [2, 2_500],
      [1, 62_000],
    ]);
  });

  test('of a read that leaves them out are kept for their hour, the newest for ever', () => {
    const ages = createAges();
    ages.note(row({ recentPromotions: [failover(2, 0), failover(1, 0)] }), null, 0);
    ages.note(row({ recentPromotions: [failover(2, 9 * hour)] }), null, 1_000);
    expect(agesAt(ages, 1_000)).toHaveLength(2);
    expect(agesAt(ages, hour)).toEqual([[2, hour]]);
  });

  test('of epochs that were read past before are not young again', () => {
    const ages = createAges();
    ages.note(row({ recentPromotions: [failover(7, 5 * hour)] }), null, 0);
    ages.note(row({ recentPromotions: [failover(8, 10), failover(7, 0), failover(6, 0)] }), null, 1_000);
    expect(agesAt(ages, 1_000)).toEqual([[8, 10]]);
  });

  test('an acknowledgement covers those that a read leaves out', () => {
    const ages = createAges();
    ages.note(row({ recentPromotions: [failover(2, 0), failover(1, 0)] }), null, 0);
    ages.note(row({ recentPromotions: [failover(2, 0, true)] }), null, 1_000);
    expect(ages.promotions(poolId, 1_000).map(({ acknowledged }) => acknowledged)).toEqual([true, true]);
  });

  test('of a pool that is gone are forgotten', () => {
    const ages = createAges();
    ages.note(row({ recentPromotions: [failover(1, 0)] }), null, 0);
    ages.note([], null, 1_000);
    expect([agesAt(ages, 1_000), ages.promotionsOfLastMinute(1_000)]).toEqual([[], []]);
  });
});

describe('ages of keys', () => {
  test.each([
    ['the clock stands still before the enrolment', 0, 101_000],
    ['the clock was set forward', 9e9, 101_000],
    ['a new key was enrolled', 400, 400],
  ])('%s', (_name, readMs, expected) => {
    const ages = createAges();
    ages.note(row({ enrolledForMs: new Map([[member, 100_000]]) }), null, 0);
    ages.note(row({ enrolledForMs: new Map([[member, readMs]]) }), null, 1_000);
    expect(ages.enrolledForMs(member, 1_000)).toBe(expected);
  });

  test('a member without a key has none', () => {
    const ages = createAges();
    ages.note(row({ enrolledForMs: new Map([[member, 100_000]]) }), null, 0);
    ages.note(row({}), null, 1_000);
    expect(ages.enrolledForMs(member, 1_000)).toBe(0);
  });
});

describe('rests', () => {
  test('count down on our clock between two reads, and end by it', () => {
    const ages = createAges();
    ages.note(row({ maintenanceLeftMs: 5_000 }), 3_000, 0);
    expect([ages.poolMaintenanceLeftMs(poolId, 4_000), ages.brakesReleasedForMs(2_000)]).toEqual([1_000, 1_000]);
    expect([ages.poolMaintenanceLeftMs(poolId, 5_000), ages.brakesReleasedForMs(3_000)]).toEqual([null, null]);
  });

  test('changed by a person are believed, late by a moment they are not', () => {
    const ages = createAges();
    ages.note(row({ memberMaintenanceLeftMs: new Map([[member, 60_000]]) }), null, 0);
    ages.note(row({ memberMaintenanceLeftMs: new Map([[member, 59_500]]) }), null, 1_000);
    expect(ages.memberMaintenanceLeftMs(member, 1_000)).toBe(59_000);
    ages.note(row({ memberMaintenanceLeftMs: new Map([[member, 600_000]]) }), null, 2_000);
    expect(ages.memberMaintenanceLeftMs(member, 2_000)).toBe(600_000);
    ages.note(row({}), null, 3_000);
    expect(ages.memberMaintenanceLeftMs(member, 3_000)).toBeNull();
  });

  test('that stand still are of a clock before their beginning: ours goes on', () => {
    const ages = createAges();
    ages.note(row({ maintenanceLeftMs: 60_000 }), null, 0);
    for (let now = 5_000; now <= 70_000; now += 5_000) ages.note(row({ maintenanceLeftMs: 60_000 }), null, now);
    expect(ages.poolMaintenanceLeftMs(poolId, 60_000)).toBeNull();
  });
});
