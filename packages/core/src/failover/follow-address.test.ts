import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { arbitraryEvidence } from '../../testing/arbitraries.ts';
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
import type { Decision, MemberEvidence, PoolEvidence } from './evidence.ts';
import { followedChanges } from './follow-address.ts';
import { judge } from './judge-pool.ts';
import { explainWhy } from './why.ts';

type Changes = Parameters<typeof anEvidence>[0];

const dynamicDns = { dynamicDns: true };
const old = { ipv4: '192.0.2.9', ipv6: null };
/** Dynamic DNS is on, and the active member has 198.51.100.1 where its records hold 192.0.2.9. */
const moved = (changes: Changes = {}, pool = {}) =>
  anEvidence({ presentAddresses: old, ...changes, pool: aPool({ ...dynamicDns, ...pool }) });
const follow: Decision = { kind: 'promote', from: memberId(1), to: memberId(1), because: 'address-changed' };
const healthy: Decision = { kind: 'keep', because: 'active-healthy' };
const notJudged: Decision = { kind: 'keep', because: 'active-not-judged' };
const limited = (forMs: number): Decision => ({ kind: 'wait', because: 'dynamic-dns', forMs });
const hearing = (silentMs: number) => ({ kind: 'heard' as const, silentMs, provenSilentMs: silentMs });
const failback = { policy: 'automatic' as const, afterMinutes: 10, window: null };
const preferredHealthyFor = (healthyForMs: number) => [aMember(1), aMember(2, { priority: 1, healthyForMs })];
const massSilence = aFleet({ zones: zonesOf([12, 7]), promotionAgesMs: [1_000] });
const ages = (...each: number[]) => moved({ addressPromotionAgesMs: each });
const sixYounger = [3_599_999, 3_000_000, 2_000_000, 1_000_000, 200_000, 60_000];
const both = { needs: { ipv4: true, ipv6: 'wanted' } } as const;
const ipv6 = (before: string | null, after: string | null, changes: Changes = {}) =>
  moved({
    presentAddresses: { ipv4: '198.51.100.1', ipv6: before },
    active: { publicIpv6: after },
    ...both,
    ...changes,
  });
/** Both families differ, IPv4 so that it may be followed. */
const bothMoved = (after: string | null, changes: Changes = {}, before: string | null = '2001:db8::9') =>
  moved({ presentAddresses: { ipv4: '192.0.2.9', ipv6: before }, active: { publicIpv6: after }, ...both, ...changes });
const has6 = (number: number, publicIpv6: string) => aMember(number, { publicIpv6 });

const table: readonly (readonly [string, PoolEvidence, Decision])[] = [
  ['the address has changed', moved(), follow],
  ['it has not', moved({ presentAddresses: { ipv4: '198.51.100.1', ipv6: null } }), healthy],
  ['dynamic DNS is off', moved({}, { dynamicDns: false }), healthy],
  ['nobody told what the records hold', anEvidence({ pool: aPool(dynamicDns), presentAddresses: null }), healthy],
  ['of one member', moved({ members: [aMember(1)] }), follow],
  ['automatic failover is off', moved({}, { automaticFailover: false }), follow],
  ['held (R11)', moved({}, { held: true }), follow],
  [
    'R11’s bucket is full',
    moved({ automaticPromotionAgesMs: [20_000, 30_000, 40_000], lastPromotionAgeMs: 20_000 }),
    follow,
  ],
  ['mass silence and velocity (R9, R10)', moved({ fleet: massSilence }), follow],
  ['paused (R13)', moved({}, { paused: 'person' }), { kind: 'keep', because: 'paused' }],
  ['pool in maintenance (R13)', moved({ maintenanceLeftMs: 1 }), { kind: 'keep', because: 'maintenance' }],
  [
    'active in maintenance (R13)',
    moved({ active: { maintenanceLeftMs: 1 } }),
    { kind: 'keep', because: 'maintenance' },
  ],
  ['refused (R5)', moved({ active: { refusal: { because: 'ip', seen: '203.0.113.9' } } }), notJudged],
  ['quarantined (R35)', moved({ active: { quarantined: true } }), notJudged],
  ['heard 3 s ago (R7)', moved({ active: { hearing: hearing(3_000) } }), follow],
  [
    'heard longer ago (R7)',
    moved({ active: { hearing: hearing(3_001) } }),
    { kind: 'wait', because: 'silence', forMs: 26_999 },
  ],
  ['lost: its failover goes first', moved({ active: lost }), { ...follow, to: memberId(2), because: 'heartbeat-lost' }],
  [
    'HAProxy is down: the same',
    moved({ active: haproxyDown }),
    { ...follow, to: memberId(2), because: 'haproxy-inactive' },
  ],
  [
    'HAProxy is down and nobody can take over',
    moved({ members: [aMember(1, haproxyDown)] }),
    { kind: 'refuse', because: 'single-member', trouble: 'haproxy-inactive' },
  ],
  [
    'HAProxy is neutral',
    moved({ active: { haproxy: { kind: 'neutral', unit: 'u', because: 'starting', leftMs: 900 } } }),
    { kind: 'wait', because: 'haproxy-neutral', forMs: 900 },
  ],
  [
    'HAProxy is not installed',
    moved({ active: { haproxy: { kind: 'absent', unit: 'u', state: 'not-found' } } }),
    follow,
  ],
  ['blind (I6)', moved({ listening: { ...listening, blindBecause: 'database', blindForMs: 400 } }), healthy],
  [
    'a failover that may be withdrawn',
    moved({ unpublished: { from: memberId(3) }, lastPromotionAgeMs: 9_000 }),
    healthy,
  ],
  [
    'a withdrawal goes first',
    moved({ unpublished: { from: memberId(3) } }),
    { ...follow, to: memberId(3), because: 'withdrawn' },
  ],
  [
    'a failback goes first',
    moved({ members: preferredHealthyFor(600_000) }, { failback }),
    { ...follow, to: memberId(2), because: 'failback' },
  ],
  ['a failback is due later', moved({ members: preferredHealthyFor(500_000) }, { failback }), follow],
  [
    'a failback waits for the brakes',
    moved({ members: preferredHealthyFor(600_000), fleet: massSilence }, { failback }),
    follow,
  ],
  ['9.999 s after another promotion', moved({ lastPromotionAgeMs: 9_999 }), limited(1)],
  ['10 s after another promotion', moved({ lastPromotionAgeMs: 10_000 }), follow],
  ['one 59.999 s ago', ages(59_999), limited(1)],
  ['one a minute ago', ages(60_000), follow],
  ['six within the hour', ages(...sixYounger), limited(1)],
  ['the sixth is an hour old', ages(...sixYounger.with(0, 3_600_000)), follow],
  ['five, the last just now', ages(...sixYounger.slice(1, 5), 0), limited(60_000)],
  [
    'limited for longer than a failback is off',
    moved({ members: preferredHealthyFor(599_000), addressPromotionAgesMs: [0] }, { failback }),
    { kind: 'wait', because: 'failback', forMs: 1_000 },
  ],
  [
    'limited for less than a failback is off',
    moved({ members: preferredHealthyFor(500_000), addressPromotionAgesMs: [0] }, { failback }),
    limited(60_000),
  ],
  ['none is stored (R20)', moved({ active: { publicIpv4: null } }), healthy],
  ['a private one (R20)', moved({ active: { publicIpv4: '192.168.3.4' } }), healthy],
  ['a CGNAT one (R20)', moved({ active: { publicIpv4: '100.64.0.7' } }), healthy],
  ['a local one (R20)', moved({ active: { publicIpv4: '169.254.0.7' } }), healthy],
  ['no address at all (R20)', moved({ active: { publicIpv4: 'fe80::1' } }), healthy],
  ['another member’s (R20)', moved({ active: { publicIpv4: '198.51.100.2' } }), healthy],
  ['IPv6 changed', ipv6('2001:db8::9', '2001:470::1'), follow],
  ['IPv6 came', ipv6(null, '2001:470::1'), follow],
  ['IPv6 went (R20)', ipv6('2001:db8::9', null), healthy],
  ['IPv6 is private', ipv6('2001:db8::9', 'fd00::1'), healthy],
  ['IPv4 changed, and IPv6 went: its AAAA would go', bothMoved(null), healthy],
  ['IPv4 changed, and IPv6 to a private one', bothMoved('fd00::1'), healthy],
  [
    'IPv4 changed, and IPv6 to another member’s',
    bothMoved('2001:470::2', { members: [aMember(1, { publicIpv6: '2001:470::2' }), has6(2, '2001:470::2')] }),
    healthy,
  ],
  [
    'IPv6 changed, and IPv4 to a private one',
    ipv6('2001:db8::9', '2001:470::1', { active: { publicIpv4: '10.0.0.1', publicIpv6: '2001:470::1' } }),
    healthy,
  ],
  ['IPv4 changed, and IPv6 is as private as before', bothMoved('fd00::1', {}, 'fd00::1'), follow],
  ['IPv4 changed, and IPv6 of no name went', bothMoved(null, { needs: { ipv4: true, ipv6: 'none' } }), follow],
  ['a name is left as a person set it (R21)', moved({ namesLeft: true }), healthy],
  ['none is left (R21)', moved({ namesLeft: false }), follow],
  [
    'a name is left (R21), and the active member is lost: its failover goes',
    moved({ namesLeft: true, active: lost }),
    { ...follow, to: memberId(2), because: 'heartbeat-lost' },
  ],
  [
    'IPv6 changed, and no name has an AAAA',
    ipv6('2001:db8::9', '2001:470::1', { needs: { ipv4: true, ipv6: 'none' } }),
    healthy,
  ],
  [
    'IPv6 changed, told by old evidence',
    moved({ presentAddresses: { ipv4: '198.51.100.1', ipv6: null }, active: { publicIpv6: '2001:470::1' } }),
    healthy,
  ],
];

describe('dynamic DNS', () => {
  it.each(table)('%s', (_row, evidence, expected) => {
    expect(decide(evidence)).toEqual(expected);
  });

  it('one promotion is for both families, and names what changed of each', () => {
    const evidence = moved({
      presentAddresses: { ipv4: '192.0.2.9', ipv6: '2001:db8::9' },
      active: { publicIpv6: '2001:470::1' },
      ...both,
    });
    expect(judge(evidence).sentence).toBe(
      'The public address of lb1.example.com changed from 192.0.2.9 to 198.51.100.1 and from 2001:db8::9 to 2001:470::1; its records follow.',
    );
  });

  it('says what is left of its limits', () => {
    expect(judge(ages(20_000)).sentence).toBe(
      'Wait 40.0 s: the public address of lb1.example.com changed from 192.0.2.9 to 198.51.100.1; its records follow at most once a minute and six times an hour.',
    );
  });

  it('is explained: what stays active, what the records hold, and how often they followed', () => {
    const why = explainWhy(ages(70_000));
    expect(why.rules).toEqual(['R7', 'R20']);
    expect(why.chosen).toMatchObject({
      memberId: memberId(1),
      because: 'It stays active; only its address is another one.',
    });
    expect(why.others[0]?.because).toBe('Ready, but lb1 is well and stays active.');
    expect(why.inputs).toContainEqual({
      name: 'dynamic DNS',
      value:
        'on; the records hold 192.0.2.9, its address is 198.51.100.1; followed 0 times in 1 min (1 allowed), 1 in 1 h (6 allowed)',
    });
    expect(explainWhy(ages(20_000)).rules).toEqual(['R7']);
  });

  it.each([
    [
      'left',
      moved({ namesLeft: true }),
      'a name was changed by hand and is left so until a person adopts or repairs it',
    ],
    ['gone', bothMoved(null), 'no IPv6 address of it is known any more'],
    ['private', bothMoved('fd00::1'), 'fd00::1 is not public'],
    ['another member’s', moved({ active: { publicIpv4: '198.51.100.2' } }), 'another member has 198.51.100.2'],
  ])('is explained where it does not follow: %s', (_what, evidence, because) => {
    const input = explainWhy(evidence).inputs.find(({ name }) => name === 'dynamic DNS');
    expect(input?.value).toContain(`, not followed, since ${because}; followed 0 times`);
  });

  it('gives no reason against following where there is nothing to follow, or nothing against it', () => {
    for (const evidence of [anEvidence({ pool: aPool(dynamicDns), namesLeft: true }), moved()]) {
      const input = explainWhy(evidence).inputs.find(({ name }) => name === 'dynamic DNS');
      expect(input?.value).not.toContain('not followed');
    }
  });

  it('is off in evidence of before there was such', () => {
    const { dynamicDns: _, ...pool } = aPool();
    // What a version before this one kept: a pool without the setting.
    const before = { ...anEvidence({ presentAddresses: old }), pool } as PoolEvidence;
    expect(decide(before)).toEqual(healthy);
  });
});

// A failing property prints its seed and path; fc.assert(…, { seed, path }) replays it.
const runs = { numRuns: 4_000 };
const activeOf = ({ members, pool }: PoolEvidence) =>
  members.find(({ id }) => id === pool.activeMemberId) as MemberEvidence;

it('I5: follows only the address of a member that is heard, not in trouble, and nobody else’s, within the limits', () => {
  let followed = 0;
  fc.assert(
    fc.property(arbitraryEvidence, (evidence) => {
      const decision = decide(evidence);
      if (decision.because !== 'address-changed') return;
      followed += 1;
      const { pool, presentAddresses: present, addressPromotionAgesMs: made = [], members } = evidence;
      const active = activeOf(evidence);
      expect(decision).toEqual({ kind: 'promote', from: active.id, to: active.id, because: 'address-changed' });
      expect(pool).toMatchObject({ dynamicDns: true, paused: null });
      expect(active).toMatchObject({ refusal: null, quarantined: false });
      expect(active.hearing.kind === 'heard' && active.hearing.silentMs <= 3_000).toBe(true);
      expect(['heartbeat-lost', 'haproxy-inactive', 'maintenance']).not.toContain(
        judge(evidence).health[active.id]?.kind,
      );
      expect([active.publicIpv4, active.publicIpv6 ?? null]).not.toEqual([present?.ipv4, present?.ipv6]);
      const others = members.filter(({ id }) => id !== active.id);
      for (const { after } of followedChanges(evidence, active))
        expect(others.some(({ publicIpv4, publicIpv6 }) => after === publicIpv4 || after === publicIpv6)).toBe(false);
      expect(made.filter((age) => age < 60_000)).toEqual([]);
      expect(made.filter((age) => age < 3_600_000).length).toBeLessThan(6);
      expect(evidence.listening.blindBecause).toBeNull();
      expect(evidence.unpublished).toBeNull();
      expect(evidence.namesLeft ?? false).toBe(false);
    }),
    runs,
  );
  expect(followed).toBeGreaterThan(runs.numRuns / 100); // else the property says nothing
});

it('changes no decision that moves traffic, or refuses to: with the setting off that is the same', () => {
  fc.assert(
    fc.property(arbitraryEvidence, (evidence) => {
      const without = decide({ ...evidence, pool: { ...evidence.pool, dynamicDns: false } });
      const decision = decide(evidence);
      if (decision.because !== 'address-changed' && decision.because !== 'dynamic-dns')
        expect(decision).toEqual(without);
      else expect(['keep', 'wait']).toContain(without.kind);
    }),
    runs,
  );
});

it('I8: however often the address changes, at most one a minute and six an hour', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 200_000 }), { minLength: 5, maxLength: 80 }), (steps) => {
      const followedAt: number[] = [];
      let now = 0;
      for (const ms of steps) {
        now += ms;
        const made = followedAt.map((at) => now - at).filter((age) => age < 3_600_000);
        if (decide(moved({ addressPromotionAgesMs: made })).kind === 'promote') followedAt.push(now);
      }
      for (const at of followedAt) {
        const since = followedAt.filter((other) => other <= at).map((other) => at - other);
        expect(since.filter((age) => age < 60_000)).toEqual([0]);
        expect(since.filter((age) => age < 3_600_000).length).toBeLessThanOrEqual(6);
      }
    }),
    { numRuns: 500 },
  );
});
