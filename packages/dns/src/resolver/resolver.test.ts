import { afterEach, describe, expect, it } from 'vitest';
import {
  type Asked,
  type FakeServer,
  startFakeServer,
  startTestBind,
  type TestBind,
  whyNoBind,
} from '../testing/index.ts';
import { host } from '../testing/platform/host.ts';
import { encodeMessage, type Message, plainFlags, type ResourceRecord } from '../wire/message.ts';
import type { Rdata } from '../wire/rdata.ts';
import { rrClass, rrType } from '../wire/registry.ts';
import { createResolver } from './index.ts';

const { randomId } = host;
const soon = () => AbortSignal.timeout(5_000);
const zone = 'example.test';

const open: { stop(): Promise<void> }[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.stop()));
});

async function fake(answer: (asked: Asked) => Uint8Array | null, address?: string): Promise<FakeServer> {
  const server = await startFakeServer(answer, address);
  open.push(server);
  return server;
}

function record(name: string, type: number, data: Rdata): ResourceRecord {
  return { name, type, class: rrClass.in, ttlSeconds: 60, data };
}
const ns = (name: string, target: string) => record(name, rrType.ns, { kind: 'ns', target });
const a = (name: string, address: string) => record(name, rrType.a, { kind: 'a', address });
const aaaa = (name: string, address: string) => record(name, rrType.aaaa, { kind: 'aaaa', address });

function reply({ message }: Asked, isAuthoritative: boolean, sections: Partial<Message>): Uint8Array {
  const flags = { ...plainFlags, response: true, authoritative: isAuthoritative };
  return encodeMessage({ ...message, flags, ...sections });
}

/** A parent at 127.0.0.1 that refers to `servers` for the zone, with glue. */
const parentOf = (servers: Record<string, string>) => (asked: Asked) =>
  reply(asked, false, {
    authority: Object.keys(servers).map((name) => ns(zone, name)),
    additional: Object.entries(servers).map(([name, address]) => a(name, address)),
  });

/** A server of the zone that names `servers` itself. */
const childOf = (servers: Record<string, string>) => (asked: Asked) => {
  const { name = '', type } = asked.message.questions[0] ?? {};
  const address = servers[name];
  if (type === rrType.ns)
    return reply(asked, true, { answers: Object.keys(servers).map((server) => ns(zone, server)) });
  return reply(asked, true, { answers: type === rrType.a && address !== undefined ? [a(name, address)] : [] });
};

describe('the servers of a zone', () => {
  it('are found by referral, the parent’s word and the zone’s own together', async () => {
    const child = await fake(
      childOf({ 'ns1.example.test': '127.0.0.2', 'ns2.example.test': '127.0.0.3' }),
      '127.0.0.2',
    );
    const parent = await fake(parentOf({ 'ns1.example.test': '127.0.0.2', 'old.example.test': '127.0.0.4' }));
    const second = await fake(childOf({}), '127.0.0.3');
    const startPoints = [parent];
    const ports = { '127.0.0.2': child.port, '127.0.0.3': second.port };
    const resolver = createResolver({ startPoints, ports, randomId });
    expect(await resolver.authoritativeServers('Example.Test.', soon())).toEqual([
      { name: 'ns1.example.test', address: '127.0.0.2', port: child.port },
      { name: 'ns2.example.test', address: '127.0.0.3', port: second.port },
    ]);
  });

  it('keep the port of the start point at the same address', async () => {
    const server = await fake(childOf({ 'ns1.example.test': '127.0.0.1' }));
    const resolver = createResolver({ startPoints: [server], randomId });
    const [found] = await resolver.authoritativeServers(zone, soon());
    expect(found).toEqual({ name: 'ns1.example.test', address: '127.0.0.1', port: server.port });
  });

  it('are found although the first start points are silent or lame', async () => {
    const silent = await fake(() => null, '127.0.0.5');
    const lame = await fake((asked) => reply(asked, false, { rcode: 5 }), '127.0.0.6');
    const good = await fake(childOf({ 'ns1.example.test': '127.0.0.1' }));
    const resolver = createResolver({ startPoints: [silent, lame, good], randomId });
    expect(await resolver.authoritativeServers(zone, soon())).toHaveLength(1);
  });

  it.each([
    ['no such zone is', (asked: Asked) => reply(asked, true, { rcode: 3 })],
    ['a referral leads nowhere deeper', (asked: Asked) => reply(asked, false, { authority: [ns('', 'a.root.test')] })],
    [
      'a referral leads elsewhere',
      (asked: Asked) => reply(asked, false, { authority: [ns('other.test', 'ns.other.test')] }),
    ],
    [
      'servers without addresses are named',
      (asked: Asked) => reply(asked, true, { answers: [ns(zone, 'ns1.nowhere.test')] }),
    ],
  ])('are not found where %s', async (_, answer) => {
    const resolver = createResolver({ startPoints: [await fake(answer)], randomId });
    await expect(resolver.authoritativeServers(zone, soon())).rejects.toMatchObject({ code: 'dns_zone_not_served' });
  });

  it('are searched with a limit, whatever a hostile parent says', async () => {
    let asked = 0;
    const hostile = await fake((question) => {
      asked += 1;
      const name = question.message.questions[0]?.name ?? '';
      const depth = Math.min(asked, name.split('.').length);
      const delegated = name.split('.').slice(-depth).join('.');
      return reply(question, false, {
        authority: Array.from({ length: 9 }, (_x, n) => ns(delegated, `n${asked}x${n}.test`)),
      });
    });
    const resolver = createResolver({ startPoints: [hostile], randomId });
    await expect(resolver.authoritativeServers(zone, soon())).rejects.toMatchObject({ code: 'dns_zone_not_served' });
    expect(asked).toBeLessThanOrEqual(200);
  });

  it('may be forbidden to ask (R40)', async () => {
    const server = await fake(childOf({ 'ns1.example.test': '127.0.0.1' }));
    const resolver = createResolver({ startPoints: [server], randomId, mayAsk: () => false });
    await expect(resolver.authoritativeServers(zone, soon())).rejects.toMatchObject({ code: 'outbound_forbidden' });
    expect(server.asked).toEqual([]);
  });
});

describe('one server', () => {
  it('is asked again over TCP when its answer is cut short', async () => {
    const many = Array.from({ length: 60 }, (_, index) => a(`lb.${zone}`, `192.0.2.${index}`));
    const server = await fake((asked) =>
      asked.transport === 'udp'
        ? reply(asked, true, { flags: { ...plainFlags, response: true, authoritative: true, truncated: true } })
        : reply(asked, true, { answers: many }),
    );
    const answer = await createResolver({ randomId }).ask({ ...server, name: 'ns1' }, `lb.${zone}`, 'A', soon());
    expect(answer.addresses).toHaveLength(60);
    expect(answer).toMatchObject({ authoritative: true, ttlSeconds: 60, rcode: 'NOERROR' });
  });

  it('is asked for the type that is wanted, and only addresses of that type at that name count', async () => {
    const name = `lb.${zone}`;
    const server = await fake((asked) =>
      reply(asked, true, { answers: [a(name, '192.0.2.1'), aaaa(name, '2001:DB8:0:0::1'), aaaa(`x.${name}`, '::1')] }),
    );
    const resolver = createResolver({ randomId });
    const ask = (type: 'A' | 'AAAA') => resolver.ask({ ...server, name: 'ns1' }, `LB.${zone}.`, type, soon());
    expect((await ask('AAAA')).addresses).toEqual(['2001:db8::1']);
    expect((await ask('A')).addresses).toEqual(['192.0.2.1']);
    expect(server.asked.map(({ message }) => message.questions[0]?.type)).toEqual([rrType.aaaa, rrType.a]);
  });

  it('that does not answer is unreachable when the caller gives up', async () => {
    const server = await fake(() => null);
    const asking = createResolver({ randomId }).ask(
      { ...server, name: 'ns1' },
      `lb.${zone}`,
      'A',
      AbortSignal.timeout(50),
    );
    await expect(asking).rejects.toMatchObject({ code: 'dns_unreachable' });
  });

  it('that is not there is unreachable at once', async () => {
    const server = await fake(() => null);
    await server.stop();
    open.pop();
    const asking = createResolver({ randomId }).ask({ ...server, name: 'ns1' }, `lb.${zone}`, 'A', soon());
    await expect(asking).rejects.toMatchObject({ code: 'dns_unreachable', details: { because: 'network' } });
  });
});

const reason = whyNoBind();

describe.skipIf(reason !== null)(`BIND${reason === null ? '' : ` (skipped: ${reason})`}`, () => {
  const start = async (options: Parameters<typeof startTestBind>[0]): Promise<TestBind> => {
    const bind = await startTestBind(options);
    open.push(bind);
    return bind;
  };

  it('as a parent shows the way to the zone’s servers', async () => {
    const child = await fake(childOf({ 'ns1.example.test': '127.0.0.2' }), '127.0.0.2');
    const delegation = [`example IN NS ns1.${zone}.`, `ns1.example IN A ${child.address}`];
    const parent = await start({ zone: 'test', records: delegation });
    const resolver = createResolver({ startPoints: [parent], ports: { [child.address]: child.port }, randomId });
    expect(await resolver.authoritativeServers(zone, soon())).toEqual([
      { name: `ns1.${zone}`, address: child.address, port: child.port },
    ]);
  });

  it('as the zone’s server is found and asked', async () => {
    const child = await start({
      zone,
      records: ['lb 30 IN A 192.0.2.1', 'lb 45 IN AAAA 2001:DB8:0::1', 'v4 IN A 192.0.2.2'],
    });
    const parent = await fake(parentOf({ [`ns1.${zone}`]: child.address }), '127.0.0.2');
    const resolver = createResolver({ startPoints: [parent], ports: { [child.address]: child.port }, randomId });
    const [server] = await resolver.authoritativeServers(zone, soon());
    expect(server).toEqual({ name: `ns1.${zone}`, address: child.address, port: child.port });
    const answer = await resolver.ask(server!, `lb.${zone}`, 'A', soon());
    expect(answer).toEqual({ authoritative: true, addresses: ['192.0.2.1'], ttlSeconds: 30, rcode: 'NOERROR' });
    expect((await resolver.ask(server!, `no.${zone}`, 'A', soon())).rcode).toBe('NXDOMAIN');
    const answer6 = await resolver.ask(server!, `lb.${zone}`, 'AAAA', soon());
    expect(answer6).toEqual({ authoritative: true, addresses: ['2001:db8::1'], ttlSeconds: 45, rcode: 'NOERROR' });
    const without = await resolver.ask(server!, `v4.${zone}`, 'AAAA', soon());
    expect(without).toEqual({ authoritative: true, addresses: [], ttlSeconds: null, rcode: 'NOERROR' });
  });
});

describe('a zone’s serial', () => {
  const soaOf = (serial: number) =>
    record(zone, rrType.soa, {
      ...{ kind: 'soa', primary: `ns.${zone}`, mailbox: `admin.${zone}`, serial, rest: [1, 1, 1, 1] },
    });
  it.each([
    ['the server’s own', true, [soaOf(2 ** 32 - 1)], 2 ** 32 - 1],
    ['none of a server that does not serve it', false, [], null],
    ['none where only another name’s is told', true, [{ ...soaOf(7), name: 'other.test' }], null],
  ])('is %s', async (_what, authoritative, answers, serial) => {
    const { address, port } = await fake((asked) => reply(asked, authoritative, { answers }));
    const server = { name: 'ns', address, port };
    expect(await createResolver({ randomId }).askZone?.(server, zone, soon())).toEqual({
      ...{ authoritative, serial, rcode: 'NOERROR' },
    });
  });
});
