import { expect, test } from 'vitest';
import { systemClock as clock } from '../../platform/clock.ts';
import { createOutbound } from '../outbound.ts';
import { openRunbooks } from '../runbooks.ts';
import type { ChannelSecret, OpenChannel } from './channel-secret.ts';
import type { Message } from './message.ts';
import { send } from './send.ts';
import { openReceiver } from './testing/receiver.ts';

const runbooks = openRunbooks({ publicUrl: '' });
const message: Message = {
  id: 'n1_c1',
  happenedAt: new Date(0),
  notice: {
    kind: 'dns.blocked',
    severity: 'critical',
    poolId: null,
    memberId: null,
    pool: null,
    member: null,
    sentence: 'What happened.',
    details: {},
  },
};
const kinds = ['webhook', 'slack', 'email'] as const;

function channel(kind: (typeof kinds)[number], host: string, port: number): OpenChannel {
  const url = `http://${host.includes(':') ? `[${host}]` : host}:${port}/`;
  const mail = { security: 'none', user: null, password: null, from: 'a@example.com', to: ['b@example.com'] } as const;
  const secrets: Readonly<Record<typeof kind, ChannelSecret>> = {
    webhook: { kind: 'webhook', url, signingSecret: null },
    slack: { kind: 'slack', url },
    email: { kind: 'email', host, port, ...mail },
  };
  return { id: 'c1', name: 'c', secret: secrets[kind] };
}

const places = [
  ['loopback', '127.0.0.1'],
  ['loopback in IPv6', '::1'],
  ['loopback mapped into IPv6', '::ffff:127.0.0.1'],
  ['a private network', '10.1.2.3'],
  ['the metadata service of a cloud', '169.254.169.254'],
  ['the metadata service behind NAT64', '64:ff9b::a9fe:a9fe'],
  ['any address', '0.0.0.0'],
] as const;

test.each(kinds.flatMap((kind) => places.map((place) => [kind, ...place] as const)))(
  'a %s channel does not reach %s, by address or behind a name',
  async (kind, _what, address) => {
    const family = address.includes(':') ? 6 : 4;
    const outbound = createOutbound({ clock, allowPrivate: [], lookup: async () => [{ address, family }] });
    for (const host of [address, 'hooks.example.com']) {
      const answer = await send({ outbound, clock, runbooks }, channel(kind, host, 80), message);
      expect(answer).toMatchObject({ delivered: false, status: null });
      expect(answer.sentence).toMatch(/^This address is private or local/);
    }
  },
);

test.each(kinds)(
  'a %s channel is judged by the address that it then connects to, and the name is looked up once',
  async (kind) => {
    const inside = await openReceiver();
    const asked: string[] = [];
    // The first answer is public and refuses connections nowhere near us; a second one would lead inside.
    const lookup = async (host: string) => {
      asked.push(host);
      return [{ address: asked.length > 1 ? '127.0.0.1' : '192.0.2.1', family: 4 }];
    };
    const stop = new AbortController();
    const allowPrivate = [{ host: '192.0.2.1', port: inside.port }];
    const outbound = createOutbound({ clock, allowPrivate, lookup });
    const sent = send(
      { outbound, clock, runbooks },
      channel(kind, 'hooks.example.com', inside.port),
      message,
      stop.signal,
    );
    clock.after(300, () => stop.abort());
    expect(await sent).toMatchObject({ delivered: false });
    expect(asked).toEqual(['hooks.example.com']);
    expect(inside.received).toEqual([]);
    inside.close();
  },
);

test.each(['webhook', 'slack'] as const)('a %s channel follows no redirect', async (kind) => {
  const [outside, inside] = [await openReceiver(), await openReceiver()];
  outside.reply = () => ({ status: 307, headers: { location: `http://127.0.0.1:${inside.port}/` } });
  const allowPrivate = [outside, inside].map(({ port }) => ({ host: 'hooks.example.com', port }));
  const outbound = createOutbound({ clock, allowPrivate, lookup: async () => [{ address: '127.0.0.1', family: 4 }] });
  const answer = await send({ outbound, clock, runbooks }, channel(kind, 'hooks.example.com', outside.port), message);
  expect(answer).toMatchObject({ delivered: false, status: 307 });
  expect(answer.sentence).toContain('a redirect, which is not followed');
  expect([outside.received.length, inside.received.length]).toEqual([1, 0]);
  outside.close();
  inside.close();
});
