import type { InstanceId } from '@serverctl/core';
import { afterEach, describe, expect, it } from 'vitest';
import { type Asked, type FakeServer, startFakeServer } from '../testing/index.ts';
import { encodeMessage, type Message, plainFlags } from '../wire/message.ts';
import { rrClass, rrType } from '../wire/registry.ts';
import { signReply } from '../wire/testing.ts';
import type { TsigData } from '../wire/tsig-data.ts';
import { type Client, createClient } from './client.ts';
import { prepareKey, type Rfc2136Options } from './schema.ts';

const nowSeconds = 1_800_000_000;
const key = { name: 'Edge.', algorithm: 'HMAC-SHA256', secret: Buffer.alloc(32, 7).toString('base64') };
const update = { zone: 'example.test', prerequisites: [], changes: [] };

let server: FakeServer | null = null;
afterEach(async () => {
  await server?.stop();
  server = null;
});

async function clientOf(answer: Parameters<typeof startFakeServer>[0], more: Partial<Rfc2136Options> = {}) {
  server = await startFakeServer(answer);
  let id = 0;
  return createClient({
    ...{ host: server.address, port: server.port, key, instance: 'aaaaaaaaaaaa' as InstanceId },
    ...{ wallClock: () => nowSeconds * 1000 + 999, randomId: () => ++id },
    ...more,
  });
}

function plainReply({ message }: Asked, rcode: number, more: Partial<Message> = {}): Uint8Array {
  const flags = { ...plainFlags, response: true, authoritative: true };
  return encodeMessage({ ...message, answers: [], authority: [], additional: [], rcode, flags, ...more });
}

/** A reply with the right MAC, unless `changes` says otherwise. */
function signed(asked: Asked, rcode: number, changes: Partial<TsigData> = {}, more: Partial<Message> = {}): Uint8Array {
  return signReply(plainReply(asked, rcode, more), asked.message, prepareKey(key), nowSeconds, changes);
}

/** A TSIG without MAC, as servers send it that cannot sign. */
function excused(asked: Asked, error: number): Uint8Array {
  const tsig = {
    algorithm: 'hmac-sha256',
    timeSeconds: nowSeconds,
    fudgeSeconds: 300,
    originalId: asked.message.id,
    error,
  };
  const data = { kind: 'tsig' as const, tsig: { ...tsig, mac: new Uint8Array(0), other: new Uint8Array(0) } };
  const record = { name: 'edge', type: rrType.tsig, class: rrClass.any, ttlSeconds: 0, data };
  return plainReply(asked, 9, { additional: [record] });
}

const soon = () => AbortSignal.timeout(5_000);
const ask = (client: Client) => client.query('lb.example.test', rrType.a, soon());

describe('a reply', () => {
  it('with the right signature is believed, and tells the server’s clock', async () => {
    const client = await clientOf((asked) => signed(asked, 0, { timeSeconds: nowSeconds + 42 }));
    expect(await ask(client)).toMatchObject({ rcode: 'NOERROR', skewSeconds: 42 });
    expect(await client.update(update, soon())).toMatchObject({ rcode: 'NOERROR' });
  });

  it.each([
    [5, 'dns_not_allowed'],
    [9, 'dns_zone_not_served'],
    [10, 'dns_name_not_in_zone'],
    [3, 'dns_rrset_drifted'],
    [6, 'dns_rrset_drifted'],
    [7, 'dns_rrset_drifted'],
    [8, 'dns_rrset_drifted'],
    [1, 'dns_server_failure'],
    [2, 'dns_server_failure'],
    [4, 'dns_server_failure'],
    [13, 'dns_server_failure'],
  ])('to an update that is proven, with rcode %i, is %s', async (rcode, code) => {
    const client = await clientOf((asked) => signed(asked, rcode));
    await expect(client.update(update, soon())).rejects.toMatchObject({ code, details: { proven: true } });
  });

  it('with BADTIME tells by how much the clocks differ', async () => {
    const serverTime = Uint8Array.from([0, 0, 0x6b, 0x49, 0xe0, 0x10]);
    const client = await clientOf((asked) => signed(asked, 9, { error: 18, other: serverTime }));
    const details = { skewSeconds: 3600, proven: true };
    await expect(ask(client)).rejects.toMatchObject({ code: 'dns_tsig_clock_skew', details });
  });

  it.each([
    [17, 'dns_tsig_unknown_key'],
    [16, 'dns_tsig_wrong_secret'],
  ])('that cannot be signed is named by its TSIG error %i: %s', async (error, code) => {
    const client = await clientOf((asked) => excused(asked, error));
    await expect(ask(client)).rejects.toMatchObject({ code, details: { proven: false } });
    await expect(client.update(update, soon())).rejects.toMatchObject({ code });
  });

  it.each([
    ['REFUSED', 5, 'dns_not_allowed'],
    ['SERVFAIL', 2, 'dns_server_failure'],
    ['FORMERR', 1, 'dns_server_failure'],
    ['NOTAUTH', 9, 'dns_zone_not_served'],
  ])('without any TSIG that says %s is reported as such, unproven', async (_, rcode, code) => {
    const client = await clientOf((asked) => plainReply(asked, rcode));
    await expect(client.update(update, soon())).rejects.toMatchObject({ code, details: { proven: false } });
  });

  it('without any TSIG that says NOTAUTH to a query does not like our signature', async () => {
    const client = await clientOf((asked) => plainReply(asked, 9));
    const details = { rcode: 'NOTAUTH', because: 'unsigned' };
    await expect(ask(client)).rejects.toMatchObject({ code: 'dns_reply_unproven', details });
  });

  it('without any TSIG that says NOERROR is not believed', async () => {
    const client = await clientOf((asked) => plainReply(asked, 0));
    await expect(ask(client)).rejects.toMatchObject({ code: 'dns_reply_unproven' });
    await expect(client.update(update, soon())).rejects.toMatchObject({ code: 'dns_outcome_unknown' });
  });

  it('with a wrong signature is not believed, whatever it says', async () => {
    const client = await clientOf((asked) => signed(asked, 5, { mac: new Uint8Array(32) }));
    await expect(ask(client)).rejects.toMatchObject({ code: 'dns_reply_unproven' });
    await expect(client.update(update, soon())).rejects.toMatchObject({ code: 'dns_outcome_unknown' });
  });

  it.each([
    ['garbage', () => new Uint8Array(40).fill(0xff)],
    ['an HTTP error', () => Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n')],
    ['a reply to something else', (asked: Asked) => signed({ ...asked, message: { ...asked.message, id: 999 } }, 0)],
    ['our own question', (asked: Asked) => asked.bytes],
  ])('over TCP that is %s is malformed, and leaves an update open', async (_, answer) => {
    const client = await clientOf(answer);
    await expect(ask(client)).rejects.toMatchObject({ code: 'dns_reply_malformed' });
    await expect(client.update(update, soon())).rejects.toMatchObject({ code: 'dns_outcome_unknown' });
  });
});

describe('over UDP', () => {
  const overUdp = { transport: 'udp' } as const;
  const transports = () => server?.asked.map(({ transport }) => transport);

  it('a proven reply is enough', async () => {
    const client = await clientOf((asked) => signed(asked, 0), overUdp);
    await client.update(update, soon());
    expect(transports()).toEqual(['udp']);
  });

  it('an unproven refusal is asked for again over TCP, under a new id', async () => {
    const client = await clientOf(
      (asked) => (asked.transport === 'udp' ? plainReply(asked, 5) : signed(asked, 0)),
      overUdp,
    );
    expect(await client.update(update, soon())).toMatchObject({ rcode: 'NOERROR' });
    expect(transports()).toEqual(['udp', 'tcp']);
    expect(new Set(server?.asked.map(({ message }) => message.id)).size).toBe(2);
  });

  it('an answer that is cut short is asked for again over TCP', async () => {
    const cut = { ...plainFlags, response: true, authoritative: true, truncated: true };
    const client = await clientOf(
      (asked) => signed(asked, 0, {}, asked.transport === 'udp' ? { flags: cut } : {}),
      overUdp,
    );
    expect((await ask(client)).message.flags.truncated).toBe(false);
    expect(transports()).toEqual(['udp', 'tcp']);
  });

  it('what is no reply to us is ignored', async () => {
    const client = await clientOf(() => new Uint8Array(40).fill(0xff), overUdp);
    const asking = client.query('lb.example.test', rrType.a, AbortSignal.timeout(100));
    await expect(asking).rejects.toMatchObject({ code: 'dns_unreachable', details: { because: 'no answer in time' } });
  });
});

describe('a server', () => {
  it('that is not there is unreachable, for updates too: nothing was sent', async () => {
    const client = await clientOf(() => null);
    await server?.stop();
    server = null;
    await expect(client.update(update, soon())).rejects.toMatchObject({ code: 'dns_unreachable' });
  });

  it.each(['close', null] as const)(
    'that takes the request and answers %s leaves an update open, a read not',
    async (said) => {
      const client = await clientOf(() => said);
      const signal = () => AbortSignal.timeout(200);
      await expect(client.update(update, signal())).rejects.toMatchObject({ code: 'dns_outcome_unknown' });
      await expect(client.query('lb.example.test', rrType.a, signal())).rejects.toMatchObject({
        code: 'dns_unreachable',
      });
    },
  );

  it('keeps no connection of ours, whatever happened', async () => {
    const client = await clientOf((asked) => (asked.message.opcode === 5 ? null : signed(asked, 0)));
    await ask(client);
    await client.update(update, AbortSignal.timeout(100)).catch(() => undefined);
    await expect.poll(() => server?.connections).toBe(0);
  });

  it('is resolved and checked before each call (R40)', async () => {
    const client = await clientOf((asked) => signed(asked, 0), {
      host: 'ns1.example.test',
      resolveHost: async (host) => (host === 'ns1.example.test' ? '127.0.0.1' : ''),
    });
    expect((await ask(client)).rcode).toBe('NOERROR');
  });

  it('named without a way to resolve it is unreachable', async () => {
    const client = await clientOf(() => null, { host: 'ns1.example.test' });
    await expect(ask(client)).rejects.toMatchObject({ code: 'dns_unreachable', details: { because: 'no-address' } });
  });
});

describe('a key', () => {
  it.each([
    [{ secret: 'not base64!' }, 'tsig_secret_invalid'],
    [{ secret: Buffer.alloc(15).toString('base64') }, 'tsig_secret_invalid'],
    [{ algorithm: 'hmac-md5' }, 'tsig_algorithm_unsupported'],
    [{ algorithm: 'constructor' }, 'tsig_algorithm_unsupported'],
    [{ name: '' }, 'tsig_key_name_invalid'],
    [{ name: 'a..b' }, 'tsig_key_name_invalid'],
    [{ name: 'a b' }, 'tsig_key_name_invalid'],
  ])('that cannot work is refused at once: %o', (wrong, code) => {
    expect(() => prepareKey({ ...key, ...wrong })).toThrow(expect.objectContaining({ code }));
  });

  it('whose name cannot be one is told by its field, without repeating it: a whole key may have been pasted', () => {
    const details = { field: 'keyName' };
    expect(() => prepareKey({ ...key, name: 'a b' })).toThrow(expect.objectContaining({ details }));
  });

  it('is compared in lower case, without the trailing dot', () => {
    expect(prepareKey(key)).toMatchObject({ name: 'edge', algorithm: 'hmac-sha256' });
  });
});
