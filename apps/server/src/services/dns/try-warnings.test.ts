import type { DnsName, InstanceId, RecordRef, RecordView } from '@serverctl/core';
import { expect, test } from 'vitest';
import { type Found, type TryContext, warningsOf } from './try-warnings.ts';

const ref: RecordRef = { zone: 'example.com' as DnsName, name: 'lb.example.com' as DnsName, type: 'A' };
const view: RecordView = {
  rrset: { addresses: ['198.51.100.11'], ttlSeconds: 60 },
  mark: { kind: 'none' },
  cname: false,
};
const answers = (...addresses: string[]) => [{ server: 'ns1.example.com (192.0.2.1)', addresses, error: null }];

function said(context: TryContext, change: Partial<Found> = {}, viewChange: Partial<RecordView> = {}): string {
  const found: Found = {
    ref,
    report: { canEdit: true, canMark: true, soaSerial: null, skewSeconds: null },
    other: null,
    servers: answers('198.51.100.11'),
    effectiveTtlSeconds: context.wish?.ttlSeconds ?? null,
    instance: 'aaaaaaaaaaaa' as InstanceId,
    ...change,
    view: { ...view, ...viewChange },
  };
  return warningsOf(found, context).join('\n');
}
const wish = (ttlSeconds: number, proxied: boolean | null = null): TryContext => ({ wish: { ttlSeconds, proxied } });
const noRoom: Partial<Found> = { report: { canEdit: true, canMark: false, soaSerial: null, skewSeconds: null } };
const unreadable: Partial<RecordView> = { mark: { kind: 'unreadable', text: 'v=9 cp=x' } };

test.each([
  ['rfc2136', /The key may not write TXT _serverctl\.lb\.example\.com: writes are fenced by the record’s value only/],
  ['cpanel', /The token may not write TXT _serverctl\.lb\.example\.com: writes are fenced by the record’s value only/],
  ['cloudflare', /The mark of lb\.example\.com cannot be written: writes are fenced by the record’s value only/],
  [undefined, /The mark of lb\.example\.com cannot be written: writes are fenced by the record’s value only/],
])('with %s a mark that cannot be written is told where it belongs there (R18)', (kind, words) => {
  expect(said(kind === undefined ? {} : { kind }, noRoom)).toMatch(words);
});

test.each([
  ['rfc2136', 'The TXT record at _serverctl.lb.example.com is no mark that this release can read.'],
  ['whm', 'The TXT record at _serverctl.lb.example.com is no mark that this release can read.'],
  ['cloudflare', 'The comment of the record lb.example.com holds a mark that this release cannot read.'],
  ['other', 'The mark of lb.example.com is none that this release can read.'],
])('with %s a mark that cannot be read is told where it stands', (kind, words) => {
  expect(said({ kind }, {}, unreadable)).toContain(words);
});

test('a person’s comment is shown, and that it stays', () => {
  expect(said({}, {}, { note: 'ask Jo first' })).toContain(
    'Somebody wrote there: “ask Jo first”; that stays, in front of our mark.',
  );
  expect(said({}, {}, { note: '' })).not.toContain('Somebody wrote');
});

test('one that leaves no room for the mark is told so, once', () => {
  const words = said({ kind: 'cloudflare' }, noRoom, { note: 'a long one', noteStays: 'unmarked' });
  expect(words).toContain('“a long one”; that stays, and leaves no room for our mark: writes are fenced by the record');
  expect(words.match(/fenced/g)).toHaveLength(1);
  expect(words).not.toContain('in front of our mark');
});

test('of several that are too long for one record it is told that one is kept', () => {
  const words = said({}, {}, { note: 'a; b', noteStays: 'in-part' });
  expect(words).toContain(
    '“a; b”; of several records’ notes that are too long for one, that of the record which stays',
  );
  expect(words).not.toContain('that stays,');
});

test('a TTL below the provider’s lowest is told with what it comes to, never refused', () => {
  expect(said(wish(30), { effectiveTtlSeconds: 60 })).toContain(
    'The wished TTL of 30 s comes to 60 s at this provider.',
  );
  expect(said(wish(60))).not.toContain('comes to');
});

test('of a proxied name it is told that the TTL does not apply, wished so or left so', () => {
  const words = 'lb.example.com is proxied: its TTL does not apply';
  expect(said(wish(60, true), { effectiveTtlSeconds: 300 }, { proxied: true })).toContain(words);
  const kept = said(wish(60), { effectiveTtlSeconds: 300, servers: answers('104.16.0.1') }, { proxied: true });
  expect(kept).toContain(words);
  expect(kept).not.toContain('comes to');
  expect(kept).not.toContain('answer something else');
  expect(said(wish(60, false), {}, { proxied: true })).not.toContain(words);
});

test('a change of proxied is told in both directions', () => {
  expect(said(wish(60, true), { effectiveTtlSeconds: 300 })).toContain(
    'lb.example.com is not proxied now; what is wished makes it proxied.',
  );
  expect(said(wish(60, false), {}, { proxied: true })).toContain(
    'lb.example.com is proxied now; what is wished ends that.',
  );
  expect(said(wish(60, true), { effectiveTtlSeconds: 300 }, { rrset: null })).not.toContain('proxied now');
});

test.each([
  [true, false, 'The A of lb.example.com will be proxied, and its AAAA is not proxied:'],
  [false, true, 'The A of lb.example.com will not be proxied, and its AAAA is proxied:'],
])('proxied %s while the other record is %s is told: the provider treats both alike', (proxied, isOther, words) => {
  const other = { type: 'AAAA', proxied: isOther } as const;
  expect(said(wish(60, proxied), { other })).toContain(words);
  expect(said(wish(60, isOther), { other })).not.toContain('treats both');
});

test('an AAAA that clients elsewhere cannot reach is told', () => {
  const aaaa: Partial<Found> = { ref: { ...ref, type: 'AAAA' }, servers: answers('fd00::1') };
  expect(said({}, aaaa, { rrset: { addresses: ['fd00::1'], ttlSeconds: 60 } })).toContain(
    'fd00::1 is a private address',
  );
  const open: Partial<Found> = { ref: { ...ref, type: 'AAAA' }, servers: answers('2a00:1450::1') };
  expect(said({}, open, { rrset: { addresses: ['2a00:1450::1'], ttlSeconds: 60 } })).not.toContain('private');
});

test('a CNAME and several addresses are told', () => {
  expect(said({}, {}, { cname: true, rrset: null })).toContain('A CNAME stands at lb.example.com');
  expect(said({}, {}, { rrset: { addresses: ['198.51.100.11', '198.51.100.12'], ttlSeconds: 60 } })).toContain(
    'lb.example.com holds 2 addresses; it will hold exactly one.',
  );
});

const standing = (...zones: readonly NonNullable<Found['servers'][number]['zone']>[]): Partial<Found> => ({
  report: { canEdit: true, canMark: true, soaSerial: 7, skewSeconds: null },
  servers: zones.map((zone, at) => ({
    ...{ server: `ns${at + 1}`, addresses: ['198.51.100.11'], error: null, serial: zone === 'behind' ? 6 : 7, zone },
  })),
});

test('of a panel’s cluster each name server that is behind, or does not serve the zone, is named with what it means', () => {
  const words = said({ kind: 'cpanel' }, standing('same', 'behind', 'not-served', 'unknown'));
  expect(words).toContain('ns2 is behind with example.com: it has serial 6, and the provider 7.');
  expect(words).toContain('ns3 does not serve example.com');
  expect(words).not.toMatch(/ns1|ns4|None of the name servers/);
});

test('by RFC 2136 a lower serial is no warning: a hidden primary may number the zone in its own way', () => {
  expect(said({ kind: 'rfc2136' }, standing('same', 'behind'))).not.toContain('behind');
});

test.each([
  ['whm', ['ahead', 'not-served'], true],
  ['whm', ['ahead', 'unknown'], false],
  ['whm', ['same', 'ahead'], false],
  ['rfc2136', ['ahead', 'ahead'], false],
] as const)('%s with name servers that are %j: whether clients see at all what is written', (kind, zones, isWarned) => {
  expect(said({ kind }, standing(...zones)).includes('None of the name servers of example.com')).toBe(isWarned);
});
