import type { FirstPublishView, ResolverAnswer } from '@serverctl/contract';
import { bindingStatus, memberStatus } from '@serverctl/contract/testing';
import { healthKinds, pauseReasons, poolStates } from '@serverctl/core';
import fc from 'fast-check';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { bindingDetail as detail, memberView, poolView } from '../testing/views.ts';
import { bindingDetail, bindingTable } from './binding.ts';
import { firstPublishText } from './first-publish.ts';
import { memberTable } from './member.ts';
import { poolDetail, poolTable } from './pool.ts';
import { resolverText } from './resolver.ts';
import { paragraphs, width } from './width.ts';
import { localTime } from './words.ts';

afterEach(() => void vi.unstubAllGlobals());

const onTerminal = (columns: number | undefined) =>
  vi.stubGlobal('process', { ...process, stdout: columns === undefined ? {} : { columns } });

const traffic = { version: '3.0.1', uptimeSeconds: 9, sessions: 1204, sessionRate: 1, requestRate: 1, ageMs: 900 };
const members = [
  memberStatus({ hostname: 'edge1.frankfurt.example.com', role: 'active', traffic }),
  memberStatus({ id: 'member000002', hostname: 'edge2.amsterdam.de.example.com', place: 1, traffic }),
  memberStatus({
    id: 'member000003',
    hostname: 'edge3.helsinki.example.com',
    health: 'heartbeat-lost',
    ready: false,
    place: null,
    heartbeatAgeMs: 95_000,
    standingSentence: 'Not ready: it was not heard for 1 min 35 s, and it needs 30 s of unbroken health first.',
  }),
];
const names = [
  bindingStatus({ name: 'lb.frankfurt.edge.example.com' }),
  bindingStatus({
    name: 'www.example.com',
    state: 'partial',
    published: [
      { server: 'ns1.example.com', addresses: ['198.51.100.11'], ok: true, error: null },
      { server: 'ns2.example.com', addresses: ['203.0.113.9'], ok: false, error: null },
    ],
  }),
];
const publish: FirstPublishView = {
  kind: 'take-over',
  proposedMemberId: null,
  sentence: 'It holds something else.',
  records: [
    {
      ...{ name: 'lb.frankfurt.edge.example.com', type: 'A', addresses: ['198.51.100.101'], cname: false },
      ...{ ttlSeconds: 86_400, proxied: true, note: 'ask Jo first', warning: null, notOurs: null, newTtlSeconds: null },
      mark: 'v=1 cp=aaaaaaaaaaaa pool=bbbbbbbbbbbb epoch=4 by=cccccccccccc',
      noteSentence: 'Somebody wrote there: “ask Jo first”; that stays, in front of our mark.',
    },
  ],
};
const edge = poolView(members, names, { name: 'edge-frankfurt' });

describe('on a terminal of 80 columns', () => {
  test('members: hosts give way by …, and what a standby lacks stands below it', () => {
    onTerminal(80);
    expect(`\n${memberTable(members, false)}\n`).toBe(`
MEMBER             ROLE     HEALTH          HEARD       HAPROXY  SESSIONS  PLACE
edge1.frankfurt.…  active   healthy         0.4 s       running  1204
edge2.amsterdam.…  standby  healthy         0.4 s       running  1204      1
edge3.helsinki.e…  standby  heartbeat-lost  1 min 35 s  running  -         none
    Not ready: it was not heard for 1 min 35 s, and it needs 30 s of unbroken
    health first.
`);
  });

  test('names: how many servers are right, and below it those that are not', () => {
    onTerminal(80);
    expect(`\n${bindingTable(names, false)}\n`).toBe(`
NAME                           SHALL ANSWER   SERVERS DO  STATE      TTL
lb.frankfurt.edge.example.com  198.51.100.11  2 of 2      published  60 s
www.example.com                198.51.100.11  1 of 2      partial    60 s
    ns2.example.com: 203.0.113.9
`);
  });

  test('a first publish: below each record what is to be known of it', () => {
    onTerminal(80);
    expect(`\n${firstPublishText(publish, null, null)}\n`).toBe(`
It holds something else.

NAME                           FROM            TO  OLD TTL
lb.frankfurt.edge.example.com  198.51.100.101  -   86400 s
    Its mark: v=1 cp=aaaaaaaaaaaa pool=bbbbbbbbbbbb epoch=4 by=cccccccccccc
    Proxied: the provider’s edge answers in its place.
    Somebody wrote there: “ask Jo first”; that stays, in front of our mark.
`);
  });

  test('pools: one line each', () => {
    onTerminal(80);
    expect(`\n${poolTable([edge, poolView([], [], { name: 'mail' })], false)}\n`).toBe(`
POOL            STATE  FAILOVER  ACTIVE         NAME
edge-frankfurt  calm   on        edge1.frankf…  lb.frankfurt.edge.example.com +1
mail            calm   on        nobody yet     none yet
`);
  });
});

test('a member that is set aside says so once, until when, and how a quarantine ends', () => {
  onTerminal(80);
  const aside = [
    memberStatus({
      health: 'maintenance',
      ready: false,
      standingSentence: 'It is in maintenance for 59 min 0 s more.',
      maintenance: { until: at, over: false, reason: 'kernel update' },
    }),
    memberStatus({ role: 'active', health: 'quarantined', quarantined: { since: at, reason: null } }),
  ];
  const text = memberTable(aside, false);
  expect(text.match(/maintenance/gi)).toHaveLength(2);
  expect(text).toContain(`\n    In maintenance until ${localTime(at)}: kernel update\n`);
  expect(text).toContain(`\n    Quarantined since ${localTime(at)}: two hosts use its key.`);
  expect(text.replace(/\s+/g, ' ')).toContain('It ends by serverctl member clear-quarantine.');
});

test('of a first publish the name gives way before either address, at 60 columns too', () => {
  onTerminal(60);
  const text = firstPublishText(publish, null, memberView({ address: '203.0.113.102' }));
  expect(text).toMatch(/^lb\.fran.*… +198\.51\.100\.101 +203\.0\.113\.102 +86400 s$/m);
  for (const line of text.split('\n')) expect(width(line)).toBeLessThanOrEqual(60);
});

test('what is piped is whole: no … and one line a member', () => {
  onTerminal(undefined);
  const text = memberTable(members, false);
  expect(text).not.toContain('…');
  for (const { hostname } of members) expect(text).toContain(hostname);
  expect(poolTable([edge], false)).toContain('edge1.frankfurt.example.com');
});

test('--wide shows what the table leaves out, whole on any terminal', () => {
  onTerminal(60);
  const text = memberTable(members, false, { wide: true });
  for (const part of ['edge2.amsterdam.de.example.com', 'active (running)', '198.51.100.11', 'ZONE', 'unlabelled'])
    expect(text).toContain(part);
  expect(poolTable([edge], false, { wide: true })).toContain('lb.frankfurt.edge.example.com, www.example.com');
});

const at = '2026-01-01T12:00:00.000Z';
const label = fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,20}[a-z0-9])?$/);
const hostname = fc.array(label, { minLength: 1, maxLength: 6 }).map((labels) => labels.join('.'));
const sentence = fc
  .array(fc.oneof(fc.string({ unit: 'grapheme', maxLength: 30 }), hostname), { maxLength: 12 })
  .map((words) => words.join(' '));
const address = fc.option(fc.ipV4());
const member = fc
  .record({
    hostname,
    role: fc.constantFrom('active' as const, 'standby' as const, 'none' as const),
    health: fc.constantFrom(...healthKinds),
    healthSentence: sentence,
    heartbeatAgeMs: fc.option(fc.nat()),
    haproxy: fc.option(sentence),
    ready: fc.boolean(),
    standingSentence: sentence,
    address,
    maintenance: fc.option(fc.record({ until: fc.constant(at), over: fc.boolean(), reason: fc.option(sentence) })),
    quarantined: fc.option(fc.record({ since: fc.constant(at), reason: fc.option(sentence) })),
    zone: fc.stringMatching(/^[a-z0-9]{1,64}$/),
  })
  .map(memberStatus);
const binding = fc
  .record({
    name: hostname,
    desiredAddress: address,
    ttlSeconds: fc.nat(86_400),
    published: fc.array(
      fc.record({ server: hostname, addresses: fc.array(fc.ipV4()), ok: fc.boolean(), error: fc.option(sentence) }),
      { maxLength: 4 },
    ),
    error: fc.option(fc.record({ code: fc.constant('x'), message: sentence, remedy: sentence })),
  })
  .map(bindingStatus);
const pool = fc
  .record({
    members: fc.array(member, { maxLength: 4 }),
    bindings: fc.array(binding, { maxLength: 3 }),
    name: fc.stringMatching(/^[a-z0-9]{1,64}$/),
    state: fc.constantFrom(...poolStates),
    sentence,
    because: fc.option(fc.constantFrom(...pauseReasons)),
  })
  .map(({ members: hosts, bindings, name, state, because, sentence: why }) => {
    const paused = because === null ? null : { because, sentence: why, since: at };
    const view = poolView(hosts, bindings, { name, paused, activeMemberId: hosts[0]?.id ?? null });
    return { ...view, status: { ...view.status, state, sentence: why } };
  });

test('no view is wider than its terminal, whatever hosts and servers report', () => {
  fc.assert(
    fc.property(pool, fc.integer({ min: 60, max: 200 }), fc.boolean(), (view, columns, colour) => {
      onTerminal(columns);
      const { members: hosts, bindings } = view.status;
      const texts = [
        poolDetail(view, colour),
        poolTable([view, edge], colour),
        memberTable(hosts, colour),
        bindingTable(bindings, colour),
        ...bindings.map((one) => bindingDetail('edge', one, 'ns1', colour)),
      ];
      for (const line of texts
        .map((text) => paragraphs(text, null))
        .join('\n')
        .split('\n'))
        expect(width(line)).toBeLessThanOrEqual(columns);
    }),
  );
});

describe('what resolvers answer', () => {
  const six = (end: string) => `2001:db8:1111:2222:3333:4444:5555:${end}`;
  const heard = (changes: Partial<ResolverAnswer>): ResolverAnswer => ({
    resolver: '192.0.2.53',
    ...{ askedAt: at, state: 'same', addresses: ['198.51.100.11'], moreAddresses: 0, error: null },
    ...{ ttlSeconds: 86_399, cachedUntil: at },
    ...changes,
  });
  const drawn = (columns: number | undefined, ...resolvers: ResolverAnswer[]) => {
    onTerminal(columns);
    return paragraphs(resolverText(detail({ resolvers }), false)[1] ?? '', null);
  };

  test('a narrower terminal goes without the time at which a cache ends, and the narrowest without a table', () => {
    expect(drawn(undefined, heard({}))).toBe(drawn(200, heard({})));
    expect(drawn(200, heard({}))).toContain('CACHED UNTIL');
    expect(`\n${drawn(60, heard({}))}\n`).toBe(`
RESOLVER    RIGHT  TTL LEFT  ANSWERED
192.0.2.53  yes    86399 s   198.51.100.11
`);
    expect(`\n${drawn(40, heard({ resolver: six('53'), addresses: [six('1111'), six('2222')] }))}\n`).toBe(`
2001:db8:1111:2222:3333:4444:5555:53
 right: yes, TTL left 86399 s, answered:
 2001:db8:1111:2222:3333:4444:5555:1111
 2001:db8:1111:2222:3333:4444:5555:2222
`);
  });

  test('no address is cut or broken on any terminal that has room for it', () => {
    const address = fc.oneof(fc.ipV4(), fc.ipV6(), fc.constant(six('1111')));
    const resolver = fc.oneof(
      address,
      fc.ipV6().map((one) => `[${one}]:65535`),
    );
    const answer = fc
      .record({ resolver, addresses: fc.array(address, { maxLength: 3 }), moreAddresses: fc.nat(44) })
      .map(heard);
    const answers = fc.array(answer, { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(answers, fc.integer({ min: 40, max: 200 }), (all, columns) => {
        const text = drawn(columns, ...all);
        expect(text).not.toContain('…');
        for (const line of text.split('\n')) expect(width(line)).toBeLessThanOrEqual(columns);
        const shown = text.split(/,?\s+/);
        const meant = all.flatMap((one) => [one.resolver, ...one.addresses]);
        expect(meant.filter((one) => one.length < columns && !shown.includes(one))).toEqual([]);
      }),
    );
  });
});
