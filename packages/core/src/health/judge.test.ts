import { describe, expect, it } from 'vitest';
import { aMember, aPool, haproxyDown, listening, lost } from '../../testing/evidence.ts';
import type { MemberEvidence } from '../failover/evidence.ts';
import { explainHealth } from './explain-health.ts';
import { healthKinds } from './health.ts';
import { judgeHealth, judgeHealthKind, streakNews } from './judge.ts';

const heard = (silentMs: number, provenSilentMs: number) => ({ kind: 'heard' as const, silentMs, provenSilentMs });
const refusal = { because: 'ip' as const, seen: '203.0.113.9' };
const absent = { kind: 'absent' as const, unit: 'haproxy.service', state: 'masked' };

const table: readonly (readonly [string, Partial<MemberEvidence>, string, readonly string[]])[] = [
  ['healthy', {}, 'healthy', []],
  ['lost', lost, 'heartbeat-lost', []],
  ['silent but not proven', { hearing: heard(30_000, 29_999) }, 'unheard', []],
  ['silent below the delay', { hearing: heard(29_999, 0) }, 'healthy', []],
  ['HAProxy down', haproxyDown, 'haproxy-inactive', []],
  ['HAProxy down below the grace', { haproxy: { ...haproxyDownEvidence(), forMs: 999 } }, 'healthy', []],
  ['refused', { refusal }, 'refused', []],
  ['in maintenance', { maintenanceLeftMs: 1 }, 'maintenance', []],
  ['in a maintenance that is over', { maintenanceLeftMs: 0 }, 'healthy', []],
  ['in maintenance and lost', { ...lost, maintenanceLeftMs: 60_000 }, 'maintenance', ['heartbeat-lost']],
  ['quarantined', { quarantined: true }, 'quarantined', []],
  [
    'quarantined and refused: the word that HAProxy is down may be the other host’s (R35)',
    { ...haproxyDown, quarantined: true, refusal },
    'quarantined',
    ['refused'],
  ],
  [
    'everything at once, in the closed order',
    { ...lost, ...haproxyDown, ...lost, maintenanceLeftMs: 1, quarantined: true, refusal },
    'maintenance',
    ['heartbeat-lost', 'quarantined', 'refused'],
  ],
  ['masked', { haproxy: absent }, 'unknown', []],
  ['unreported', { haproxy: { kind: 'unreported' } }, 'unknown', []],
  ['never heard by anybody', { hearing: { kind: 'never', waitedMs: 90_000 } }, 'unknown', []],
  ['not heard since our start', { hearing: { kind: 'never', waitedMs: 5_000, provenWaitedMs: 5_000 } }, 'unknown', []],
  [
    'lost since our start',
    { hearing: { kind: 'never', waitedMs: 30_000, provenWaitedMs: 30_000 } },
    'heartbeat-lost',
    ['unknown'],
  ],
  [
    'unheard since our start',
    { hearing: { kind: 'never', waitedMs: 30_000, provenWaitedMs: 3 } },
    'unheard',
    ['unknown'],
  ],
  [
    'several: the first in the order names it',
    { ...lost, ...haproxyDown, ...lost, refusal },
    'heartbeat-lost',
    ['haproxy-inactive', 'refused'],
  ],
];

describe('judgeHealth follows its table', () => {
  it.each(table)('%s', (_name, changes, kind, also) => {
    expect(judgeHealth(aMember(1, changes), aPool(), listening)).toMatchObject({ kind, also });
    expect(judgeHealthKind(aMember(1, changes), aPool())).toBe(kind);
  });

  it('never judges HAProxy in a generic pool or where it is not monitored', () => {
    const generic = aPool({ preset: 'generic' });
    expect(judgeHealth(aMember(1, haproxyDown), generic, listening).kind).toBe('healthy');
    expect(judgeHealth(aMember(1, { haproxy: absent }), generic, listening).kind).toBe('healthy');
    expect(judgeHealth(aMember(1, { ...haproxyDown, monitored: false }), aPool(), listening).kind).toBe('healthy');
  });
});

describe('what a streak is told: health begins only while HAProxy runs, where it is judged (R12)', () => {
  const changed = (because: string) => ({ kind: 'neutral' as const, unit: 'haproxy.service', because, leftMs: 9_000 });
  const starting = { haproxy: changed('starting') };
  const haproxyPool = aPool();

  it.each<readonly [string, Partial<MemberEvidence>, ReturnType<typeof aPool>, string]>([
    ['it runs', {}, haproxyPool, 'healthy'],
    ['it is down within its grace', { haproxy: { ...haproxyDownEvidence(), forMs: 999 } }, haproxyPool, 'not-running'],
    ['it is starting', starting, haproxyPool, 'not-running'],
    [
      'it is down under a package lock',
      { haproxy: changed('down while packages are being changed') },
      haproxyPool,
      'not-running',
    ],
    ['it is down past its grace', haproxyDown, haproxyPool, 'haproxy-inactive'],
    ['it is starting, and the host is lost', { ...starting, ...lost }, haproxyPool, 'heartbeat-lost'],
    ['it is starting on a refused host', { ...starting, refusal }, haproxyPool, 'refused'],
    ['it is starting where it is not monitored', { ...starting, monitored: false }, haproxyPool, 'healthy'],
    ['it is starting in a generic pool', starting, aPool({ preset: 'generic' }), 'healthy'],
  ])('%s', (_name, changes, pool, news) => {
    const member = aMember(1, changes);
    expect(streakNews(judgeHealthKind(member, pool), member, pool)).toBe(news);
  });
});

describe('the sentences', () => {
  const sentence = (changes: Partial<MemberEvidence>, hears = listening) =>
    judgeHealth(aMember(1, changes), aPool(), hears).sentence;

  it('name figures and causes', () => {
    expect(sentence(haproxyDown)).toBe('HAProxy has been inactive for 1.2 s (haproxy.service: failed).');
    expect(sentence(lost)).toBe('No heartbeat for 30.0 s of listening; the failover delay is 30.0 s.');
    expect(sentence({ refusal })).toContain('203.0.113.9');
  });

  it('ask about a proxy where a refused address is private (R36)', () => {
    const from = (seen: string) => sentence({ refusal: { because: 'ip', seen } });
    expect(from('10.0.0.1')).toContain('Is that your proxy? Then name it in SERVERCTL_TRUSTED_PROXIES.');
    for (const seen of ['203.0.113.9', '2001:db8::1', '']) expect(from(seen)).not.toContain('proxy');
  });

  it('say how long a maintenance lasts, and who ends a quarantine', () => {
    expect(sentence({ maintenanceLeftMs: 725_000 })).toBe('In maintenance for 12 min 5 s more.');
    expect(sentence({ quarantined: true })).toContain('until a person clears it');
  });

  it('say which unit the agent does not report, and where to look', () => {
    const missing = sentence({ haproxy: { kind: 'unreported', missing: 'haproxy.service' } });
    expect(missing).toContain('the agent does not report haproxy.service. Look at the agent’s log');
    expect(sentence({ haproxy: { kind: 'unreported' } })).toContain('has not reported the unit yet');
  });

  it('say why silence is not proven', () => {
    const silent = { hearing: heard(45_000, 3_000) };
    expect(sentence(silent, { ...listening, blindBecause: 'database' })).toContain('the database does not take writes');
    expect(sentence(silent, { ...listening, enrolledMembers: 1 })).toContain('there is no other member');
    expect(sentence(silent, { ...listening, heardMembers: 0 })).toContain('no member is heard at all');
  });

  it.each(healthKinds)('there is one for %s', (kind) => {
    expect(explainHealth(kind, aMember(1), aPool(), listening)).toMatch(/^[A-Z].*\.$/);
  });
});

function haproxyDownEvidence() {
  return { kind: 'inactive' as const, unit: 'haproxy.service', state: 'failed', forMs: 1_200 };
}
