import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createResolver } from '../resolver/index.ts';
import { createClient } from '../rfc2136/client.ts';
import { exchangeTcp } from './tcp.ts';
import { exchangeUdp } from './udp.ts';

/*
 * The kernel refuses to connect to these on every host, by the same way that a missing route takes, and no packet leaves:
 * broadcast needs a permission, a link-local or multicast address of IPv6 an interface (and IPv6, where there is none).
 */
const unroutable = ['255.255.255.255', 'ff02::1'];

const request = new Uint8Array(12);
const soon = () => AbortSignal.timeout(300);
const transports = {
  udp: (address: string, port: number, signal: AbortSignal, bytes = request) =>
    exchangeUdp({ address, port }, bytes, () => true, signal),
  tcp: (address: string, port: number, signal: AbortSignal, bytes = request) =>
    exchangeTcp({ address, port }, bytes, signal),
};

const uncaught: unknown[] = [];
const note = (error: unknown) => void uncaught.push(error);
let others: NodeJS.UncaughtExceptionListener[] = [];

beforeEach(() => {
  others = process.listeners('uncaughtException');
  process.removeAllListeners('uncaughtException').on('uncaughtException', note);
});

afterEach(async () => {
  await new Promise((resolve) => setImmediate(resolve)); // what a socket emits late
  process.removeAllListeners('uncaughtException');
  for (const other of others) process.on('uncaughtException', other);
  expect(uncaught.splice(0)).toEqual([]);
});

describe.each(Object.entries(transports))('by %s', (_, exchange) => {
  it.each(unroutable)('%s is refused at once, nothing sent', async (address) => {
    const refused = { name: 'TransportError', because: 'refused', sent: false };
    await expect(exchange(address, 53, AbortSignal.timeout(10_000))).rejects.toMatchObject(refused);
  });

  it('a port that is none is refused', async () => {
    await expect(exchange('127.0.0.1', 70_000, soon())).rejects.toMatchObject({ because: 'refused', sent: false });
  });

  it.each(unroutable)('giving up on %s in the same moment leaves nothing behind', async (address) => {
    const giveUp = new AbortController();
    const asking = exchange(address, 53, giveUp.signal);
    giveUp.abort();
    await expect(asking).rejects.toMatchObject({ because: 'aborted' });
  });
});

const secret = Buffer.alloc(32).toString('base64');
const key = { name: 'key', algorithm: 'hmac-sha256', secret };

describe.each(unroutable)('a server at %s', (address) => {
  it.each(['udp', 'tcp'] as const)('is dns_unreachable for a signed query by %s', async (transport) => {
    const base = { port: 53, key, instance: 'i' as never, wallClock: () => 0, randomId: () => 1 };
    const client = createClient({ ...base, host: address, transport });
    await expect(client.query('example.test', 1, soon())).rejects.toMatchObject({ code: 'dns_unreachable' });
  });

  it('is dns_unreachable for the resolver, as a start point too', async () => {
    const resolver = createResolver({ startPoints: [{ address }], randomId: () => 1 });
    const unreachable = { code: 'dns_unreachable' };
    await expect(resolver.authoritativeServers('example.test', soon())).rejects.toMatchObject(unreachable);
    const server = { name: 'ns1', address, port: 53 };
    await expect(resolver.ask(server, 'example.test', 'A', soon())).rejects.toMatchObject(unreachable);
  });
});
