import { describe, expect, it } from 'vitest';
import { isInZone, markName, parseDnsName, parseHostname, parseZoneName } from './name.ts';
import type { DnsName } from './record.ts';

const name = (text: string) => text as DnsName;
const long = `${'a'.repeat(63)}.`.repeat(3);

describe('parseDnsName', () => {
  it.each([
    ['LB.Example.COM.', 'lb.example.com'],
    ['_serverctl.lb.example.com', '_serverctl.lb.example.com'],
    ['xn--bcher-kva.example', 'xn--bcher-kva.example'],
    [`${long}${'b'.repeat(61)}`, `${long}${'b'.repeat(61)}`],
    [`${long}${'b'.repeat(62)}`, null],
    [`${'a'.repeat(64)}.example.com`, null],
    ['localhost', null],
    ['198.51.100.7', null],
    ['', null],
    ['.', null],
    ['a..example.com', null],
    ['lb.example.com..', null],
    ['-lb.example.com', null],
    ['lb-.example.com', null],
    ['lb.exämple.com', null],
    ['lb .example.com', null],
    ['*.example.com', null],
  ])('%s', (text, expected) => {
    expect(parseDnsName(text)).toBe(expected);
  });

  it('a zone may be one label, a hostname has no underscores', () => {
    expect([parseZoneName('Internal'), parseZoneName('a b')]).toEqual(['internal', null]);
    expect([parseHostname('lb1.example.com'), parseHostname('lb_1.example.com')]).toEqual(['lb1.example.com', null]);
  });
});

it('a name lies in its zone by whole labels', () => {
  const zone = name('example.com');
  expect(isInZone(zone, zone)).toBe(true);
  expect(isInZone(name('a.b.example.com'), zone)).toBe(true);
  expect(isInZone(name('badexample.com'), zone)).toBe(false);
  expect(isInZone(name('com'), zone)).toBe(false);
});

it('the mark stands beside the record, for the apex below the zone (R18)', () => {
  expect(markName({ name: name('lb.example.com') })).toBe('_serverctl.lb.example.com');
  expect(markName({ name: name('example.com') })).toBe('_serverctl.example.com');
});
