import { type AddressInfo, createServer, type Server } from 'node:net';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { systemClock } from '../../platform/clock.ts';
import { createProviderDesk } from '../../services/dns-providers.ts';
import { openReceiver, type Receiver } from '../../services/notifications/testing/receiver.ts';
import { createOutbound, type Outbound, type OutboundOptions } from '../../services/outbound.ts';
import type { CheckedTarget } from '../../services/outbound-target.ts';
import { goodKey } from '../testing/built-edge.ts';
import { type Answer, api, openSiege, type Siege } from './testing/siege.ts';

/*
 * Whoever may name a host that the control plane speaks to (webhook, chat, mail server, name server, panel), and names one that only the control
 * plane can reach (R40). What is looked up is said by the test; connections are real, to loopback.
 */

type Reached<Result> = (target: CheckedTarget, signal: AbortSignal) => Promise<Result>;

let siege: Siege;
let lookup: NonNullable<OutboundOptions['lookup']>;
let allowPrivate: { host: string; port: number }[] = [];
const lookedUp: string[] = [];
const receivers: Receiver[] = [];
const servers: Server[] = [];

beforeAll(async () => {
  siege = await openSiege({
    clock: systemClock,
    change: ({ db, clock, random, secrets, providers }) => {
      const outbound = {
        of: () =>
          createOutbound({
            clock,
            allowPrivate,
            lookup: (host, signal) => {
              lookedUp.push(host);
              return lookup(host, signal);
            },
          }),
      };
      const now = {
        mayReach: (address: string, port: number) => outbound.of().mayReach(address, port),
        check: (host: string, port: number) => outbound.of().check(host, port),
        post: (...asked: Parameters<ReturnType<typeof createOutbound>['post']>) => outbound.of().post(...asked),
        openApi: (...asked: Parameters<Outbound['openApi']>) => outbound.of().openApi(...asked),
        reach: <Result>(host: string, port: number, act: Reached<Result>) => outbound.of().reach(host, port, act),
      };
      const desk = createProviderDesk({ db, clock, random, secrets, outbound: now, instance: providers.instance });
      return { outbound: now, providers: desk };
    },
  });
});
afterAll(() => siege.close());
afterEach(() => {
  for (const receiver of receivers.splice(0)) receiver.close();
  for (const server of servers.splice(0)) server.close();
  lookedUp.length = 0;
  allowPrivate = [];
});

const post = (path: string, body: unknown) => siege.ask('POST', `${api}${path}`, { body, secret: siege.house.token });
const channels = '/notification-channels';
const inUrl = (host: string) => (host.includes(':') ? `[${host}]` : host);
const mail = { kind: 'email', from: 'a@example.com', to: ['b@example.com'], security: 'none' } as const;
let made = 0;

function panel(provider: 'cpanel' | 'whm', host: string, port: number): Promise<Answer> {
  made += 1;
  const test = { zone: 'example.com', name: 'x.example.com' };
  const settings = { provider, host, port, user: 'owner', token: 'canary' };
  return post('/dns-credentials', { name: `panel ${made}`, settings, test });
}

/** Each way to name a host. */
const ways: Readonly<Record<string, (host: string, port: number) => Promise<Answer>>> = {
  webhook: (host, port) => post(channels, { kind: 'webhook', url: `http://${inUrl(host)}:${port}/x` }),
  slack: (host, port) => post(channels, { kind: 'slack', url: `http://${inUrl(host)}:${port}/x` }),
  email: (host, port) => post(channels, { ...mail, host, port }),
  'name server': (host, port) => {
    made += 1;
    const test = { zone: 'example.com', name: 'x.example.com' };
    return post('/dns-credentials', { name: `key ${made}`, settings: { ...goodKey, host, port }, test });
  },
  'provider’s API': (host, port) => {
    made += 1;
    const test = { zone: 'example.com', name: 'x.example.com' };
    const settings = { provider: 'cloudflare', token: 'canary', apiBase: `http://${inUrl(host)}:${port}/v4` };
    return post('/dns-credentials', { name: `token ${made}`, settings, test });
  },
  'panel of cPanel': (host, port) => panel('cpanel', host, port),
  'panel of WHM': (host, port) => panel('whm', host, port),
  'panel’s certificate': (host, port) => post('/dns/panel-certificate', { host, port }),
};

const forms: readonly (readonly [string, string, string])[] = [
  ['loopback', '127.0.0.1', '127.0.0.1'],
  ['another loopback', '127.8.9.10', '127.8.9.10'],
  ['loopback in IPv6', '::1', '::1'],
  ['loopback mapped into IPv6', '::ffff:127.0.0.1', '::ffff:127.0.0.1'],
  ['loopback mapped in hexadecimal', '::ffff:7f00:1', '::ffff:7f00:1'],
  ['loopback behind NAT64', '64:ff9b::7f00:1', '64:ff9b::7f00:1'],
  ['loopback behind 6to4', '2002:7f00:1::', '2002:7f00:1::'],
  ['loopback as one decimal number', '2130706433', '127.0.0.1'],
  ['loopback in hexadecimal', '0x7f000001', '127.0.0.1'],
  ['loopback in octal', '0177.0.0.1', '127.0.0.1'],
  ['loopback cut short', '127.1', '127.0.0.1'],
  ['loopback by name', 'localhost', '127.0.0.1'],
  ['loopback by a name with a final dot', 'localhost.', '127.0.0.1'],
  ['a private network', '10.1.2.3', '10.1.2.3'],
  ['another private network', '192.168.1.1', '192.168.1.1'],
  ['a carrier’s network', '100.64.1.1', '100.64.1.1'],
  ['a private network in IPv6', 'fd12:3456::1', 'fd12:3456::1'],
  ['link-local', '169.254.1.1', '169.254.1.1'],
  ['link-local in IPv6', 'fe80::1', 'fe80::1'],
  ['a cloud’s metadata', '169.254.169.254', '169.254.169.254'],
  ['a cloud’s metadata in IPv6', 'fd00:ec2::254', 'fd00:ec2::254'],
  ['a cloud’s metadata by name', 'metadata.google.internal', '169.254.169.254'],
  ['any address', '0.0.0.0', '0.0.0.0'],
  ['any address in IPv6', '::', '::'],
  ['multicast', '224.0.0.1', '224.0.0.1'],
  ['a public name that leads inside', 'inside.example.net', '10.0.0.8'],
];

const cases = Object.keys(ways).flatMap((way) => forms.map((form) => [way, ...form] as const));
test.each(cases)('a %s at %s (%s) is refused, and nothing of it is stored', async (way, what, host, address) => {
  lookup = async () => [{ address, family: address.includes(':') ? 6 : 4 }];
  const changed = await siege.changedBy(async () => {
    const answer = await ways[way]?.(host, 80);
    expect(answer, what).toMatchObject({ status: 422, code: 'outbound_forbidden' });
  });
  expect(changed).toEqual([]);
});

test.each(Object.keys(ways))(
  'a %s with only private answers beside one another is refused, however many there are',
  async (way) => {
    lookup = async () =>
      ['10.0.0.1', '169.254.169.254', '::1'].map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
    expect((await ways[way]?.('many.example.net', 80))?.code).toBe('outbound_forbidden');
  },
);

async function listening(): Promise<{ port: number; connections: () => number }> {
  let connections = 0;
  const server = createServer((socket) => {
    connections += 1;
    socket.destroy();
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { port: (server.address() as AddressInfo).port, connections: () => connections };
}

test.each(Object.keys(ways))(
  'a host that was allowed for a %s is allowed on its port only, and no other host with it',
  async (way) => {
    const inside = await listening();
    lookup = async () => [{ address: '127.0.0.1', family: 4 }];
    allowPrivate = [{ host: 'hooks.example.net', port: inside.port + 1 }];
    expect((await ways[way]?.('hooks.example.net', inside.port))?.code).toBe('outbound_forbidden');
    // Of a panel the final dot is left off before anything: it is the same host.
    const another = way.startsWith('panel') ? 'www.hooks.example.net' : 'hooks.example.net.';
    expect((await ways[way]?.(another, inside.port + 1))?.code).toBe('outbound_forbidden');
    expect((await ways[way]?.('other.example.net', inside.port + 1))?.code).toBe('outbound_forbidden');
    expect(inside.connections()).toBe(0);
  },
);

/** Public when it is checked, inside a moment later: what a name of the attacker's answers. */
function rebinding(after: number): NonNullable<OutboundOptions['lookup']> {
  let asked = 0;
  return async () => {
    asked += 1;
    return [{ address: asked > after ? '127.0.0.1' : '192.0.2.1', family: 4 }];
  };
}

test.each(['webhook', 'slack', 'email'])(
  'a %s whose name leads inside after it was stored is refused when it is told, without a connection',
  async (way) => {
    const inside = await listening();
    lookup = rebinding(1);
    const { body } = (await ways[way]?.('rebinding.example.net', inside.port)) ?? {};
    const tried = await post(`${channels}/${body?.channel.id}/test`, undefined);
    expect(tried.body).toMatchObject({ delivered: false, status: null });
    expect(tried.body.sentence).toMatch(/private or local/);
    expect(lookedUp).toEqual(['rebinding.example.net', 'rebinding.example.net']);
    expect(inside.connections()).toBe(0);
  },
);

test.each(['webhook', 'slack', 'email'])(
  'a %s is connected to where it was checked: one look-up, whatever a second one would say',
  async (way) => {
    const receiver = await openReceiver();
    receivers.push(receiver);
    const inside = await listening();
    // Checked twice (when it is stored, when it is told), each time as 127.0.0.1; every look-up beyond those would lead elsewhere.
    let asked = 0;
    lookup = async () => {
      asked += 1;
      return [{ address: asked > 2 ? '127.0.0.2' : '127.0.0.1', family: 4 }];
    };
    allowPrivate = [{ host: 'rebinding.example.net', port: receiver.port }];
    const { body } = (await ways[way]?.('rebinding.example.net', receiver.port)) ?? {};
    await post(`${channels}/${body?.channel.id}/test`, undefined);
    expect(asked).toBe(2);
    expect(inside.connections()).toBe(0);
  },
);

test.each(['webhook', 'slack'])(
  'a redirect of a %s to the inside is told by its number and not followed',
  async (way) => {
    const [outside, inside] = [await openReceiver(), await openReceiver()];
    receivers.push(outside, inside);
    lookup = async () => [{ address: '127.0.0.1', family: 4 }];
    allowPrivate = [{ host: 'hooks.example.net', port: outside.port }];
    const { body } = (await ways[way]?.('hooks.example.net', outside.port)) ?? {};
    for (const [status, location] of [
      [301, `http://127.0.0.1:${inside.port}/`],
      [302, 'http://169.254.169.254/latest/meta-data/'],
      [307, `http://hooks.example.net:${inside.port}/`],
      [308, `//127.0.0.1:${inside.port}/`],
      [303, 'file:///etc/passwd'],
    ] as const) {
      outside.reply = () => ({ status, headers: { location } });
      const tried = await post(`${channels}/${body?.channel.id}/test`, undefined);
      expect(tried.body).toMatchObject({ delivered: false, status });
      expect(tried.text).not.toContain(location);
    }
    expect(inside.received).toEqual([]);
  },
);

test('what an address answers is not shown: a test says its number and nothing of its words', async () => {
  const outside = await openReceiver();
  receivers.push(outside);
  lookup = async () => [{ address: '127.0.0.1', family: 4 }];
  allowPrivate = [{ host: 'hooks.example.net', port: outside.port }];
  const { body } = (await ways['webhook']?.('hooks.example.net', outside.port)) ?? {};
  outside.reply = () => ({ status: 500, headers: { 'x-inside': 'canary-header' } });
  const tried = await post(`${channels}/${body?.channel.id}/test`, undefined);
  expect(tried.body).toMatchObject({ delivered: false, status: 500 });
  expect(tried.text + siege.logged()).not.toContain('canary-header');
});

test.each([
  'file:///etc/passwd',
  'gopher://127.0.0.1:70/_x',
  'ftp://127.0.0.1/',
  'unix:///run/docker.sock',
  'data:text/plain,x',
  'https://user:password@hooks.example.net/',
  'hooks.example.net/x',
  '//hooks.example.net/x',
])('%s is no address of a webhook', async (url) => {
  lookup = async () => [{ address: '192.0.2.1', family: 4 }];
  const changed = await siege.changedBy(async () => {
    for (const kind of ['webhook', 'slack']) expect((await post(channels, { kind, url })).code).toBe('url_invalid');
  });
  expect(changed).toEqual([]);
  expect(lookedUp).toEqual([]);
});

test.each(['mail.example.com\r\nRCPT TO:<x@example.com>', 'mail.example.com\nX', 'mail.example.com\0', 'a b'])(
  'a mail server whose name holds commands (%j) is refused',
  async (host) => {
    lookup = async (name) => {
      if (/\s/.test(name)) throw new Error('ENOTFOUND');
      return [{ address: '192.0.2.1', family: 4 }];
    };
    const changed = await siege.changedBy(async () => {
      expect(['request_invalid', 'outbound_unresolved']).toContain(
        (await post(channels, { ...mail, host, port: 25 })).code,
      );
    });
    expect(changed).toEqual([]);
  },
);
