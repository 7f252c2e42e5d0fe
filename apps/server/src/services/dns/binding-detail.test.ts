import { expect, test } from 'vitest';
import { providerApi } from '../../worker/verifier.ts';
import { resolverAnswer } from './binding-detail.ts';
import { type Edge, edgeOf } from './edge.ts';

const askedAt = new Date('2026-01-31T12:00:00Z');
const heard = (addresses: readonly string[], ttlSeconds: number | null = 30) => ({
  resolver: '192.0.2.53',
  askedAt,
  answer: { kind: 'answered', addresses, moreAddresses: 0, ttlSeconds } as const,
});
const [now, before] = ['198.51.100.11', '198.51.100.12'];

test.each<[what: string, address: string | null, epoch: number, edge: Edge, addresses: string[], state: string]>([
  ['the acknowledged address', now, 3, 'silent', [now], 'same'],
  ['the address of before', now, 3, 'silent', [before], 'other'],
  ['both', now, 3, 'silent', [now, before], 'other'],
  ['nothing, where something was acknowledged', now, 3, 'silent', [], 'other'],
  ['nothing, where an AAAA was withdrawn', null, 3, 'silent', [], 'same'],
  ['something, where an AAAA was withdrawn', null, 3, 'silent', ['2001:db8::1'], 'other'],
  ['anything before the first publish', null, 0, 'silent', [now], 'not-compared'],
  ['nothing before the first publish', null, 0, 'silent', [], 'not-compared'],
  ['anything of a proxied name', now, 3, 'answers', [before], 'not-compared'],
  ['the address itself of a proxied name', now, 3, 'answers', [now], 'not-compared'],
  ['the acknowledged address where nobody knows', now, 3, 'perhaps', [now], 'same'],
  ['another one where nobody knows', now, 3, 'perhaps', [before], 'not-compared'],
])('%s', (_what, address, epoch, edge, addresses, state) => {
  const row = { published_address: address, published_epoch: epoch };
  expect(resolverAnswer({ row, edge }, heard(addresses))).toMatchObject({ state, addresses, error: null });
});

const acknowledged = { row: { published_address: now, published_epoch: 3 }, edge: 'silent' } as const;

test('what is in a cache ends with its TTL; where that is not said, nothing is', () => {
  expect(resolverAnswer(acknowledged, heard([before], 90))).toMatchObject({
    ttlSeconds: 90,
    askedAt: '2026-01-31T12:00:00.000Z',
    cachedUntil: '2026-01-31T12:01:30.000Z',
  });
  expect(resolverAnswer(acknowledged, heard([], null))).toMatchObject({ ttlSeconds: null, cachedUntil: null });
});

test('a loss is told with its words, and is no answer', () => {
  const lost = { resolver: '192.0.2.53', askedAt, answer: { kind: 'none', because: 'SERVFAIL' } } as const;
  expect(resolverAnswer(acknowledged, lost)).toEqual({
    resolver: '192.0.2.53',
    askedAt: askedAt.toISOString(),
    state: 'no-answer',
    addresses: [],
    moreAddresses: 0,
    ttlSeconds: null,
    cachedUntil: null,
    error: 'SERVFAIL',
  });
});

const row = (provider: string, proxied: boolean | null, ...servers: readonly string[]) => ({
  ...{ provider, proxied, servers: servers.map((server) => ({ server, addresses: [], ok: true, error: null })) },
});

test.each<[string, Parameters<typeof edgeOf>[0], Edge]>([
  ['proxied', [row('cloudflare', true)], 'answers'],
  ['not proxied', [row('cloudflare', false)], 'silent'],
  ['left as it is, where there is no proxy', [row('rfc2136', null)], 'silent'],
  ['left as it is, verified at name servers', [row('cloudflare', null, 'ns1.example.com')], 'silent'],
  ['left as it is, verified at the provider’s API', [row('cloudflare', null, providerApi.name)], 'answers'],
  ['left as it is, and nobody was asked', [row('cloudflare', null)], 'perhaps'],
  ['one of two records proxied', [row('cloudflare', false), row('cloudflare', true)], 'answers'],
  ['one of two not known', [row('cloudflare', false), row('cloudflare', null)], 'perhaps'],
])('the edge and a name that is %s', (_what, records, edge) => {
  expect(edgeOf(records)).toBe(edge);
});
