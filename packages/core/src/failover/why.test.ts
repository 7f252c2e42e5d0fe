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
import type { PoolEvidence } from './evidence.ts';
import { judge } from './judge-pool.ts';
import { explainWhy } from './why.ts';

const failback = { policy: 'automatic' as const, afterMinutes: 10, window: { fromMinute: 590, toMinute: 610 } };
const preferred = [aMember(1), aMember(2, { priority: 1, healthyForMs: 600_000 })];
const massSilent = zonesOf([12, 7]);
const heard = (silentMs: number, provenSilentMs: number) => ({ kind: 'heard' as const, silentMs, provenSilentMs });
const silentFleet = { ...listening, heardMembers: 0, nobodyHeardForMs: 31_000 };
const blind = { ...listening, blindBecause: 'database' as const, blindForMs: 4_000 };

const table: readonly (readonly [string, PoolEvidence, readonly string[]])[] = [
  ['keep active-healthy', anEvidence(), ['R1']],
  ['keep no-active-member', anEvidence({ pool: aPool({ activeMemberId: null }) }), []],
  ['keep active-not-judged: no member', anEvidence({ pool: aPool({ activeMemberId: memberId(9) }) }), []],
  ['keep active-not-judged: never heard', anEvidence({ active: { hearing: { kind: 'never', waitedMs: 9 } } }), ['R3']],
  [
    'keep active-not-judged: refused',
    anEvidence({ active: { refusal: { because: 'ip', seen: '203.0.113.9' } } }),
    ['R5'],
  ],
  ['keep active-not-judged: quarantined', anEvidence({ active: { quarantined: true } }), ['R35']],
  [
    'keep active-not-judged: masked',
    anEvidence({ active: { haproxy: { kind: 'absent', unit: 'u', state: 'masked' } } }),
    ['R4'],
  ],
  [
    'keep failback-not-due',
    anEvidence({ members: [aMember(1), aMember(2, { priority: 1, ...haproxyDown })], pool: aPool({ failback }) }),
    ['R7', 'R12'],
  ],
  ['keep maintenance', anEvidence({ maintenanceLeftMs: 1 }), ['R13']],
  ['keep paused', anEvidence({ pool: aPool({ paused: 'person' }) }), ['R13']],
  ['wait silence', anEvidence({ active: { hearing: heard(8_000, 8_000) } }), ['R1', 'R2']],
  ['wait listening: blind', anEvidence({ active: lost, listening: blind }), ['R2']],
  [
    'wait listening: nobody heard yet',
    anEvidence({ active: lost, listening: { ...silentFleet, nobodyHeardForMs: 4_000 } }),
    ['R2', 'R7'],
  ],
  [
    'wait haproxy-grace',
    anEvidence({ active: { haproxy: { kind: 'inactive', unit: 'u', state: 'failed', forMs: 1 } } }),
    ['R4'],
  ],
  [
    'wait haproxy-neutral',
    anEvidence({ active: { haproxy: { kind: 'neutral', unit: 'u', because: 'starting', leftMs: 1 } } }),
    ['R4'],
  ],
  ['wait cooldown', anEvidence({ active: haproxyDown, lastPromotionAgeMs: 1 }), ['R4', 'R11']],
  ['wait failback', anEvidence({ members: preferred, pool: aPool({ failback }), settingsAgeMs: 1 }), ['R12']],
  [
    'wait mass-silence: a failover',
    anEvidence({ active: lost, fleet: aFleet({ zones: massSilent, promotionAgesMs: [1] }) }),
    ['R1', 'R2', 'R9'],
  ],
  [
    'wait mass-silence: a failback',
    anEvidence({ members: preferred, pool: aPool({ failback }), fleet: aFleet({ zones: massSilent }) }),
    ['R9', 'R12'],
  ],
  [
    'wait velocity',
    anEvidence({ active: haproxyDown, fleet: aFleet({ promotionAgesMs: Array.from({ length: 10 }, () => 1) }) }),
    ['R4', 'R10'],
  ],
  ['promote heartbeat-lost', anEvidence({ active: lost }), ['R1', 'R2', 'R7']],
  ['promote haproxy-inactive', anEvidence({ active: haproxyDown }), ['R4', 'R7']],
  ['promote failback', anEvidence({ members: preferred, pool: aPool({ failback }) }), ['R7', 'R12']],
  ['promote withdrawn', anEvidence({ unpublished: { from: memberId(3) } }), ['R7', 'R16']],
  [
    'promote heartbeat-lost: the one that mass silence lets pass',
    anEvidence({ active: lost, fleet: aFleet({ zones: massSilent }) }),
    ['R1', 'R2', 'R7', 'R9'],
  ],
  [
    'promote heartbeat-lost: out of a dead zone',
    anEvidence({ active: { ...lost, zone: 'a' }, fleet: aFleet({ zones: zonesOf([8, 8], [4, 0]) }) }),
    ['R1', 'R2', 'R7', 'R9'],
  ],
  [
    'promote heartbeat-lost: released',
    anEvidence({ active: lost, fleet: aFleet({ brakesReleasedForMs: 1 }) }),
    ['R1', 'R2', 'R7', 'R9', 'R10'],
  ],
  [
    'refuse automatic-failover-off',
    anEvidence({ active: lost, pool: aPool({ automaticFailover: false }) }),
    ['R1', 'R2'],
  ],
  ['refuse single-member', anEvidence({ members: [aMember(1, haproxyDown)] }), ['R4', 'R8']],
  ['refuse no-standby', anEvidence({ members: [aMember(1, lost), aMember(2, haproxyDown)] }), ['R1', 'R2', 'R7', 'R8']],
  ['refuse nobody-heard', anEvidence({ active: lost, listening: silentFleet }), ['R1', 'R2', 'R7']],
  ['refuse held', anEvidence({ active: haproxyDown, pool: aPool({ held: true }) }), ['R4', 'R11']],
  ['refuse maintenance', anEvidence({ active: lost, maintenanceLeftMs: 1 }), ['R1', 'R2', 'R13']],
  ['refuse paused', anEvidence({ active: haproxyDown, pool: aPool({ paused: 'foreign-mark' }) }), ['R4', 'R13', 'R21']],
  [
    'refuse paused: restored',
    anEvidence({ active: haproxyDown, pool: aPool({ paused: 'newer-epoch' }) }),
    ['R4', 'R13', 'R25'],
  ],
];

describe('explainWhy names the rules that settled it (R14)', () => {
  it.each(table)('%s', (name, evidence, rules) => {
    const why = explainWhy(evidence);
    expect(`${why.decision.kind} ${why.decision.because}`).toBe(name.split(':')[0]);
    expect(why.rules).toEqual(rules);
  });
});

describe('explainWhy says why this one and why no other', () => {
  const others = (evidence: PoolEvidence) =>
    Object.fromEntries(explainWhy(evidence).others.map(({ hostname, because }) => [hostname, because]));

  it('of a failover', () => {
    const members = [
      aMember(1, lost),
      aMember(2, { priority: 10 }),
      aMember(3, { priority: 10, healthyForMs: 60_000 }),
      aMember(4),
      aMember(5, { priority: 1, failuresLastHour: 3 }),
      aMember(6, haproxyDown),
    ];
    const evidence = anEvidence({ members });
    expect(explainWhy(evidence).chosen).toEqual({
      memberId: memberId(2),
      hostname: 'lb2.example.com',
      because: 'Ready: lb2.example.com has been healthy for 24 h 0 min and is first of 4.',
    });
    expect(others(evidence)).toEqual({
      'lb1.example.com': 'It is the active member.',
      'lb3.example.com': 'Ready, but only second: lb2 has been healthy for longer, 24 h 0 min against 1 min 0 s.',
      'lb4.example.com': 'Ready, but only third: lb2 has priority 10, before 100.',
      'lb5.example.com': 'Ready, but only number 4: lb2 goes first, since lb5 failed 3 times in the last hour.',
      'lb6.example.com': 'Its HAProxy is inactive.',
    });
  });

  it('of two that are alike', () => {
    expect(others(anEvidence({ active: lost }))['lb3.example.com']).toBe(
      'Ready, but only second: lb2 is equal in all else and has the smaller id.',
    );
  });

  it('of the only candidate, whose 10 s are waived', () => {
    const why = explainWhy(anEvidence({ members: [aMember(1, lost), aMember(2, { healthyForMs: 9_999 })] }));
    expect(why.chosen?.because).toContain('waived for the only candidate');
  });

  it('of a failback and of a withdrawal', () => {
    const back = anEvidence({ members: [...preferred, aMember(3)], pool: aPool({ failback }) });
    expect(explainWhy(back).chosen?.because).toContain('It is the preferred member.');
    expect(others(back)['lb3.example.com']).toBe('Ready, but lb2 is the preferred member.');
    const withdrawn = anEvidence({ unpublished: { from: memberId(3) } });
    expect(explainWhy(withdrawn).chosen?.because).toContain('The record names it still');
    expect(others(withdrawn)['lb2.example.com']).toBe('Ready, but the record names lb3 still.');
  });

  it('of nobody: each member’s own standing', () => {
    const why = explainWhy(anEvidence({ pool: aPool({ paused: 'person' }) }));
    expect(why.chosen).toBeNull();
    expect(why.others.map((other) => other.because)).toEqual(judge(anEvidence()).standings.map((one) => one.sentence));
  });
});

describe('explainWhy lists what was looked at, with figures', () => {
  const inputs = (evidence: PoolEvidence) =>
    Object.fromEntries(explainWhy(evidence).inputs.map(({ name, value }) => [name, value]));

  it('of a failover out of mass silence', () => {
    const evidence = anEvidence({
      active: lost,
      automaticPromotionAgesMs: [700_000, 200_000],
      lastPromotionAgeMs: 200_000,
      fleet: aFleet({
        zones: zonesOf([8, 8], [4, 0]),
        promotionAgesMs: [1, 59_999, 60_000],
        brakesReleasedForMs: 90_000,
      }),
    });
    expect(inputs(evidence)).toEqual({
      'active member': 'lb1.example.com. No heartbeat for 30.0 s of listening; the failover delay is 30.0 s.',
      silence: '31.0 s, of which 30.0 s are proven',
      'failover delay': '30.0 s',
      HAProxy: 'running',
      'HAProxy grace': '1.0 s',
      listening: 'yes; 3 of 3 enrolled members heard in the last 3 s',
      'automatic failover': 'on',
      'promotions of this pool':
        '1 automatic one in 10 min (3 allowed), 2 in 1 h (6 allowed); the last one 3 min 20 s ago',
      failback: 'manual',
      fleet: '8 of 12 members are silent for more than 3 s: mass silence',
      'dead zones': 'a',
      'promotions of all pools': '2 automatic ones in 1 min (10 allowed)',
      brakes: 'released by a person for 1 min 30 s more',
    });
  });

  it('of a pool that stands still, blind, with something to withdraw', () => {
    const evidence = anEvidence({
      active: { ...haproxyDown, maintenanceLeftMs: 60_000 },
      listening: blind,
      pool: aPool({ paused: 'newer-epoch', held: true, automaticFailover: false, failback }),
      maintenanceLeftMs: 120_000,
      unpublished: { from: memberId(2) },
    });
    expect(inputs(evidence)).toMatchObject({
      HAProxy: 'haproxy.service failed, inactive for 1.2 s',
      'maintenance of the member': 'for 1 min 0 s more',
      'maintenance of the pool': 'for 2 min 0 s more',
      paused: 'because a mark with a newer epoch than ours was read at one of its names',
      listening:
        'not for 4.0 s, since the database does not take writes; 3 of 3 enrolled members heard in the last 3 s',
      'automatic failover': 'off',
      held: 'yes, until a person acknowledges it',
      'never written': 'the last failover has reached no name; it took the place of lb2.example.com',
      'promotions of this pool': expect.stringContaining('none before'),
      failback: 'automatic after 10 min of health between 09:50 and 10:10 UTC; now it is 10:00 UTC',
    });
  });
});

it('explainWhy is total, names each member once, and says the same after a replay', () => {
  fc.assert(
    fc.property(arbitraryEvidence, (evidence) => {
      const why = explainWhy(evidence);
      expect(JSON.stringify(explainWhy(JSON.parse(JSON.stringify(evidence)) as PoolEvidence))).toBe(
        JSON.stringify(why),
      );
      expect(JSON.stringify(why)).not.toMatch(/undefined|NaN|Infinity|null m/);
      expect(why.sentence).toBe(judge(evidence).sentence);
      for (const rule of why.rules) expect(rule).toMatch(/^R\d+$/);
      expect(why.chosen !== null).toBe(why.decision.kind === 'promote');
      const named = [...why.others, ...(why.chosen === null ? [] : [why.chosen])].map((one) => one.memberId);
      expect(named.toSorted()).toEqual(evidence.members.map((member) => member.id).toSorted());
      for (const { because } of [...why.others, ...(why.chosen === null ? [] : [why.chosen])])
        expect(because).toMatch(/^[A-Z].*\.$/);
    }),
    { numRuns: 2_000 },
  );
});
