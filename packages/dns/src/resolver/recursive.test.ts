import { afterEach, describe, expect, it } from 'vitest';
import { type Asked, type FakeServer, startFakeServer, startTestBind, whyNoBind } from '../testing/index.ts';
import { host } from '../testing/platform/host.ts';
import { encodeMessage, type Message, plainFlags, type ResourceRecord } from '../wire/message.ts';
import type { Rdata } from '../wire/rdata.ts';
import { rrClass, rrType } from '../wire/registry.ts';
import { createAskRecursive } from './recursive.ts';

const { randomId } = host;
const soon = () => AbortSignal.timeout(5_000);
const name = 'lb.example.test';

const open: { stop(): Promise<void> }[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.stop()));
});

const record = (owner: string, type: number, data: Rdata, ttlSeconds = 60): ResourceRecord => ({
  ...{ name: owner, type, class: rrClass.in, ttlSeconds, data },
});
const a = (owner: string, address: string, ttl?: number) => record(owner, rrType.a, { kind: 'a', address }, ttl);
const cname = (owner: string, target: string, ttl?: number) =>
  record(owner, rrType.cname, { kind: 'cname', target }, ttl);
const soa = (ttl: number, minimum: number) => {
  const rest = [3_600, 600, 86_400, minimum] as const;
  return record('example.test', rrType.soa, { kind: 'soa', primary: 'ns1', mailbox: 'x', serial: 1, rest }, ttl);
};

const cacheFlags = { ...plainFlags, response: true, recursionAvailable: true };
const reply = ({ message }: Asked, sections: Partial<Message>): Uint8Array =>
  encodeMessage({ ...message, flags: cacheFlags, ...sections });
async function saying(sections: Partial<Message>): Promise<FakeServer> {
  const server = await startFakeServer((asked) => reply(asked, sections));
  open.push(server);
  return server;
}
const ask = createAskRecursive({ randomId });
const answered = async (sections: Partial<Message>, type: 'A' | 'AAAA' = 'A') =>
  ask(await saying(sections), name, type, soon());

describe('a recursive resolver', () => {
  it('is asked with recursion desired, for the type that is wanted', async () => {
    const server = await saying({ answers: [a(name, '192.0.2.1', 17)] });
    expect(await ask(server, 'LB.Example.Test.', 'A', soon())).toEqual({
      kind: 'answered',
      addresses: ['192.0.2.1'],
      ttlSeconds: 17,
    });
    await ask(server, name, 'AAAA', soon());
    expect(server.asked.map(({ message }) => [message.flags.recursionDesired, message.questions[0]])).toEqual([
      [true, { name, type: rrType.a, class: rrClass.in }],
      [true, { name, type: rrType.aaaa, class: rrClass.in }],
    ]);
  });

  it('answers for the least TTL of all that it says', async () => {
    const answers = [a(name, '192.0.2.2', 40), a(name, '192.0.2.1', 30), a('other.test', '192.0.2.3', 1)];
    expect(await answered({ answers })).toEqual({
      kind: 'answered',
      addresses: ['192.0.2.1', '192.0.2.2'],
      ttlSeconds: 30,
    });
  });

  it('answers through an alias, as clients follow it', async () => {
    const answers = [a('b.test', '192.0.2.9', 50), cname('a.test', 'b.test', 9), cname(name, 'a.test', 20)];
    expect(await answered({ answers })).toEqual({ kind: 'answered', addresses: ['192.0.2.9'], ttlSeconds: 9 });
  });

  it('that leads in a circle answers with nothing', async () => {
    const answers = [cname(name, 'a.test'), cname('a.test', name)];
    expect(await answered({ answers })).toEqual({ kind: 'answered', addresses: [], ttlSeconds: null });
  });

  it.each([
    ['no such name', 3, [soa(12, 60)], 12],
    ['no such record', 0, [soa(900, 5)], 5],
    ['no such record, without a SOA', 0, [], null],
  ] as const)('that says %s does so for a time of its own (RFC 2308)', async (_what, rcode, authority, ttlSeconds) => {
    expect(await answered({ rcode, authority })).toEqual({ kind: 'answered', addresses: [], ttlSeconds });
  });

  it('with a TTL beyond all bounds keeps nothing (RFC 2181)', async () => {
    expect(await answered({ answers: [a(name, '192.0.2.1', 0x8000_0000)] })).toMatchObject({ ttlSeconds: 0 });
  });

  it.each([
    ['REFUSED', 5],
    ['SERVFAIL', 2],
  ])('that fails says so: %s', async (rcode, code) => {
    expect(await answered({ rcode: code })).toEqual({ kind: 'failed', rcode });
  });

  it('that looks up nothing is none; an authoritative server that has the record answers', async () => {
    const flags = { ...plainFlags, response: true };
    const target = { kind: 'ns', target: 'ns1.example.test' } as const;
    const authority = [record('example.test', rrType.ns, target)];
    expect(await answered({ flags, authority })).toEqual({ kind: 'not-recursive' });
    const authoritative = { ...flags, authoritative: true };
    expect(await answered({ flags: authoritative, answers: [a(name, '192.0.2.1')] })).toMatchObject({
      addresses: ['192.0.2.1'],
    });
    expect(await answered({ flags: authoritative, authority: [soa(9, 9)] })).toMatchObject({ addresses: [] });
  });

  it('is asked again over TCP when its answer is cut short', async () => {
    const answers = Array.from({ length: 60 }, (_, index) => a(name, `192.0.2.${index}`));
    const server = await startFakeServer((asked) =>
      asked.transport === 'udp'
        ? reply(asked, { flags: { ...cacheFlags, truncated: true } })
        : reply(asked, { answers }),
    );
    open.push(server);
    expect(await ask(server, name, 'A', soon())).toMatchObject({ addresses: { length: 60 } });
  });

  it('may be forbidden, be silent, or not be there', async () => {
    const silent = await startFakeServer(() => null);
    open.push(silent);
    const never = createAskRecursive({ randomId, mayAsk: () => false });
    await expect(never(silent, name, 'A', soon())).rejects.toMatchObject({ code: 'outbound_forbidden' });
    expect(silent.asked).toEqual([]);
    await expect(ask(silent, name, 'A', AbortSignal.timeout(50))).rejects.toMatchObject({
      code: 'dns_unreachable',
      details: { because: 'aborted' },
    });
  });
});

const reason = whyNoBind();

describe.skipIf(reason !== null)(`BIND${reason === null ? '' : ` (skipped: ${reason})`}`, () => {
  it('as a cache goes on with what it has for its TTL, while the zone says something else', async () => {
    const primary = await startTestBind({ records: ['lb 300 IN A 192.0.2.1'] });
    open.push(primary);
    const cache = await startTestBind({ cacheOf: primary });
    open.push(cache);
    const first = await ask(cache, name, 'A', soon());
    expect(first).toMatchObject({ kind: 'answered', addresses: ['192.0.2.1'] });
    const script = [`update delete ${name} A`, `update add ${name} 300 A 192.0.2.2`];
    expect(await primary.nsupdate(script)).toMatchObject({ status: 0 });
    expect(await primary.dig(name, 'A')).toEqual(['192.0.2.2']);
    const later = await ask(cache, name, 'A', soon());
    expect(later).toMatchObject({ kind: 'answered', addresses: ['192.0.2.1'] });
    const left = later.kind === 'answered' ? later.ttlSeconds : null;
    expect(left).toBeGreaterThan(0);
    expect(left).toBeLessThanOrEqual(300);
    const none = await ask(cache, 'no.example.test', 'A', soon());
    expect(none).toMatchObject({ kind: 'answered', addresses: [], ttlSeconds: expect.any(Number) });
  });

  it('without recursion refuses, which is told as that', async () => {
    const primary = await startTestBind();
    open.push(primary);
    expect(await ask(primary, 'www.elsewhere.test', 'A', soon())).toEqual({ kind: 'failed', rcode: 'REFUSED' });
  });
});
