import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { isAppError, specialIpv4Ranges } from '@serverctl/core';
import { afterEach, expect, test } from 'vitest';
import { createFakeClock } from '../../../../testkit/src/fake-clock.ts';
import { systemClock } from '../platform/clock.ts';
import { createOutbound, outboundReplyLimitBytes, outboundTimeoutMs } from './outbound.ts';
import { isPrivateAddress } from './private-ranges.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

async function serve(answer: RequestListener): Promise<number> {
  const server = createServer(answer);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

const code = (asked: Promise<unknown>) =>
  asked.then(
    () => 'allowed',
    (error: unknown) => (isAppError(error) ? error.code : error),
  );
const resolving = (...addresses: string[]) => {
  return async () => addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
};

test.each([
  '0.0.0.0',
  '10.1.2.3',
  '100.64.0.1',
  '127.0.0.1',
  '127.9.9.9',
  '169.254.169.254',
  '172.16.0.1',
  '172.31.255.255',
  '192.168.0.1',
  '198.18.0.1',
  '224.0.0.1',
  '255.255.255.255',
  '::',
  '::1',
  '::ffff:127.0.0.1',
  '::ffff:10.0.0.1',
  '64:ff9b::7f00:1',
  '64:ff9b::a00:1',
  'fc00::1',
  'fd12::1',
  'fe80::1',
  'ff02::1',
  '2002:7f00:1::',
  '2001:0:1::',
  '2001:2::1',
  '::127.0.0.1',
  '::a00:1',
  '::102:304',
  '::ffff:0:127.0.0.1',
  '::fffe:1.1.1.1',
  '64:ff9b:1::101:101',
  '64:ff9b:0:0:0:1:101:101',
  '100::1',
  '100:0:0:1::1',
  '1fff:ffff::1',
  '4000::1',
  '5f00::1',
  'fec0::1',
  'feff::1',
  'fe80::1%eth0',
  'not an address',
])('%s is private', (address) => {
  expect(isPrivateAddress(address)).toBe(true);
});

test.each(Object.values(specialIpv4Ranges).flat())('the whole of %s, as core lists it, is private', (range) => {
  const [network = '', bits] = range.split('/');
  const first = network.split('.').reduce((value, part) => value * 256 + Number(part), 0);
  for (const value of [first, first + 2 ** (32 - Number(bits)) - 1]) {
    const address = [24, 16, 8, 0].map((shift) => (value >>> shift) & 255).join('.');
    expect(isPrivateAddress(address), address).toBe(true);
    expect(isPrivateAddress(`64:ff9b::${address}`), address).toBe(true);
  }
});

test.each([
  '1.1.1.1',
  '172.15.255.255',
  '172.32.0.1',
  '100.63.255.255',
  '100.128.0.1',
  '192.167.255.255',
  '2606:4700::1111',
  '2000::1',
  '2001:200::1',
  '3fff:ffff::1',
  '64:ff9b::101:101',
  '::ffff:1.1.1.1',
])('%s is public', (address) => {
  expect(isPrivateAddress(address)).toBe(false);
});

test('a private target is reached only when that host and port were allowed, by name or by address', async () => {
  const lookup = resolving('10.0.0.5');
  const bare = createOutbound({ clock: systemClock, allowPrivate: [], lookup });
  expect(await code(bare.check('ns.example.com', 53))).toBe('outbound_forbidden');
  const byName = createOutbound({ clock: systemClock, allowPrivate: [{ host: 'NS.example.com', port: 53 }], lookup });
  expect(await byName.check('ns.EXAMPLE.com', 53)).toMatchObject({ address: '10.0.0.5' });
  expect(await code(byName.check('ns.example.com', 54))).toBe('outbound_forbidden');
  const byAddress = createOutbound({ clock: systemClock, allowPrivate: [{ host: '10.0.0.5', port: 53 }], lookup });
  expect(await code(byAddress.check('other.example.com', 53))).toBe('allowed');
  expect(byAddress.mayReach('10.0.0.5', 53)).toBe(true);
  expect(byAddress.mayReach('10.0.0.6', 53)).toBe(false);
});

test('of a name with a public and a private address the public one is taken', async () => {
  const outbound = createOutbound({
    clock: systemClock,
    allowPrivate: [],
    lookup: resolving('10.0.0.5', '203.0.113.7'),
  });
  expect(await outbound.check('mixed.example.com', 443)).toMatchObject({ address: '203.0.113.7' });
});

test('the connection goes to the address that was checked: the name is resolved once', async () => {
  const hosts: (string | undefined)[] = [];
  const port = await serve((request, response) => {
    hosts.push(request.headers.host);
    response.writeHead(202).end('taken');
  });
  let lookups = 0;
  const outbound = createOutbound({
    clock: systemClock,
    allowPrivate: [{ host: 'hooks.example.net', port }],
    lookup: async () => {
      lookups += 1;
      return [{ address: lookups === 1 ? '127.0.0.1' : '192.0.2.1', family: 4 }];
    },
  });
  expect(await outbound.post(`http://hooks.example.net:${port}/x`, '{}', {})).toEqual({
    status: 202,
    body: 'taken',
    retryAfterSeconds: null,
  });
  expect(hosts).toEqual([`hooks.example.net:${port}`]);
  expect(lookups).toBe(1);
});

test('a redirect is told, not followed', async () => {
  let asked = 0;
  const port = await serve((_request, response) => {
    asked += 1;
    response.writeHead(307, { location: 'http://169.254.169.254/latest' }).end();
  });
  const outbound = createOutbound({ clock: systemClock, allowPrivate: [{ host: '127.0.0.1', port }] });
  expect(await outbound.post(`http://127.0.0.1:${port}/`, '', {})).toMatchObject({ status: 307 });
  expect(asked).toBe(1);
});

test('a reply is read up to 64 KiB', async () => {
  const port = await serve((_request, response) => response.end('x'.repeat(1_000_000)));
  const outbound = createOutbound({ clock: systemClock, allowPrivate: [{ host: '127.0.0.1', port }] });
  const { body } = await outbound.post(`http://127.0.0.1:${port}/`, '', {});
  expect(body).toHaveLength(outboundReplyLimitBytes);
});

test('after 5 s without a reply it is given up', async () => {
  const clock = createFakeClock();
  const asked = Promise.withResolvers<void>();
  const port = await serve(() => asked.resolve());
  const outbound = createOutbound({ clock, allowPrivate: [{ host: '127.0.0.1', port }] });
  const ended = code(outbound.post(`http://127.0.0.1:${port}/`, '', {}));
  await asked.promise;
  await clock.advance(outboundTimeoutMs);
  expect(await ended).toBeInstanceOf(Error);
});

test('a look-up that is not answered has the same 5 s, and is ended by them', async () => {
  const clock = createFakeClock();
  const ended: unknown[] = [];
  const outbound = createOutbound({
    clock,
    allowPrivate: [],
    lookup: (_host, signal) => {
      signal.addEventListener('abort', () => ended.push(signal.reason));
      return new Promise(() => {});
    },
  });
  const asked = [outbound.check('silent.example.net', 25), outbound.post('https://silent.example.net/', '', {})].map(
    code,
  );
  await clock.advance(outboundTimeoutMs);
  expect(await Promise.all(asked)).toEqual(['outbound_unresolved', 'outbound_unresolved']);
  expect(ended).toHaveLength(2);
  expect(clock.pendingTimers).toBe(0);
});

test('who gives up waits for no look-up', async () => {
  const outbound = createOutbound({
    clock: createFakeClock(),
    allowPrivate: [],
    lookup: () => new Promise(() => {}),
  });
  const leaving = new AbortController();
  const asked = code(outbound.post('https://silent.example.net/', '', {}, leaving.signal));
  leaving.abort();
  expect(await asked).toBe('outbound_unresolved');
});

test.each(['ftp://example.net', 'https://a:b@example.net/', 'nothing', 'file:///etc/passwd'])(
  '%s is no web address to post to',
  async (url) => {
    const outbound = createOutbound({ clock: systemClock, allowPrivate: [], lookup: resolving('1.1.1.1') });
    expect(await code(outbound.post(url, '', {}))).toBe('url_invalid');
  },
);

test.each([
  'http://0x7f000001/',
  'http://2130706433/',
  'http://127.1/',
  'http://[::ffff:127.0.0.1]/',
  'http://localhost/',
])('%s is loopback, however it is written', async (url) => {
  const outbound = createOutbound({ clock: systemClock, allowPrivate: [] });
  expect(await code(outbound.post(url, '', {}))).toBe('outbound_forbidden');
});
