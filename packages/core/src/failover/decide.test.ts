import { describe, expect, it } from 'vitest';
import {
  aFleet,
  aMember,
  anEvidence,
  aPool,
  haproxyDown,
  listening,
  lost,
  memberId,
  zonesOf,
} from '../../testing/evidence.ts';
import { decide } from './decide.ts';
import type { Decision, PoolEvidence } from './evidence.ts';

const promote = (because: Extract<Decision, { kind: 'promote' }>['because'], to = 2): Decision => {
  return { kind: 'promote', from: memberId(1), to: memberId(to), because };
};
const unbraked = (why: 'dead-zone' | 'released') => ({ ...promote('heartbeat-lost'), unbraked: why }) as Decision;
const inactive = (forMs: number) => ({ kind: 'inactive' as const, unit: 'haproxy.service', state: 'failed', forMs });
const heard = (silentMs: number, provenSilentMs = silentMs) => ({ kind: 'heard' as const, silentMs, provenSilentMs });
const standbysDown = [aMember(2, haproxyDown), aMember(3, { hearing: heard(5_000) })];
const failback = { policy: 'automatic' as const, afterMinutes: 10, window: null };
const preferredBack = [aMember(1), aMember(2, { priority: 1, healthyForMs: 600_000 })];
const silentFleet = { ...listening, heardMembers: 0 };
const blind = { ...listening, blindBecause: 'database' as const, blindForMs: 400 };
const paused = aPool({ paused: 'person' });
const unpublished = { from: memberId(3) };
const braked = aFleet({ zones: zonesOf([12, 7]), promotionAgesMs: [30_000, 4_300] });
const deadZone = aFleet({ zones: zonesOf([8, 8], [4, 0]), promotionAgesMs: [4_300] });
const tenIn = (oldestMs: number) => Array.from({ length: 10 }, (_, at) => oldestMs - at);

const table: readonly (readonly [string, PoolEvidence, Decision])[] = [
  ['1 no active member', anEvidence({ pool: aPool({ activeMemberId: null }) }), keep('no-active-member')],
  ['2 active is no member', anEvidence({ pool: aPool({ activeMemberId: memberId(9) }) }), keep('active-not-judged')],
  ['3 paused', anEvidence({ pool: paused }), keep('paused')],
  ['3 paused, lost', anEvidence({ active: lost, pool: paused, maintenanceLeftMs: 60_000 }), refuse('paused')],
  ['3 paused, HAProxy down', anEvidence({ active: haproxyDown, pool: paused }), refuse('paused', 'haproxy-inactive')],
  ['3 paused, something to withdraw', anEvidence({ pool: paused, unpublished }), keep('paused')],
  ['4 pool in maintenance', anEvidence({ maintenanceLeftMs: 1 }), keep('maintenance')],
  ['4 pool in maintenance, lost', anEvidence({ active: lost, maintenanceLeftMs: 1 }), refuse('maintenance')],
  ['4 the maintenance is over', anEvidence({ active: lost, maintenanceLeftMs: 0 }), promote('heartbeat-lost')],
  ['4 active in maintenance', anEvidence({ active: { maintenanceLeftMs: 1 } }), keep('maintenance')],
  ['4 active in maintenance, lost', anEvidence({ active: { ...lost, maintenanceLeftMs: 1 } }), refuse('maintenance')],
  [
    '4 active in maintenance, HAProxy down',
    anEvidence({ active: { ...haproxyDown, maintenanceLeftMs: 1 } }),
    refuse('maintenance', 'haproxy-inactive'),
  ],
  [
    '4 a failback that is due, in maintenance',
    anEvidence({ members: preferredBack, pool: aPool({ failback }), maintenanceLeftMs: 1 }),
    keep('maintenance'),
  ],
  ['5 withdrawn', anEvidence({ unpublished }), promote('withdrawn', 3)],
  ['5 withdrawn from a lost one', anEvidence({ active: lost, unpublished }), promote('withdrawn', 3)],
  [
    '5 withdrawn whatever the fleet does and the bucket holds',
    anEvidence({
      unpublished,
      fleet: braked,
      automaticPromotionAgesMs: [10_000, 20_000, 30_000],
      lastPromotionAgeMs: 10_000,
    }),
    promote('withdrawn', 3),
  ],
  ['5 not while blind', anEvidence({ unpublished, listening: blind }), keep('active-healthy')],
  ['5 not while nobody is heard', anEvidence({ unpublished, listening: silentFleet }), keep('active-healthy')],
  ['5 not while held', anEvidence({ unpublished, pool: aPool({ held: true }) }), keep('active-healthy')],
  [
    '5 not while automatic failover is off',
    anEvidence({ unpublished, pool: aPool({ automaticFailover: false }) }),
    keep('active-healthy'),
  ],
  ['5 not within 10 s', anEvidence({ unpublished, lastPromotionAgeMs: 9_999 }), keep('active-healthy')],
  [
    '5 not while it is not ready',
    anEvidence({ unpublished, members: [aMember(1), aMember(2), aMember(3, haproxyDown)] }),
    keep('active-healthy'),
  ],
  ['6 heartbeat lost', anEvidence({ active: lost }), promote('heartbeat-lost')],
  ['6 one ms before it is lost', anEvidence({ active: { hearing: heard(29_999) } }), wait('silence', 1)],
  ['6 lost since our start', anEvidence({ active: neverSince(30_000) }), promote('heartbeat-lost')],
  ['7 HAProxy inactive', anEvidence({ active: haproxyDown }), promote('haproxy-inactive')],
  ['7 at the grace', anEvidence({ active: { haproxy: inactive(1_000) } }), promote('haproxy-inactive')],
  [
    '7 told by a beat 3 s old',
    anEvidence({ active: { ...haproxyDown, hearing: heard(3_000) } }),
    promote('haproxy-inactive'),
  ],
  [
    '7 told by an older beat',
    anEvidence({ active: { ...haproxyDown, hearing: heard(3_001) } }),
    wait('silence', 26_999),
  ],
  [
    '7 with a wrong address (R5)',
    anEvidence({ active: { ...haproxyDown, refusal: { because: 'ip', seen: '203.0.113.9' } } }),
    promote('haproxy-inactive'),
  ],
  [
    '8 never heard by anybody',
    anEvidence({ active: { hearing: { kind: 'never', waitedMs: 90_000 } } }),
    keep('active-not-judged'),
  ],
  ['8 silent and blind', anEvidence({ active: { hearing: heard(9_000) }, listening: blind }), wait('listening', 1_000)],
  [
    '9 nobody heard',
    anEvidence({ active: { hearing: heard(60_000, 2_000) }, listening: { ...silentFleet, nobodyHeardForMs: 30_000 } }),
    refuse('nobody-heard'),
  ],
  ['10 unheard', anEvidence({ active: { hearing: heard(60_000, 20_000) } }), wait('listening', 10_000)],
  ['11 silent', anEvidence({ active: { hearing: heard(8_000) } }), wait('silence', 22_000)],
  ['12 within the grace', anEvidence({ active: { haproxy: inactive(999) } }), wait('haproxy-grace', 1)],
  [
    '13 neutral',
    anEvidence({ active: { haproxy: { kind: 'neutral', unit: 'u', because: 'starting', leftMs: 900 } } }),
    wait('haproxy-neutral', 900),
  ],
  ['14 failback due', anEvidence({ members: preferredBack, pool: aPool({ failback }) }), promote('failback')],
  [
    '14 failback due, blind',
    anEvidence({ members: preferredBack, pool: aPool({ failback }), listening: blind }),
    wait('listening', 1_000),
  ],
  [
    '15 failback due, mass silence',
    anEvidence({ members: preferredBack, pool: aPool({ failback }), fleet: aFleet({ zones: zonesOf([12, 7]) }) }),
    wait('mass-silence', 10_000),
  ],
  [
    '15 failback due, too many promotions',
    anEvidence({
      members: preferredBack,
      pool: aPool({ failback }),
      fleet: aFleet({ promotionAgesMs: tenIn(50_000) }),
    }),
    wait('velocity', 10_000),
  ],
  [
    '16 failback later',
    anEvidence({
      members: [aMember(1), aMember(2, { priority: 1, healthyForMs: 599_000 })],
      pool: aPool({ failback }),
    }),
    wait('failback', 1_000),
  ],
  [
    '17 preferred not ready',
    anEvidence({ members: [aMember(1), aMember(2, { priority: 1, ...haproxyDown })], pool: aPool({ failback }) }),
    keep('failback-not-due'),
  ],
  ['18 healthy', anEvidence(), keep('active-healthy')],
  [
    '18 HAProxy down in a generic pool',
    anEvidence({ active: haproxyDown, pool: aPool({ preset: 'generic' }) }),
    keep('active-healthy'),
  ],
  [
    '18 HAProxy down, not monitored',
    anEvidence({ active: { ...haproxyDown, monitored: false } }),
    keep('active-healthy'),
  ],
  [
    '19 refused',
    anEvidence({ active: { refusal: { because: 'hostname', seen: 'other' } } }),
    keep('active-not-judged'),
  ],
  ['19 quarantined: it keeps its role', anEvidence({ active: { quarantined: true } }), keep('active-not-judged')],
  [
    '19 quarantined, and one of its two hosts says that HAProxy is down: it keeps its role (R35)',
    anEvidence({ active: { ...haproxyDown, quarantined: true } }),
    keep('active-not-judged'),
  ],
  [
    '19 unit masked',
    anEvidence({ active: { haproxy: { kind: 'absent', unit: 'u', state: 'masked' } } }),
    keep('active-not-judged'),
  ],
  ['a lost, blind', anEvidence({ active: lost, listening: blind }), wait('listening', 1_000)],
  ['a HAProxy down, blind', anEvidence({ active: haproxyDown, listening: blind }), wait('listening', 1_000)],
  [
    'b lost, all beats late',
    anEvidence({ active: lost, listening: { ...silentFleet, nobodyHeardForMs: 3_200 } }),
    wait('listening', 26_800),
  ],
  [
    'b lost, nobody heard',
    anEvidence({ active: lost, listening: { ...silentFleet, nobodyHeardForMs: 31_000 } }),
    refuse('nobody-heard'),
  ],
  ['c one member', anEvidence({ members: [aMember(1, lost)] }), refuse('single-member')],
  [
    'd automatic failover off',
    anEvidence({ active: lost, pool: aPool({ automaticFailover: false }) }),
    refuse('automatic-failover-off'),
  ],
  ['e held', anEvidence({ active: lost, pool: aPool({ held: true }) }), refuse('held')],
  ['f no ready standby', anEvidence({ members: [aMember(1, lost), ...standbysDown] }), refuse('no-standby')],
  [
    'g three in 10 min',
    anEvidence({ active: lost, automaticPromotionAgesMs: [20_000, 300_000, 599_999], lastPromotionAgeMs: 20_000 }),
    refuse('held'),
  ],
  [
    'g the third is 10 min old',
    anEvidence({ active: lost, automaticPromotionAgesMs: [20_000, 300_000, 600_000], lastPromotionAgeMs: 20_000 }),
    promote('heartbeat-lost'),
  ],
  ['h 9.999 s after the last', anEvidence({ active: lost, lastPromotionAgeMs: 9_999 }), wait('cooldown', 1)],
  ['h 10 s after the last', anEvidence({ active: lost, lastPromotionAgeMs: 10_000 }), promote('heartbeat-lost')],
  ['i mass silence', anEvidence({ active: lost, fleet: braked }), wait('mass-silence', 5_700)],
  [
    'i mass silence, 10 s after the last',
    anEvidence({ active: lost, fleet: aFleet({ zones: zonesOf([12, 7]), promotionAgesMs: [10_000] }) }),
    promote('heartbeat-lost'),
  ],
  ['i mass silence, HAProxy down', anEvidence({ active: haproxyDown, fleet: braked }), wait('mass-silence', 5_700)],
  [
    'j ten in a minute',
    anEvidence({ active: lost, fleet: aFleet({ promotionAgesMs: tenIn(59_000) }) }),
    wait('velocity', 1_000),
  ],
  ['k a dead zone', anEvidence({ active: { ...lost, zone: 'a' }, fleet: deadZone }), unbraked('dead-zone')],
  ['k released', anEvidence({ active: lost, fleet: { ...braked, brakesReleasedForMs: 1 } }), unbraked('released')],
  [
    'k the release is over',
    anEvidence({ active: lost, fleet: { ...braked, brakesReleasedForMs: 0 } }),
    wait('mass-silence', 5_700),
  ],
  ['k the other zone is braked', anEvidence({ active: lost, fleet: deadZone }), wait('mass-silence', 5_700)],
  [
    'k the first in the order',
    anEvidence({ members: [aMember(1, lost), aMember(2), aMember(3, { priority: 10 })] }),
    promote('heartbeat-lost', 3),
  ],
];

describe('decide', () => {
  it.each(table)('%s', (_row, evidence, expected) => {
    expect(decide(evidence)).toEqual(expected);
  });
});

describe('a promotion back to where it came from', () => {
  it('is bound by R8 and R11, not by failback (I9)', () => {
    const evidence = anEvidence({
      members: [aMember(1, lost), aMember(2)],
      pool: aPool({ failback: { policy: 'never', afterMinutes: 10, window: null } }),
      automaticPromotionAgesMs: [15_000],
      lastPromotionAgeMs: 15_000,
    });
    expect(decide(evidence)).toEqual(promote('heartbeat-lost'));
  });
});

function keep(because: Extract<Decision, { kind: 'keep' }>['because']): Decision {
  return { kind: 'keep', because };
}

function wait(because: Extract<Decision, { kind: 'wait' }>['because'], forMs: number): Decision {
  return { kind: 'wait', because, forMs };
}

function refuse(
  because: Extract<Decision, { kind: 'refuse' }>['because'],
  trouble: 'heartbeat-lost' | 'haproxy-inactive' = 'heartbeat-lost',
): Decision {
  return { kind: 'refuse', because, trouble };
}

function neverSince(ms: number) {
  return { hearing: { kind: 'never' as const, waitedMs: ms, provenWaitedMs: ms }, healthyForMs: 0 };
}
