import * as fc from 'fast-check';
import type {
  AddressNeeds,
  FleetEvidence,
  HaproxyEvidence,
  Hearing,
  Listening,
  MemberEvidence,
  Pool,
  PoolEvidence,
} from '../src/index.ts';
import { aFleet, aMember, anEvidence, aPool, haproxyDown, lost, memberId, zonesOf } from './evidence.ts';

/** Figures cluster around the rules' limits, where off-by-one lives. */
const around = (...limits: readonly number[]) =>
  fc.oneof(
    ...limits.flatMap((limit) => [fc.constant(limit), fc.integer({ min: Math.max(0, limit - 2), max: limit + 2 })]),
    fc.integer({ min: 0, max: 4_000_000 }),
    fc.integer({ min: 0, max: 40_000 }),
  );

const hearing: fc.Arbitrary<Hearing> = fc.oneof(
  { weight: 3, arbitrary: fc.nat(3_000).map((ms): Hearing => ({ kind: 'heard', silentMs: ms, provenSilentMs: ms })) },
  {
    weight: 4,
    arbitrary: fc
      .tuple(around(3_000, 30_000), fc.double({ min: 0, max: 1, noNaN: true }), fc.boolean())
      .map(([trueMs, part, all]): Hearing => {
        return { kind: 'heard', silentMs: trueMs, provenSilentMs: all ? trueMs : Math.floor(trueMs * part) };
      }),
  },
  { weight: 1, arbitrary: around(30_000).map((waitedMs): Hearing => ({ kind: 'never', waitedMs })) },
  {
    weight: 1,
    arbitrary: around(30_000).map((waitedMs): Hearing => ({ kind: 'never', waitedMs, provenWaitedMs: waitedMs })),
  },
);

const unit = 'haproxy.service';
const haproxy: fc.Arbitrary<HaproxyEvidence> = fc.oneof(
  { weight: 6, arbitrary: fc.constant<HaproxyEvidence>({ kind: 'running' }) },
  {
    weight: 2,
    arbitrary: around(1_000).map((forMs): HaproxyEvidence => ({ kind: 'inactive', unit, state: 'failed', forMs })),
  },
  {
    weight: 1,
    arbitrary: fc
      .integer({ min: 1, max: 90_000 })
      .map((leftMs): HaproxyEvidence => ({ kind: 'neutral', unit, because: 'starting', leftMs })),
  },
  { weight: 1, arbitrary: fc.constantFrom<HaproxyEvidence>({ kind: 'unmonitored' }, { kind: 'unreported' }) },
  { weight: 1, arbitrary: fc.constant<HaproxyEvidence>({ kind: 'absent', unit, state: 'masked' }) },
);

const arbitraryMaintenance = fc.oneof(
  { weight: 6, arbitrary: fc.constant(null) },
  { weight: 1, arbitrary: fc.integer({ min: 0, max: 3_600_000 }) },
);

/** A member in any state the types allow. */
export function arbitraryMember(number: number): fc.Arbitrary<MemberEvidence> {
  return fc
    .record({
      priority: fc.constantFrom(10, 100, 100),
      monitored: fc.boolean(),
      publicIpv4: fc.constantFrom(`198.51.100.${number}`, `198.51.100.${number}`, null),
      publicIpv6: fc.constantFrom(`2001:db8::${number}`, `2001:db8::${number}`, null),
      hearing,
      haproxy,
      refusal: fc.constantFrom(null, null, null, { because: 'ip' as const, seen: '203.0.113.9' }),
      healthyForMs: around(0, 10_000, 30_000, 600_000),
      enrolledForMs: around(30_000, 60_000),
      failuresLastHour: fc.constantFrom(0, 0, 2, 3),
      zone: fc.constantFrom('a', 'a', 'b', 'elsewhere'),
      maintenanceLeftMs: arbitraryMaintenance,
      quarantined: fc.constantFrom(false, false, false, false, true),
    })
    .map((changes) => aMember(number, changes));
}

const arbitraryListening: fc.Arbitrary<Listening> = fc.record({
  blindBecause: fc.constantFrom(null, null, null, null, null, 'lease', 'late-tick', 'event-loop', 'database'),
  blindForMs: fc.nat(10_000),
  heardMembers: fc.constantFrom(0, 1, 2, 3, 4, 5),
  enrolledMembers: fc.constantFrom(1, 3, 5),
  nobodyHeardForMs: around(30_000),
  nobodyHeardAfterMs: fc.constant(30_000),
});

const arbitraryPool: fc.Arbitrary<Pool> = fc
  .record({
    preset: fc.constantFrom('haproxy', 'haproxy', 'generic'),
    automaticFailover: fc.constantFrom(true, true, true, false),
    dynamicDns: fc.boolean(),
    held: fc.constantFrom(false, false, false, true),
    activeMemberId: fc.constantFrom(memberId(1), memberId(1), memberId(1), memberId(9), null),
    paused: fc.constantFrom(null, null, null, null, null, 'person', 'foreign-mark', 'newer-epoch'),
    haproxyGraceMs: fc.constantFrom(0, 1_000, 30_000),
    failback: fc.record({
      policy: fc.constantFrom('manual', 'automatic', 'automatic', 'never'),
      afterMinutes: fc.constantFrom(1, 10),
      window: fc.constantFrom(null, null, { fromMinute: 590, toMinute: 610 }, { fromMinute: 1_400, toMinute: 5 }),
    }),
  })
  .map((changes) => aPool(changes as Partial<Pool>));

/** Quiet, one dead zone beside a well one, mass silence of every measure, and anything; brakes near their limits. */
export const arbitraryFleet: fc.Arbitrary<FleetEvidence> = fc.record({
  zones: fc.oneof(
    fc.constantFrom(zonesOf([12, 0]), zonesOf([8, 8], [4, 0]), zonesOf([20, 11]), zonesOf([2, 1]), zonesOf([5, 3])),
    fc
      .array(fc.tuple(fc.nat(30), fc.double({ min: 0, max: 1, noNaN: true })), { maxLength: 4 })
      .map((zones) => zonesOf(...zones.map(([members, part]) => [members, Math.floor(members * part)] as const))),
  ),
  poolCount: fc.constantFrom(1, 6, 50, 100),
  promotionAgesMs: fc.oneof(
    fc.constant([]),
    fc.array(around(10_000, 60_000), { maxLength: 3 }),
    fc.array(fc.nat(70_000), { maxLength: 25 }),
  ),
  brakesReleasedForMs: fc.constantFrom(null, null, null, null, 0, 1, 600_000),
});

const arbitraryNeeds: fc.Arbitrary<AddressNeeds> = fc.record({
  ipv4: fc.constantFrom(true, true, false),
  ipv6: fc.constantFrom('none', 'none', 'wanted', 'needed'),
});

const arbitraryUnpublished = fc.constantFrom(null, null, null, { from: memberId(2) }, { from: memberId(3) });

/** Any evidence the types allow: mostly a pool in which several things are wrong at once. */
const wildEvidence: fc.Arbitrary<PoolEvidence> = fc
  .record({
    pool: arbitraryPool,
    count: fc.constantFrom(0, 1, 2, 2, 3, 3, 4),
    members: fc.tuple(arbitraryMember(1), arbitraryMember(2), arbitraryMember(3), arbitraryMember(4)),
    well: fc.boolean(),
    listening: arbitraryListening,
    automaticPromotionAgesMs: fc.oneof(
      fc.constant([]),
      fc.array(around(600_000, 3_599_000), { maxLength: 3 }),
      fc.array(around(600_000, 3_599_000), { maxLength: 7 }),
    ),
    lastPromotionAgeMs: fc.oneof(fc.constant(null), fc.constant(700_000), around(10_000)),
    addressPromotionAgesMs: fc.oneof(fc.constant([]), fc.array(around(60_000, 3_600_000), { maxLength: 8 })),
    presentAddresses: fc.constantFrom(
      { ipv4: '198.51.100.1', ipv6: null },
      { ipv4: '192.0.2.9', ipv6: null },
      { ipv4: null, ipv6: null },
      null,
    ),
    minuteOfDay: fc.integer({ min: 0, max: 1_439 }),
    fleet: arbitraryFleet,
    maintenanceLeftMs: arbitraryMaintenance,
    unpublished: arbitraryUnpublished,
    namesLeft: fc.constantFrom(false, false, false, true),
    needs: arbitraryNeeds,
  })
  .map(({ count, members, well, ...rest }) => {
    const changed = members.slice(0, count).map((member, index) => (well && index > 0 ? aMember(index + 1) : member));
    return anEvidence({ ...rest, members: changed });
  });

const automaticFailback = { policy: 'automatic', afterMinutes: 10, window: null } as const;
/** Evidence on which something is promoted. */
const moving: readonly PoolEvidence[] = [
  anEvidence({ active: lost }),
  anEvidence({ active: haproxyDown }),
  anEvidence({ members: [aMember(1, lost), aMember(2, { healthyForMs: 1 })] }),
  anEvidence({ members: [aMember(1), aMember(2, { priority: 1 })], pool: aPool({ failback: automaticFailback }) }),
  anEvidence({ unpublished: { from: memberId(2) } }),
  anEvidence({ pool: aPool({ dynamicDns: true }), presentAddresses: { ipv4: '192.0.2.9', ipv6: null } }),
  anEvidence({ active: { ...lost, zone: 'a' }, fleet: aFleet({ zones: zonesOf([8, 8], [6, 0]) }) }),
  anEvidence({ active: lost, fleet: aFleet({ zones: zonesOf([12, 7]), promotionAgesMs: [10_000] }) }),
];

const partsOfEvidence = [
  'pool',
  'active',
  'standby',
  'listening',
  'bucket',
  'cooldown',
  'address',
  'minute',
  'fleet',
  'maintenance',
  'unpublished',
  'left',
  'needs',
] as const;

/** Evidence on which something would be promoted, but for one or two things that are any way: each condition decides alone. */
const nearlyMoving: fc.Arbitrary<PoolEvidence> = fc
  .record({
    base: fc.constantFrom(...moving),
    wild: wildEvidence,
    standby: arbitraryMember(2),
    parts: fc.subarray([...partsOfEvidence], { maxLength: 2 }),
  })
  .map(({ base, wild, standby, parts }) => {
    const has = (part: (typeof parts)[number]) => parts.includes(part);
    const [active, , ...others] = base.members;
    const own = has('active') ? (wild.members[0] ?? active) : active;
    return {
      pool: has('pool') ? wild.pool : base.pool,
      members: [own ?? aMember(1), has('standby') ? standby : (base.members[1] ?? standby), ...others],
      listening: has('listening') ? wild.listening : base.listening,
      automaticPromotionAgesMs: has('bucket') ? wild.automaticPromotionAgesMs : [],
      lastPromotionAgeMs: has('cooldown') ? wild.lastPromotionAgeMs : null,
      addressPromotionAgesMs: has('address') ? (wild.addressPromotionAgesMs ?? []) : [],
      presentAddresses: base.presentAddresses ?? null,
      minuteOfDay: has('minute') ? wild.minuteOfDay : base.minuteOfDay,
      fleet: has('fleet') ? wild.fleet : base.fleet,
      maintenanceLeftMs: has('maintenance') ? wild.maintenanceLeftMs : base.maintenanceLeftMs,
      unpublished: has('unpublished') ? wild.unpublished : base.unpublished,
      ...(has('left') && wild.namesLeft !== undefined && { namesLeft: wild.namesLeft }),
      ...(has('needs') && wild.needs !== undefined && { needs: wild.needs }),
    };
  });

/** Any evidence; half of it is one or two steps away from a promotion. */
export const arbitraryEvidence: fc.Arbitrary<PoolEvidence> = fc.oneof(wildEvidence, nearlyMoving);

/** The same evidence `ms` later with no news; `proven` says how much of it we listened, 0 to 1. Minutes of the day start full. */
export function advanceEvidence(evidence: PoolEvidence, ms: number, proven: number): PoolEvidence {
  const { listening } = evidence;
  return {
    ...evidence,
    members: evidence.members.map((member) => advanceMember(member, ms, Math.floor(ms * proven))),
    listening: {
      ...listening,
      nobodyHeardForMs: listening.heardMembers === 0 ? listening.nobodyHeardForMs + ms : listening.nobodyHeardForMs,
    },
    automaticPromotionAgesMs: evidence.automaticPromotionAgesMs.map((age) => age + ms),
    addressPromotionAgesMs: (evidence.addressPromotionAgesMs ?? []).map((age) => age + ms),
    lastPromotionAgeMs: evidence.lastPromotionAgeMs === null ? null : evidence.lastPromotionAgeMs + ms,
    minuteOfDay: (evidence.minuteOfDay + Math.floor(ms / 60_000)) % 1_440,
    fleet: {
      ...evidence.fleet,
      promotionAgesMs: evidence.fleet.promotionAgesMs.map((age) => age + ms),
      brakesReleasedForMs: countDown(evidence.fleet.brakesReleasedForMs, ms),
    },
    maintenanceLeftMs: countDown(evidence.maintenanceLeftMs, ms),
  };
}

/** Null at its end, as the store reads it then. */
function countDown(leftMs: number | null, ms: number): number | null {
  return leftMs === null || leftMs <= ms ? null : leftMs - ms;
}

function advanceMember(member: MemberEvidence, ms: number, provenMs: number): MemberEvidence {
  return {
    ...member,
    hearing: advanceHearing(member.hearing, ms, provenMs),
    haproxy: advanceHaproxy(member.haproxy, ms),
    healthyForMs: member.healthyForMs === 0 ? 0 : member.healthyForMs + ms,
    enrolledForMs: member.enrolledForMs + ms,
    maintenanceLeftMs: countDown(member.maintenanceLeftMs, ms),
  };
}

function advanceHearing(one: Hearing, ms: number, provenMs: number): Hearing {
  if (one.kind === 'heard') {
    return { kind: 'heard', silentMs: one.silentMs + ms, provenSilentMs: one.provenSilentMs + provenMs };
  }
  const waitedMs = one.waitedMs + ms;
  return one.provenWaitedMs === undefined
    ? { kind: 'never', waitedMs }
    : { kind: 'never', waitedMs, provenWaitedMs: one.provenWaitedMs + provenMs };
}

function advanceHaproxy(one: HaproxyEvidence, ms: number): HaproxyEvidence {
  if (one.kind === 'inactive') return { ...one, forMs: one.forMs + ms };
  if (one.kind !== 'neutral') return one;
  const leftMs = one.leftMs - ms;
  return leftMs > 0 ? { ...one, leftMs } : { kind: 'inactive', unit: one.unit, state: 'failed', forMs: -leftMs };
}
