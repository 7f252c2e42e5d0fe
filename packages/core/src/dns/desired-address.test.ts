import { describe, expect, test } from 'vitest';
import type { MemberId } from '../ids.ts';
import { assertAddresses, desiredAddress, type PromotedAddresses } from './desired-address.ts';
import type { Ipv4, Ipv6 } from './record.ts';

const v4 = '198.51.100.11' as Ipv4;
const v6 = '2001:db8::11' as Ipv6;
const both: PromotedAddresses = { address: v4, address6: v6 };
const onlyIpv4: PromotedAddresses = { address: v4, address6: null };
const onlyIpv6: PromotedAddresses = { address: null, address6: v6 };
const neither: PromotedAddresses = { address: null, address6: null };

describe('what a record shall hold (R20)', () => {
  test.each([
    ['A', both, 'drop', true, v4],
    ['A', onlyIpv6, 'drop', true, undefined],
    ['AAAA', both, 'drop', true, v6],
    ['AAAA', onlyIpv6, 'require', false, v6],
    ['AAAA', onlyIpv4, 'drop', true, null],
    ['AAAA', onlyIpv4, 'drop', false, undefined],
    ['AAAA', onlyIpv4, 'require', true, undefined],
    ['AAAA', neither, 'drop', true, undefined],
  ] as const)('%s under %o, %s, its A published: %s', (type, promoted, ipv6, hasPublishedA, wanted) => {
    expect(desiredAddress({ type }, promoted, { ipv6, hasPublishedA })).toBe(wanted);
  });
});

describe('a promotion is held to what its target has in the store (R16)', () => {
  const to = 'm1' as MemberId;
  const name = 'lb.example.com';
  const withBoth = {
    ipv6: 'require',
    names: [
      { name, type: 'A' },
      { name, type: 'AAAA' },
    ],
  } as const;

  test('the same addresses, and all that the names need, are let through', () => {
    expect(() => assertAddresses({ to, ...both }, both, withBoth)).not.toThrow();
    expect(() => assertAddresses({ to, ...onlyIpv4 }, onlyIpv4, { ...withBoth, ipv6: 'drop' })).not.toThrow();
  });

  test.each([
    ['another address by now', both, { ...both, address: '198.51.100.12' }, 'pool_changed'],
    ['an IPv6 address that came since', onlyIpv4, both, 'pool_changed'],
    ['no IPv4 address', onlyIpv6, onlyIpv6, 'target_has_no_address'],
    ['no IPv6 address, and the pool requires one', onlyIpv4, onlyIpv4, 'target_has_no_aaaa'],
  ] as const)('%s: refused', (_what, decided, stored, code) => {
    expect(() => assertAddresses({ to, ...decided }, stored, withBoth)).toThrow(expect.objectContaining({ code }));
  });
});
