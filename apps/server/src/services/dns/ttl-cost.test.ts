import { expect, test } from 'vitest';
import { effectiveTtlAt, hasProxy, ttlCostSeconds, ttlSentence } from './ttl-cost.ts';

const ns = { provider: 'rfc2136' };
const free = { provider: 'cloudflare', plan: 'free' };
const enterprise = { provider: 'cloudflare', plan: 'enterprise' };
const delayMs = 30_000;

test.each([
  ['as wished by a name server', ns, 30, null, 30],
  ['raised to the lowest of a free plan', free, 30, false, 60],
  ['as wished on an Enterprise plan', enterprise, 30, false, 30],
  ['raised to the lowest of an Enterprise plan', enterprise, 5, false, 30],
  ['as wished above the lowest', free, 120, null, 120],
  ['the provider’s own where it is proxied', free, 60, true, 300],
  ['not known of a kind that nobody judged', { provider: 'gone' }, 60, null, null],
] as const)('the effective TTL is %s', (_what, place, ttlSeconds, proxied, effective) => {
  expect(effectiveTtlAt(place, { ttlSeconds, proxied })).toBe(effective);
});

test.each([
  [ns, 60, null, 'Clients are back after about 90 s: failover delay 30 s + TTL 60 s.'],
  [
    free,
    30,
    false,
    'Clients are back after about 90 s: failover delay 30 s + TTL 60 s (30 s are wished, and the provider’s lowest is 60 s).',
  ],
  [
    free,
    60,
    null,
    'Clients are back after about 90 s: failover delay 30 s + TTL 60 s. While the name is proxied, the TTL does not apply.',
  ],
  [
    free,
    60,
    true,
    'Clients are back after about 30 s, the failover delay: the name is proxied, so the provider’s edge answers and the TTL does not apply.',
  ],
  [
    { provider: 'gone' },
    60,
    null,
    'Clients are back after the failover delay of 30 s and the TTL: 60 s are wished, and what the provider makes of it is not known.',
  ],
] as const)('what a TTL costs is said in numbers: %o, %i s, proxied %s', (place, ttlSeconds, proxied, sentence) => {
  expect(ttlSentence(place, { ttlSeconds, proxied }, delayMs)).toBe(sentence);
});

test('a failover delay of part of a second is said as it is', () => {
  expect(ttlSentence(ns, { ttlSeconds: 60, proxied: null }, 10_500)).toContain('70.5 s: failover delay 10.5 s');
});

test('only a provider with an edge of its own has a proxy', () => {
  expect([ns, free, enterprise, { provider: 'gone' }].map(hasProxy)).toEqual([false, true, true, false]);
});

test.each([
  ['as wished', { provider: 'rfc2136' }, { ttlSeconds: 30, proxied: null }, 30],
  ['the floor of the provider', { provider: 'cloudflare', plan: 'free' }, { ttlSeconds: 30, proxied: null }, 60],
  ['nothing behind the edge', { provider: 'cloudflare', plan: 'free' }, { ttlSeconds: 30, proxied: true }, 0],
  ['the wish, at a provider that is not known', { provider: 'other' }, { ttlSeconds: 30, proxied: null }, 30],
])('a TTL adds %s', (_name, place, wish, seconds) => {
  expect(ttlCostSeconds(place, wish)).toBe(seconds);
});
