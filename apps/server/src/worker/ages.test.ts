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
  const rests = { maintenance: null, memberMaintenance: new Map(), quarantined: new Set<MemberId>() };
  const epoch = Math.max(0, ...(change.recentPromotions ?? []).map((promotion) => promotion.epoch));
  return [{ pool: buildPool({ epoch }), ...empty, ...rests, ...change }];
}

function failover(epoch: number, ageMs: number | null, acknowledged = false): RecentPromotion {
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

  test('that nobody knows count from their first sight, for the time between two alone', () => {
    const ages = createAges();
    ages.note(row({ recentPromotions: [failover(9, null)] }), null, 1_000);
    expect(ages.promotions(poolId, 4_000)).toMatchObject([{ epoch: 9, ageMs: 3_000, isAgeKnown: false }]);
    expect(ages.promotionsOfLastMinute(4_000)).toEqual([]);
    ages.note(row({ recentPromotions: [failover(10, 5)] }), null, 5_000);
    expect(ages.promotions(poolId, 5_000)).toMatchObject([
      { epoch: 10, ageMs: 5, isAgeKnown: true },
      { epoch: 9, ageMs: 4_000, isAgeKnown: false },
    ]);
    expect(ages.promotionsOfLastMinute(5_000)).toMatchObject([{ epoch: 10 }]);
  });

  test.each([
    ['back, before the commit', null],
    ['forward', 9 * hour],
    ['not at all', 40],
  ])('of our own commits count from its confirmation, when the database’s clock is set %s', (_name, statedMs) => {
    const ages = createAges();
    ages.note(row({ recentPromotions: [failover(1, 60_000)] }), null, 0);
    ages.committed(poolId, 2, 1_000);
    ages.note(row({ recentPromotions: [failover(2, statedMs)] }), null, 3_000);
    expect(ages.promotions(poolId, 4_000)).toMatchObject([
      { epoch: 2, ageMs: 3_000, isAgeKnown: true },
      { epoch: 1, ageMs: 64_000 },
    ]);
    expect(ages.promotionsOfLastMinute(4_000)).toMatchObject([{ epoch: 2 }]);
  });

  test('of our own commits are those of their epoch and pool alone, and of the next read alone', () => {
    const ages = createAges();
    ages.note(row({ recentPromotions: [failover(1, 60_000)] }), null, 0);
    ages.committed(id<PoolId>('p', 2), 2, 0);
    ages.committed(poolId, 3, 0);
    ages.note(row({ recentPromotions: [failover(2, null)] }), null, 1_000); // the database was put back
    ages.note(row({ recentPromotions: [failover(3, 100)] }), null, 2_000);
    expect(ages.promotions(poolId, 2_000).slice(0, 2)).toMatchObject([
      { epoch: 3, ageMs: 100 },
      { epoch: 2, ageMs: 1_000, isAgeKnown: false },
    ]);
  });

  test('begin anew when a database was restored to an epoch below those that were read', () => {
    const ages = createAges();
    ages.note(row({ recentPromotions: [failover(7, 0)] }), null, 0);
    ages.note(row({ recentPromotions: [failover(4, 60_000)] }), null, 1_000);
    ages.note(row({ recentPromotions: [failover(5, 0), failover(4, 61_000)] }), null, 2_000);
    expect(agesAt(ages, 2_000)).toEqual([
      [5, 0],
      [4, 61_000],
    ]);
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

describe('what is left of a maintenance', () => {
  const resting = (stamp: string, leftMs: number) => row({ maintenance: { stamp, leftMs } });
  const leftAt = (ages: ReturnType<typeof createAges>, now: number) => ages.poolMaintenanceLeftMs(poolId, now);

  test('counts down on our clock, and is nothing, not none, at its end', () => {
    const ages = createAges();
    ages.note(resting('a', 5_000), null, 0);
    expect([leftAt(ages, 4_000), ages.isResting(poolId, 4_000)]).toEqual([1_000, true]);
    expect([leftAt(ages, 9_000), ages.isResting(poolId, 9_000)]).toEqual([0, false]);
    ages.note(row({}), null, 10_000);
    expect(leftAt(ages, 10_000)).toBeNull();
  });

  test.each([
    ['forward past its end', -9e9],
    ['forward by a little', 20_000],
    ['back to before its begin', 60_000],
    ['back by a little', 70_000],
  ])('is the same when the database’s clock is set %s', (_name, statedMs) => {
    const ages = createAges();
    ages.note(resting('a', 60_000), null, 0);
    for (let now = 5_000; now <= 25_000; now += 5_000) ages.note(resting('a', statedMs), null, now);
    expect(leftAt(ages, 30_000)).toBe(30_000);
  });

  test('begun anew by a person it is as long as the store says, whichever is longer', () => {
    const ages = createAges();
    ages.note(resting('a', 60_000), null, 0);
    ages.note(resting('b', 10_000), null, 1_000);
    expect(leftAt(ages, 1_000)).toBe(10_000);
  });

  test('of a member is its own', () => {
    const ages = createAges();
    const of = (leftMs: number) => row({ memberMaintenance: new Map([[member, { stamp: 'a', leftMs }]]) });
    ages.note(of(60_000), null, 0);
    expect([ages.memberMaintenanceLeftMs(member, 1_000), leftAt(ages, 1_000)]).toEqual([59_000, null]);
  });
});

describe('what is left of a release of the brakes', () => {
  test('counts down on our clock between two reads, and ends by it', () => {
    const ages = createAges();
    ages.note([], 3_000, 0);
    expect([ages.brakesReleasedForMs(2_000), ages.brakesReleasedForMs(3_000)]).toEqual([1_000, null]);
  });

  test('changed by a person is believed, late by a moment it is not', () => {
    const ages = createAges();
    ages.note([], 60_000, 0);
    ages.note([], 59_500, 1_000);
    expect(ages.brakesReleasedForMs(1_000)).toBe(59_000);
    ages.note([], 600_000, 2_000);
    expect(ages.brakesReleasedForMs(2_000)).toBe(600_000);
    ages.note([], null, 3_000);
    expect(ages.brakesReleasedForMs(3_000)).toBeNull();
  });

  test('that stands still is of a clock before its beginning: ours goes on', () => {
    const ages = createAges();
    for (let now = 0; now <= 70_000; now += 5_000) ages.note([], 60_000, now);
    expect(ages.brakesReleasedForMs(60_000)).toBeNull();
  });
});
