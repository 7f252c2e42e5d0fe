import type { BindingId, MemberId, PromotionId, PromotionKind } from '@serverctl/core';
import { describe, expect, test } from 'vitest';
import { aFleet, listening } from '../../../../packages/core/testing/evidence.ts';
import { buildBinding, buildMember, buildPool, id } from '../../../../testkit/src/index.ts';
import { createAges } from './ages.ts';
import { gatherEvidence } from './evidence.ts';
import { startObservation } from './observation.ts';
import type { Binding, PoolWithMembers, RecentPromotion } from './ports.ts';

/* What dynamic DNS adds to the evidence, and what its promotions do not count for. */

type Made = readonly [kind: PromotionKind, ageMs: number | null];

const addresses = { ipv4: '203.0.113.1', ipv6: '2001:db8::1' };

/** As read at 0 and judged 5 s later; newest first. */
function evidenceAfter(...made: readonly Made[]) {
  return evidenceWith([], made);
}

function evidenceWith(bindings: readonly Binding[], made: readonly Made[] = []) {
  const recentPromotions = made.map(([kind, ageMs], at): RecentPromotion => {
    return { epoch: made.length - at, ageMs, kind, acknowledged: false, unbraked: false };
  });
  const row: PoolWithMembers = {
    pool: buildPool({ epoch: made.length, activeMemberId: id<MemberId>('m', 1) }),
    members: [buildMember(1)],
    enrolledForMs: new Map(),
    bindings,
    recentPromotions,
    present: made[0] === undefined ? null : { id: id<PromotionId>('f', 1), kind: made[0][0], from: null, addresses },
    maintenance: null,
    memberMaintenance: new Map(),
    quarantined: new Set(),
  };
  const ages = createAges();
  ages.note([row], null, 0);
  const shared = { observation: startObservation(0), ages, listening, fleet: aFleet(), now: 5_000, minuteOfDay: 0 };
  return gatherEvidence(row, { ...shared, isUntouched: () => false });
}

describe('promotions to a new address of the same member', () => {
  test('are counted apart, with the ages that count down on our clock (ADR 0015)', () => {
    const evidence = evidenceAfter(['address', 1_000], ['failover', 60_000], ['address', 200_000]);
    expect(evidence.addressPromotionAgesMs).toEqual([6_000, 205_000]);
    expect(evidence.automaticPromotionAgesMs).toEqual([65_000]);
  });

  test('begin no 10 s of R11: those are of the last move', () => {
    expect(evidenceAfter(['address', 1_000], ['failover', 60_000]).lastPromotionAgeMs).toBe(65_000);
    expect(evidenceAfter(['address', 1_000]).lastPromotionAgeMs).toBeNull();
    expect(evidenceAfter(['failback', 1_000], ['address', 60_000]).lastPromotionAgeMs).toBe(6_000);
  });

  test('of unknown age are young, and may hide a move: they begin the 10 s too', () => {
    expect(evidenceAfter(['address', null])).toMatchObject({
      addressPromotionAgesMs: [5_000],
      lastPromotionAgeMs: 5_000,
    });
  });
});

test('the evidence says which addresses the present promotion gave the records; null before the first one', () => {
  expect(evidenceAfter(['switchover', 1_000]).presentAddresses).toEqual(addresses);
  expect(evidenceAfter().presentAddresses).toBeNull();
});

test('the evidence says that a name is left as a person set it, of any of them (R21); else nothing', () => {
  const [first, second] = [buildBinding(), buildBinding({ id: id<BindingId>('b', 2) })];
  expect(evidenceWith([first, { ...second, isLeft: true }]).namesLeft).toBe(true);
  expect(evidenceWith([first, second])).not.toHaveProperty('namesLeft');
  expect(evidenceWith([])).not.toHaveProperty('namesLeft');
});
