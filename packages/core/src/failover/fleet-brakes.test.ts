import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aFleet, anEvidence, aPool, lost, memberId, zonesOf } from '../../testing/evidence.ts';
import type { PoolId } from '../ids.ts';
import { decide } from './decide.ts';
import type { Decision, FleetEvidence } from './evidence.ts';
import {
  brakeFailback,
  brakeFailover,
  countPromotion,
  deadZones,
  isMassSilence,
  velocityLimit,
} from './fleet-brakes.ts';

const massSilent = zonesOf([12, 7]);
const aged = (count: number, ageMs: number) => Array.from({ length: count }, () => ageMs);
const free = { kind: 'free' };

describe('mass silence (R9)', () => {
  it.each([
    ['two members, one silent: an ordinary failure', zonesOf([2, 1]), false],
    ['two of two: fewer than 3', zonesOf([2, 2]), false],
    ['three of five', zonesOf([5, 3]), true],
    ['three of six', zonesOf([6, 3]), false],
    ['54 of 100', zonesOf([100, 54]), false],
    ['55 of 100', zonesOf([100, 55]), true],
    ['over all zones together, not in one', zonesOf([4, 4], [8, 0]), false],
    ['in several zones together', zonesOf([4, 3], [4, 2], [1, 0]), true],
    ['nobody is counted', [], false],
  ])('%s', (_name, zones, expected) => {
    expect(isMassSilence(zones)).toBe(expected);
  });
});

describe('a dead zone (R9)', () => {
  it.each([
    ['all of three, another one well', zonesOf([3, 3], [1, 0]), ['a']],
    ['nine of ten', zonesOf([10, 9], [11, 1]), ['a']],
    ['eight of ten', zonesOf([10, 8], [4, 0]), []],
    ['two members only', zonesOf([2, 2], [4, 0]), []],
    ['no other zone', zonesOf([10, 10]), []],
    ['the other one has 10 % silent', zonesOf([3, 3], [10, 1]), []],
    ['one of two others is well', zonesOf([3, 3], [10, 5], [4, 0]), ['a']],
    ['an empty zone proves nothing', zonesOf([3, 3], [0, 0]), []],
    ['two dead, one well', zonesOf([3, 3], [4, 4], [4, 0]), ['a', 'b']],
  ])('%s', (_name, zones, expected) => {
    expect(deadZones(zones)).toEqual(expected);
  });
});

describe('brakeFailover follows its table', () => {
  it.each([
    ['calm', {}, free],
    ['mass silence, nothing promoted', { zones: massSilent }, free],
    ['mass silence, 10 s after', { zones: massSilent, promotionAgesMs: [30_000, 10_000] }, free],
    [
      'mass silence, sooner',
      { zones: massSilent, promotionAgesMs: [30_000, 9_999] },
      { kind: 'mass-silence', leftMs: 1 },
    ],
    ['a promotion just now, no mass silence', { promotionAgesMs: [0] }, free],
    ['nine in a minute', { promotionAgesMs: aged(9, 0) }, free],
    ['ten', { promotionAgesMs: aged(10, 59_000) }, { kind: 'velocity', leftMs: 1_000 }],
    ['ten, one of them a minute old', { promotionAgesMs: [...aged(9, 0), 60_000] }, free],
    [
      'more than ten: until enough are a minute old',
      { promotionAgesMs: [...aged(9, 1), 20_000, 50_000] },
      { kind: 'velocity', leftMs: 40_000 },
    ],
    ['nineteen of a hundred pools', { poolCount: 100, promotionAgesMs: aged(19, 0) }, free],
    ['twenty of them', { poolCount: 100, promotionAgesMs: aged(20, 0) }, { kind: 'velocity', leftMs: 60_000 }],
    [
      'released',
      { zones: massSilent, promotionAgesMs: aged(20, 0), brakesReleasedForMs: 1 },
      { kind: 'free', unbraked: 'released' },
    ],
    [
      'a release that is over',
      { promotionAgesMs: aged(10, 0), brakesReleasedForMs: 0 },
      { kind: 'velocity', leftMs: 60_000 },
    ],
    [
      'its zone is dead',
      { zones: zonesOf([8, 8], [4, 0]), promotionAgesMs: aged(20, 0) },
      { kind: 'free', unbraked: 'dead-zone' },
    ],
    [
      'another zone is dead',
      { zones: zonesOf([4, 0], [8, 8]), promotionAgesMs: [0] },
      { kind: 'mass-silence', leftMs: 10_000 },
    ],
  ])('%s', (_name, changes: Partial<FleetEvidence>, expected) => {
    expect(brakeFailover(aFleet(changes), 'a')).toEqual(expected);
  });

  it('20 % of the pools, but at least 10', () => {
    expect([1, 50, 54, 55, 500].map(velocityLimit)).toEqual([10, 10, 10, 11, 100]);
  });
});

describe('brakeFailback follows its table', () => {
  it.each([
    ['calm', {}, free],
    ['mass silence, though nothing was promoted', { zones: massSilent }, { kind: 'mass-silence', leftMs: 10_000 }],
    ['mass silence, its zone dead', { zones: zonesOf([8, 8], [4, 0]) }, { kind: 'mass-silence', leftMs: 10_000 }],
    ['released', { zones: massSilent, brakesReleasedForMs: 5 }, { kind: 'free', unbraked: 'released' }],
    ['ten in a minute', { promotionAgesMs: aged(10, 30_000) }, { kind: 'velocity', leftMs: 30_000 }],
  ])('%s', (_name, changes: Partial<FleetEvidence>, expected) => {
    expect(brakeFailback(aFleet(changes))).toEqual(expected);
  });
});

describe('countPromotion', () => {
  const promote = { kind: 'promote', from: memberId(1), to: memberId(2), because: 'failback' } as const;
  it.each([
    ['a promotion', promote, [0, 4_000]],
    ['no withdrawal', { ...promote, because: 'withdrawn' }, [4_000]],
    ['none of a dead zone', { ...promote, unbraked: 'dead-zone' }, [4_000]],
    ['none of a release', { ...promote, unbraked: 'released' }, [4_000]],
    ['nothing that is no promotion', { kind: 'keep', because: 'active-healthy' }, [4_000]],
  ] as const)('counts %s', (_name, decision: Decision, expected) => {
    expect(countPromotion(aFleet({ promotionAgesMs: [4_000] }), decision).promotionAgesMs).toEqual(expected);
  });
});

const turn = fc.record({
  ms: fc.integer({ min: 0, max: 15_000 }),
  lost: fc.integer({ min: 0, max: 60 }),
  zones: fc.constantFrom(zonesOf([60, 10]), zonesOf([60, 33]), zonesOf([60, 60], [30, 0])),
  activeZone: fc.constantFrom('b', 'elsewhere', 'a'),
});

it('R9, R10: pools judged one after the other never promote more than the fleet may, nor closer in mass silence', () => {
  let braked = 0;
  fc.assert(
    fc.property(fc.array(turn, { minLength: 1, maxLength: 25 }), fc.constantFrom(4, 60, 100), (turns, poolCount) => {
      const counted: { at: number; massSilent: boolean }[] = [];
      let now = 0;
      for (const { ms, lost: lostPools, zones, activeZone } of turns) {
        now += ms;
        let fleet: FleetEvidence = {
          zones,
          poolCount,
          promotionAgesMs: counted.map(({ at }) => now - at).filter((age) => age < 60_000),
          brakesReleasedForMs: null,
        };
        for (let pool = 0; pool < lostPools; pool += 1) {
          const own = aPool({ id: `pool${String(pool).padStart(8, '0')}` as PoolId });
          const decision = decide(anEvidence({ pool: own, active: { ...lost, zone: activeZone }, fleet }));
          if (decision.kind === 'wait') braked += 1;
          if (decision.kind === 'promote' && decision.unbraked === undefined)
            counted.push({ at: now, massSilent: isMassSilence(zones) });
          fleet = countPromotion(fleet, decision);
        }
      }
      for (const [index, { at, massSilent: silent }] of counted.entries()) {
        const before = counted.slice(0, index);
        expect(before.filter((one) => at - one.at < 60_000).length).toBeLessThan(velocityLimit(poolCount));
        if (silent) expect(before.filter((one) => at - one.at < 10_000)).toEqual([]);
      }
    }),
    { numRuns: 200 },
  );
  expect(braked).toBeGreaterThan(0);
});

it('R9: a pool whose active member’s zone is dead never waits for the rest of the fleet', () => {
  const zones = zonesOf([60, 60], [30, 0]);
  const braking = fc.array(fc.nat(60_000), { maxLength: 40 });
  fc.assert(
    fc.property(braking, (promotionAgesMs) => {
      const fleet = aFleet({ zones, promotionAgesMs });
      const decision = decide(anEvidence({ active: { ...lost, zone: 'a' }, fleet }));
      expect(decision).toMatchObject({ kind: 'promote', unbraked: 'dead-zone' });
    }),
  );
});
