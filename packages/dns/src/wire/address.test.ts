import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ipv4FromBytes, ipv4ToBytes, ipv6FromBytes, ipv6ToBytes } from './address.ts';
import { addressData, addressesAt, addressType } from './address-records.ts';
import { rrClass, rrType } from './registry.ts';
import { WireError } from './wire-error.ts';

describe('an AAAA’s address', () => {
  it.each([
    ['2001:DB8:0:0:0:0:0:1', '2001:db8::1'],
    ['2001:0db8::0001', '2001:db8::1'],
    ['2001:db8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
    ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
    ['64:ff9b::192.0.2.33', '64:ff9b::c000:221'],
    ['::', '::'],
    ['ff00::', 'ff00::'],
  ])('%s comes out of its bytes as %s (RFC 5952)', (written, canonical) => {
    expect(ipv6FromBytes(ipv6ToBytes(written))).toBe(canonical);
  });

  it.each(['', '192.0.2.1', 'fe80::1%eth0', '2001:db8::1::', '2001:db8', 'host', '1:2:3:4:5:6:7:8:9'])(
    'is not %j',
    (text) => expect(() => ipv6ToBytes(text)).toThrow(WireError),
  );

  it.each([0, 4, 15, 17])('is not of %i bytes', (length) => {
    expect(() => ipv6FromBytes(new Uint8Array(length))).toThrow(WireError);
  });

  it('is the same bytes again, whichever they are', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 16, maxLength: 16 }), (bytes) => {
        expect([...ipv6ToBytes(ipv6FromBytes(bytes))]).toEqual([...bytes]);
      }),
    );
  });
});

describe('an A’s address', () => {
  it.each(['', '192.0.2', '192.0.2.256', '192.0.2.01', '2001:db8::1'])('is not %j', (text) =>
    expect(() => ipv4ToBytes(text)).toThrow(WireError),
  );

  it('is not of sixteen bytes', () => expect(() => ipv4FromBytes(new Uint8Array(16))).toThrow(WireError));
});

describe('the addresses in records', () => {
  const record = (name: string, type: 'A' | 'AAAA', address: string, ttlSeconds: number) => ({
    ...{ name, type: addressType[type], class: rrClass.in, ttlSeconds },
    data: addressData(type, address),
  });
  const records = [
    record('lb.test', 'AAAA', '2001:db8::2', 45),
    record('lb.test', 'A', '192.0.2.1', 30),
    record('lb.test', 'AAAA', '2001:db8::1', 45),
    record('other.test', 'AAAA', '2001:db8::9', 60),
    { name: 'lb.test', type: rrType.aaaa, class: rrClass.any, ttlSeconds: 0, data: { kind: 'empty' as const } },
  ];

  it('are those of one name and one type, sorted, with their TTL', () => {
    const both = { addresses: ['2001:db8::1', '2001:db8::2'], ttlSeconds: 45 };
    expect(addressesAt(records, 'lb.test', 'AAAA')).toEqual(both);
    expect(addressesAt(records, 'lb.test', 'A')).toEqual({ addresses: ['192.0.2.1'], ttlSeconds: 30 });
    expect(addressesAt(records, 'other.test', 'A')).toBeNull();
  });
});
