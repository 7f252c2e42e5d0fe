import type { IncomingHttpHeaders } from 'node:http';
import { parseIp } from '@serverctl/core';
import fc from 'fast-check';
import Fastify, { type FastifyInstance } from 'fastify';
import { afterEach, expect, test } from 'vitest';
import { peerAddress, trustProxies } from './peer.ts';

const apps: FastifyInstance[] = [];
afterEach(async () => {
  for (const app of apps.splice(0)) await app.close();
});

function house(proxies: readonly string[]) {
  const app = Fastify();
  apps.push(app);
  trustProxies(app, proxies);
  app.register(async (inner) => {
    inner.get('/', async (request) => ({ peer: peerAddress(request) }));
  });
  return async (remoteAddress: string, headers: IncomingHttpHeaders = {}) =>
    (await app.inject({ url: '/', remoteAddress, headers })).json<{ peer: string }>().peer;
}

const proxies = ['10.0.0.0/24', '203.0.113.9', 'fd00::/16'];

test.each([
  ['198.51.100.7', undefined, '198.51.100.7'],
  ['198.51.100.7', '192.0.2.1', '198.51.100.7'],
  ['10.0.0.1', undefined, '10.0.0.1'],
  ['10.0.0.1', '', '10.0.0.1'],
  ['10.0.0.1', '198.51.100.7', '198.51.100.7'],
  ['::ffff:10.0.0.1', '198.51.100.7', '198.51.100.7'],
  ['fd00::1', '198.51.100.7', '198.51.100.7'],
  ['10.0.1.1', '198.51.100.7', '10.0.1.1'],
  ['10.0.0.1', '192.0.2.1, 198.51.100.7', '198.51.100.7'],
  ['10.0.0.1', '192.0.2.1, 198.51.100.7, 203.0.113.9, 10.0.0.2', '198.51.100.7'],
  ['10.0.0.1', '10.0.0.3, 10.0.0.2', '10.0.0.3'],
  ['10.0.0.1', '198.51.100.7, unknown', '10.0.0.1'],
  ['10.0.0.1', '198.51.100.7, _hidden, 203.0.113.9', '203.0.113.9'],
  ['10.0.0.1', '198.51.100.7,', '10.0.0.1'],
  ['10.0.0.1', '198.51.100.7:4711', '198.51.100.7'],
  ['10.0.0.1', '[2001:db8::7]:4711', '2001:db8::7'],
  ['10.0.0.1', '[2001:DB8::7]', '2001:db8::7'],
  ['10.0.0.1', '2001:db8::7', '2001:db8::7'],
  ['10.0.0.1', 'fe80::1%eth0', 'fe80::1'],
  ['10.0.0.1', '::ffff:198.51.100.7', '198.51.100.7'],
  ['10.0.0.1', '[::ffff:c633:6407]:1', '198.51.100.7'],
  ['10.0.0.1', '198.51.100.07', '10.0.0.1'],
  ['10.0.0.1', '198.51.100.7:x', '10.0.0.1'],
  ['10.0.0.1', '[198.51.100.7', '10.0.0.1'],
  ['10.0.0.1', 'localhost', '10.0.0.1'],
])('from %s with X-Forwarded-For %j it is %s (R36)', async (remote, forwarded, expected) => {
  const headers = forwarded === undefined ? {} : { 'x-forwarded-for': forwarded };
  expect(await house(proxies)(remote, headers)).toBe(expected);
});

test('several lines of the header are one list', async () => {
  const headers = { 'x-forwarded-for': ['192.0.2.1', '198.51.100.7'] } as unknown as IncomingHttpHeaders;
  expect(await house(proxies)('10.0.0.1', headers)).toBe('198.51.100.7');
});

const otherHeaders = [
  'x-real-ip',
  'forwarded',
  'x-client-ip',
  'cf-connecting-ip',
  'true-client-ip',
  'via',
  'x-forwarded',
];

test('no other header counts, not even from a trusted proxy', async () => {
  const ask = house(proxies);
  const headers = Object.fromEntries(otherHeaders.map((name) => [name, '198.51.100.7']));
  expect(await ask('10.0.0.1', { ...headers, host: '198.51.100.7' })).toBe('10.0.0.1');
});

const hop = fc.oneof(
  fc.ipV4(),
  fc.ipV6(),
  fc.constantFrom('10.0.0.1', '203.0.113.9', 'unknown', '', '[::1]:80', '10.0.0.7:99'),
  fc.stringMatching(/^[\x21-\x7e]{0,20}$/),
);
const hops = fc.array(hop, { maxLength: 6 }).map((list) => list.join(', '));

test('what a peer that nobody named writes never changes who it is (R36)', async () => {
  const [ask, askWithoutProxies] = [house(proxies), house([])];
  const stranger = fc.ipV4().filter((address) => !/^10\.0\.0\.|^203\.0\.113\.9$/.test(address));
  await fc.assert(
    fc.asyncProperty(stranger, hops, fc.constantFrom(...otherHeaders), async (peer, forwarded, other) => {
      const headers = { 'x-forwarded-for': forwarded, [other]: forwarded };
      expect(await ask(peer, headers)).toBe(peer);
      expect(await askWithoutProxies(peer, headers)).toBe(peer);
    }),
  );
});

test('what stands left of the hop that the proxies added never changes it, and the result is always an address (R36)', async () => {
  const ask = house(proxies);
  const added = fc.constantFrom('198.51.100.7', '198.51.100.7, 10.0.0.2', '198.51.100.7:8080, 203.0.113.9');
  await fc.assert(
    fc.asyncProperty(hops, added, async (forged, real) => {
      expect(await ask('10.0.0.1', { 'x-forwarded-for': `${forged}, ${real}` })).toBe('198.51.100.7');
      expect(parseIp(await ask('10.0.0.1', { 'x-forwarded-for': forged }))).not.toBeNull();
    }),
  );
});
