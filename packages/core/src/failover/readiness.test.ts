import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { arbitraryMember } from '../../testing/arbitraries.ts';
import { aMember, anEvidence, aPool, haproxyDown, lost, memberId } from '../../testing/evidence.ts';
import { judgeMembers } from './decide.ts';
import type { MemberEvidence, PoolEvidence } from './evidence.ts';
import { explainNotReady } from './explain-standing.ts';
import type { NotReadyReason } from './judgement.ts';
import { compareCandidates } from './order.ts';
import { judgeStandings } from './readiness.ts';

const standingsOf = (evidence: PoolEvidence) => judgeStandings(evidence, judgeMembers(evidence));
const heard = (silentMs: number) => ({ kind: 'heard' as const, silentMs, provenSilentMs: silentMs });
const neutral = { kind: 'neutral' as const, unit: 'haproxy.service', because: 'starting', leftMs: 700 };
const inactive = { kind: 'inactive' as const, unit: 'haproxy.service', state: 'failed', forMs: 10 };

/** The reasons against member 2 in an otherwise well pool. */
function reasonsAgainst(changes: Partial<MemberEvidence>, active: Partial<MemberEvidence> = {}) {
  const members = [aMember(1, active), aMember(2, changes), aMember(3)];
  return standingsOf(anEvidence({ members })).find((one) => one.memberId === memberId(2))?.reasons;
}

describe('a standby is ready', () => {
  const table: readonly (readonly [string, Partial<MemberEvidence>, readonly NotReadyReason[]])[] = [
    ['when all holds', {}, []],
    ['heard 3 s ago', { hearing: heard(3_000) }, []],
    ['not when heard longer ago', { hearing: heard(3_001) }, [{ because: 'not-heard', silentMs: 3_001 }]],
    [
      'not when nobody is enrolled for it',
      { hearing: { kind: 'never', waitedMs: 0 }, enrolledForMs: 0 },
      [
        { because: 'not-heard', silentMs: 0, never: 'not-enrolled' },
        { because: 'not-healthy', kind: 'unknown' },
      ],
    ],
    [
      'not before its first heartbeat',
      { hearing: { kind: 'never', waitedMs: 400 }, enrolledForMs: 90_000 },
      [
        { because: 'not-heard', silentMs: 400, never: 'no-heartbeat' },
        { because: 'not-healthy', kind: 'unknown' },
      ],
    ],
    [
      'not before it is heard after our start',
      { hearing: { kind: 'never', waitedMs: 400, provenWaitedMs: 0 } },
      [
        { because: 'not-heard', silentMs: 400, never: 'since-we-listen' },
        { because: 'not-healthy', kind: 'unknown' },
      ],
    ],
    [
      'not when its agent leaves the unit out',
      { haproxy: { kind: 'unreported', missing: 'haproxy.service' } },
      [
        {
          because: 'not-healthy',
          kind: 'unknown',
          unit: { name: 'haproxy.service', state: 'not reported by its agent' },
        },
      ],
    ],
    [
      'not when its unit is masked',
      { haproxy: { kind: 'absent', unit: 'haproxy.service', state: 'masked' } },
      [{ because: 'not-healthy', kind: 'unknown', unit: { name: 'haproxy.service', state: 'masked' } }],
    ],
    ['not when unhealthy', haproxyDown, [{ because: 'not-healthy', kind: 'haproxy-inactive' }]],
    ['not when refused', { refusal: { because: 'ip', seen: 'x' } }, [{ because: 'not-healthy', kind: 'refused' }]],
    ['not while its HAProxy is neutral', { haproxy: neutral }, [{ because: 'haproxy-neutral', leftMs: 700 }]],
    [
      'not while its HAProxy is down within the grace',
      { haproxy: inactive },
      [{ because: 'not-healthy', kind: 'haproxy-inactive' }],
    ],
    ['with HAProxy down where it is not judged', { haproxy: inactive, monitored: false }, []],
    [
      'not in its own maintenance',
      { maintenanceLeftMs: 60_000, healthyForMs: 0 },
      [{ because: 'maintenance', leftMs: 60_000 }],
    ],
    ['not while quarantined', { quarantined: true, healthyForMs: 0 }, [{ because: 'quarantined' }]],
    [
      'not in maintenance, and what else is wrong stands beside it',
      { ...haproxyDown, maintenanceLeftMs: 1, hearing: heard(4_000) },
      [
        { because: 'maintenance', leftMs: 1 },
        { because: 'not-heard', silentMs: 4_000 },
        { because: 'not-healthy', kind: 'haproxy-inactive' },
      ],
    ],
    [
      'not for 10 s after a maintenance',
      { maintenanceLeftMs: 0, healthyForMs: 1 },
      [{ because: 'too-early', leftMs: 9_999 }],
    ],
    ['not without an address', { publicIpv4: null }, [{ because: 'no-address' }]],
    ['after 10 s of health', { healthyForMs: 10_000 }, []],
    ['not before', { healthyForMs: 9_999 }, [{ because: 'too-early', leftMs: 1 }]],
    ['newly enrolled after 30 s of health', { healthyForMs: 30_000, enrolledForMs: 31_000 }, []],
    [
      'newly enrolled not before',
      { healthyForMs: 29_999, enrolledForMs: 31_000 },
      [{ because: 'too-early', leftMs: 1 }],
    ],
    ['a minute after enrolment like any other', { healthyForMs: 10_000, enrolledForMs: 60_000 }, []],
  ];

  it.each(table)('%s', (_name, changes, reasons) => {
    expect(reasonsAgainst(changes)).toEqual(reasons);
  });

  it('never when it is active', () => {
    const active = standingsOf(anEvidence()).find((one) => one.memberId === memberId(1));
    expect(active?.reasons).toEqual([{ because: 'is-active' }]);
  });
});

describe('the 10 s are waived', () => {
  const two = (standby: Partial<MemberEvidence>, active: Partial<MemberEvidence> = lost) =>
    standingsOf(anEvidence({ members: [aMember(1, active), aMember(2, standby)] }))[0];

  it('for the only candidate of a lost active member', () => {
    expect(two({ healthyForMs: 1 })).toMatchObject({ memberId: memberId(2), ready: true });
  });

  it('not while the active member is there, nor when only its HAProxy is down', () => {
    expect(two({ healthyForMs: 1 }, {})?.ready).toBe(false);
    expect(two({ healthyForMs: 1 }, haproxyDown)?.ready).toBe(false);
  });

  it('not for a new enrolment: R3’s 30 s stay', () => {
    expect(two({ healthyForMs: 29_999, enrolledForMs: 29_999 })?.ready).toBe(false);
    expect(two({ healthyForMs: 30_000, enrolledForMs: 30_000 })?.ready).toBe(true);
  });

  it('not while another member could be one as well', () => {
    expect(reasonsAgainst({ healthyForMs: 1 }, lost)).toEqual([{ because: 'too-early', leftMs: 9_999 }]);
  });
});

describe('the order of candidates', () => {
  const order = (...members: readonly MemberEvidence[]) =>
    standingsOf(anEvidence({ members: [aMember(1), ...members] }))
      .filter((one) => one.ready)
      .map((one) => one.memberId);

  it.each([
    ['priority first', [aMember(2, { priority: 50 }), aMember(3, { priority: 10 })], [3, 2]],
    [
      'three failures in an hour last, whatever the priority (R11)',
      [aMember(2, { priority: 1, failuresLastHour: 3 }), aMember(3)],
      [3, 2],
    ],
    ['two failures do not matter', [aMember(2, { priority: 1, failuresLastHour: 2 }), aMember(3)], [2, 3]],
    ['then longest healthy', [aMember(2, { healthyForMs: 20_000 }), aMember(3, { healthyForMs: 20_001 })], [3, 2]],
    ['then the smaller id', [aMember(3), aMember(2)], [2, 3]],
  ] as const)('%s', (_name, members, expected) => {
    expect(order(...members)).toEqual(expected.map(memberId));
  });

  it('numbers the ready ones from 1 and nobody else', () => {
    const members = [aMember(1), aMember(2, haproxyDown), aMember(3), aMember(4, { priority: 1 })];
    const standings = standingsOf(anEvidence({ members }));
    expect(standings.map((one) => one.place)).toEqual([1, 2, null, null]);
    expect(standings.slice(0, 2).map((one) => one.memberId)).toEqual([memberId(4), memberId(3)]);
  });

  it('is total: of two members one always goes first, and transitively', () => {
    const members = fc.tuple(arbitraryMember(1), arbitraryMember(2), arbitraryMember(3));
    fc.assert(
      fc.property(members, ([a, b, c]) => {
        expect(Math.sign(compareCandidates(a, b))).toBe(-Math.sign(compareCandidates(b, a)));
        expect(compareCandidates(a, b)).not.toBe(0);
        if (compareCandidates(a, b) < 0 && compareCandidates(b, c) < 0) expect(compareCandidates(a, c)).toBeLessThan(0);
      }),
    );
  });
});

it('each reason has a sentence', () => {
  const reasons: readonly NotReadyReason[] = [
    { because: 'is-active' },
    { because: 'no-address' },
    { because: 'not-heard', silentMs: 4_000 },
    { because: 'not-heard', silentMs: 0, never: 'not-enrolled' },
    { because: 'not-heard', silentMs: 4_000, never: 'no-heartbeat' },
    { because: 'not-heard', silentMs: 4_000, never: 'since-we-listen' },
    { because: 'not-healthy', kind: 'unknown' },
    { because: 'not-healthy', kind: 'unknown', unit: { name: 'haproxy.service', state: 'masked' } },
    { because: 'too-early', leftMs: 4_000 },
    { because: 'haproxy-neutral', leftMs: 4_000 },
    { because: 'maintenance', leftMs: 4_000 },
    { because: 'quarantined' },
    { because: 'not-healthy', kind: 'refused' },
  ];
  const sentences = reasons.map(explainNotReady);
  expect(new Set(sentences).size).toBe(reasons.length);
  for (const sentence of sentences) expect(sentence).toMatch(/^(It|Its) .*\.$/);
});

it('a member that was never heard has no heartbeat that could be 0.0 s old', () => {
  const never = aMember(2, { hearing: { kind: 'never', waitedMs: 0 }, enrolledForMs: 0 });
  const standing = standingsOf(anEvidence({ members: [aMember(1), never] })).find((one) => one.memberId === never.id);
  expect(standing?.sentence).toContain('It has not been heard yet: no agent is enrolled for it.');
  expect(standing?.sentence).not.toContain('latest heartbeat');
});

it('a pool without an active member has standings as well', () => {
  expect(standingsOf(anEvidence({ pool: aPool({ activeMemberId: null }) })).every((one) => one.ready)).toBe(true);
});
