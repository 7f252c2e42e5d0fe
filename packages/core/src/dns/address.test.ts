import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  egressAllows,
  isCgnatIpv4,
  isPrivateIpv4,
  isPublicIpv4,
  isPublicIpv6,
  isUnicastIpv4,
  isUnicastIpv6,
  parseEgressEntry,
  parseIpv4,
  parseIpv6,
} from './address.ts';
import { parseIp } from './ip.ts';
import type { Ipv4 } from './record.ts';

const v4 = (text: string) => text as Ipv4;

describe('parseIpv4', () => {
  it.each(['0.0.0.0', '198.51.100.7', '255.255.255.255'])('takes %s', (text) => expect(parseIpv4(text)).toBe(text));
  it.each(['', '1.2.3', '1.2.3.4.5', '256.1.1.1', '01.2.3.4', '1.2.3.4 ', '+1.2.3.4', '1.2.3.0x4', '::1', '1.2.3.1e1'])(
    'refuses %s',
    (text) => expect(parseIpv4(text)).toBeNull(),
  );
});

describe('kinds of IPv4 addresses', () => {
  it.each([
    ['10.0.0.0', true, false, true],
    ['10.255.255.255', true, false, true],
    ['11.0.0.0', false, false, true],
    ['172.15.255.255', false, false, true],
    ['172.16.0.1', true, false, true],
    ['172.32.0.0', false, false, true],
    ['192.168.3.4', true, false, true],
    ['100.63.255.255', false, false, true],
    ['100.64.0.0', false, true, true],
    ['100.127.255.255', false, true, true],
    ['100.128.0.0', false, false, true],
    ['0.1.2.3', false, false, false],
    ['223.255.255.255', false, false, true],
    ['224.0.0.1', false, false, false],
    ['255.255.255.255', false, false, false],
  ])('%s: private %s, CGNAT %s, unicast %s', (text, isPrivate, isCgnat, isUnicast) => {
    expect([isPrivateIpv4(v4(text)), isCgnatIpv4(v4(text)), isUnicastIpv4(v4(text))]).toEqual([
      isPrivate,
      isCgnat,
      isUnicast,
    ]);
  });
});

describe('isPublicIpv4', () => {
  it.each([
    ['198.51.100.7', true],
    ['100.63.255.255', true],
    ['10.77.0.11', false],
    ['172.31.0.1', false],
    ['192.168.0.1', false],
    ['100.64.0.1', false],
    ['127.0.0.1', false],
    ['169.254.1.1', false],
    ['192.0.0.170', false],
    ['198.19.255.255', false],
    ['198.20.0.0', true],
    ['0.0.0.0', false],
    ['224.0.0.1', false],
    ['255.255.255.255', false],
  ])('%s is %s', (text, expected) => expect(isPublicIpv4(text as Ipv4)).toBe(expected));
});

describe('parseIp', () => {
  it.each([
    ['::', 6, 0n],
    ['::1', 6, 1n],
    ['1::', 6, 1n << 112n],
    ['2001:DB8::a', 6, (0x2001_0db8n << 96n) | 10n],
    ['1:2:3:4:5:6:7:8', 6, 0x0001_0002_0003_0004_0005_0006_0007_0008n],
    ['::ffff:198.51.100.7', 4, 0xc633_6407n],
    ['::ffff:c633:6407', 4, 0xc633_6407n],
    ['fe80::1%eth0', 6, (0xfe80n << 112n) | 1n],
  ])('%s', (text, family, value) => {
    expect(parseIp(text)).toEqual({ family, value });
  });

  it.each([
    ':',
    ':::',
    '1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:8:9',
    '1::2::3',
    '12345::',
    '::g',
    '1.2.3.4::',
    '::1.2.3',
    '1:2:3:4:5:6:7:8::',
  ])('refuses %s', (text) => expect(parseIp(text)).toBeNull());
});

describe('egressAllows (R36)', () => {
  it.each([
    [['198.51.100.7'], '198.51.100.7', true],
    [['198.51.100.7'], '198.51.100.8', false],
    [['198.51.100.7'], '::ffff:198.51.100.7', true],
    [['::ffff:198.51.100.7'], '198.51.100.7', true],
    [['198.51.100.0/24'], '198.51.100.255', true],
    [['198.51.100.9/24'], '198.51.100.1', true],
    [['198.51.100.0/24'], '198.51.101.0', false],
    [['::ffff:198.51.100.0/120'], '198.51.100.9', true],
    [['0.0.0.0/0'], '203.0.113.1', true],
    [['0.0.0.0/0'], '2001:db8::1', false],
    [['::/0'], '203.0.113.1', false],
    [['2001:db8::/48'], '2001:DB8:0:1::9', true],
    [['2001:db8::/48'], '2001:db8:1::9', false],
    [['2001:db8::7'], '2001:db8:0:0::7', true],
    [['nonsense', '198.51.100.7'], '198.51.100.7', true],
    [['nonsense'], 'nonsense', false],
    [[], '198.51.100.7', false],
  ] as const)('%o lets %s in: %s', (entries, peer, expected) => {
    expect(egressAllows(entries, peer)).toBe(expected);
  });

  it.each([
    '',
    '/',
    '198.51.100.7/33',
    '198.51.100.7/-1',
    '198.51.100.7/',
    '1.2.3.4/24/8',
    '2001:db8::/129',
    '::ffff:1.2.3.4/95',
    'host',
  ])('no entry: %s', (text) => expect(parseEgressEntry(text)).toBeNull());

  it('never throws and never lets in what is not in the range', () => {
    const octet = fc.integer({ min: 0, max: 255 });
    fc.assert(
      fc.property(
        fc.tuple(octet, octet, octet, octet),
        fc.tuple(octet, octet, octet, octet),
        fc.integer({ min: 0, max: 32 }),
        (a, b, length) => {
          const number = (octets: readonly number[]) => octets.reduce((value, one) => value * 256 + one, 0);
          const expected = Math.floor(number(a) / 2 ** (32 - length)) === Math.floor(number(b) / 2 ** (32 - length));
          expect(egressAllows([`${a.join('.')}/${length}`], b.join('.'))).toBe(expected);
        },
      ),
    );
    fc.assert(fc.property(fc.string(), fc.string(), (entry, peer) => void egressAllows([entry], peer)));
  });
});

describe('IPv6 for a record', () => {
  it.each([
    ['2001:DB8:0:0:0:0:0:1', '2001:db8::1'],
    ['2001:db8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
    ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
    ['::', '::'],
    ['1::', '1::'],
    ['64:ff9b::192.0.2.33', '64:ff9b::c000:221'],
  ])('%s is %s (RFC 5952)', (text, canonical) => expect(parseIpv6(text)).toBe(canonical));

  it.each(['', '192.0.2.1', '::ffff:192.0.2.1', 'fe80::1%eth0', '2001:db8::1::', 'host'])('%s is none', (text) =>
    expect(parseIpv6(text)).toBeNull(),
  );

  it.each([
    ['2001:db8::1', true, true],
    ['2606:4700::1111', true, true],
    ['fd00::1', true, false],
    ['::1', true, false],
    ['2002:c000:221::1', true, false],
    ['2001:2::1', true, false],
    ['2001:1ff:ffff::1', true, false],
    ['2001:200::1', true, true],
    ['4000::1', true, false],
    ['fe80::1', false, false],
    ['ff02::1', false, false],
    ['::', false, false],
  ])('%s: a record may hold it %s, clients elsewhere reach it %s', (text, unicast, reachable) => {
    const address = parseIpv6(text) ?? expect.fail(text);
    expect([isUnicastIpv6(address), isPublicIpv6(address)]).toEqual([unicast, reachable]);
  });
});
