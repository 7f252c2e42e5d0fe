import { isAppError } from '@serverctl/core';
import { expect, test } from 'vitest';
import { mayAskResolver, parseResolver, parseResolvers, resolverText } from './resolver-list.ts';

test.each([
  ['192.0.2.53', '192.0.2.53', 53, '192.0.2.53'],
  ['192.0.2.53:53', '192.0.2.53', 53, '192.0.2.53'],
  ['192.0.2.53:5353', '192.0.2.53', 5_353, '192.0.2.53:5353'],
  ['192.0.2.53:065', '192.0.2.53', 65, '192.0.2.53:65'],
  ['2001:DB8:0::53', '2001:db8::53', 53, '2001:db8::53'],
  ['[2001:db8::53]', '2001:db8::53', 53, '2001:db8::53'],
  ['[2001:db8::53]:65535', '2001:db8::53', 65_535, '[2001:db8::53]:65535'],
  ['::1', '::1', 53, '::1'],
])('%s is %s, port %d', (text, address, port, canonical) => {
  const resolver = parseResolver(text);
  expect(resolver).toEqual({ address, port });
  expect(resolverText(resolver)).toBe(canonical);
  expect(parseResolver(canonical)).toEqual(resolver);
});

const refusalOf = (asked: () => unknown) => {
  try {
    asked();
  } catch (error) {
    if (isAppError(error)) return { code: error.code, ...error.details };
  }
  return null;
};

test.each([
  ...['', 'dns.example.net', 'localhost', '192.0.2', '192.0.2.053', '2130706433', '0x7f.1'].map((text) => [text, 'IP']),
  ...['192.0.2.53 ', '[192.0.2.53]:53', '[2001:db8::53', '2001:db8::53]:53', '::ffff:192.0.2.53'].map((text) => [
    text,
    'IP',
  ]),
  ...['fe80::53%eth0', 'https://192.0.2.53', '192.0.2.53/24', '192.0.2.53@53'].map((text) => [text, 'IP']),
  ...['0.0.0.0', '255.255.255.255', '224.0.0.251', '::', 'ff02::fb', 'fe80::53'].map((text) => [text, 'one host']),
  ...[':0', ':65536', ':-1', ':53x', ':', ':5.3', ':100000', ':1e3'].map((port) => [`192.0.2.53${port}`, 'port']),
  ['[2001:db8::53]:0', 'port'],
])('%j is refused for its %s', (text, why) => {
  expect(refusalOf(() => parseResolver(text))).toEqual({
    code: 'dns_resolver_invalid',
    resolver: text,
    because: expect.stringContaining(why),
  });
});

test('a list has each resolver once, however it is written, and eight at most', () => {
  const eight = Array.from({ length: 8 }, (_, index) => `192.0.2.${index + 1}`);
  expect(parseResolvers(eight).map(resolverText)).toEqual(eight);
  expect(parseResolvers([])).toEqual([]);
  expect(parseResolvers(['192.0.2.1', '192.0.2.1:54'])).toHaveLength(2);
  for (const [one, other] of [
    ['192.0.2.1', '192.0.2.1:53'],
    ['[2001:db8::1]:54', '[2001:DB8:0::1]:54'],
  ] as const)
    expect(refusalOf(() => parseResolvers([one, other]))).toMatchObject({ code: 'dns_resolver_twice' });
  expect(refusalOf(() => parseResolvers([...eight, '192.0.2.9']))).toEqual({
    code: 'dns_resolvers_too_many',
    given: 9,
    most: 8,
  });
});

test('loopback needs no leave on port 53, and on that alone; anything else is for R40', () => {
  const nothingPrivate = mayAskResolver({ mayReach: (address) => address === '192.0.2.53' });
  expect(['127.0.0.1', '127.0.0.53', '::1', '192.0.2.53'].map((address) => nothingPrivate(address, 53))).toEqual([
    true,
    true,
    true,
    true,
  ]);
  expect(nothingPrivate('127.0.0.1', 54)).toBe(false);
  expect(nothingPrivate('10.0.0.2', 53)).toBe(false);
  expect(nothingPrivate('169.254.169.253', 53)).toBe(false);
});
