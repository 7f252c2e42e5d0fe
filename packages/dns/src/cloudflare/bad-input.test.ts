import { type ErrorCode, errorCatalogue } from '@serverctl/core';
import { describe, expect, it } from 'vitest';
import { markOf, soon } from '../contract/subject.ts';
import { callsOf, nothing, one, ref, serving, token, two, zoneName } from './testing.ts';

type Serving = Awaited<ReturnType<typeof serving>>;
type Options = NonNullable<Parameters<typeof serving>[1]>;

/** What an operator gets wrong, who says so first, and by which error. */
interface Case {
  readonly name: string;
  readonly code: ErrorCode;
  readonly saidBy: readonly ('probe' | 'read' | 'write')[];
  /** What is wrong; returns what the provider is opened with then. */
  readonly make: (served: Serving) => Options;
  readonly ttlSeconds?: number;
}

const tokenOf = (value: string) => ({ token: value });
const everyCall = ['probe', 'read', 'write'] as const;
const cases: readonly Case[] = [
  { name: 'a wrong token', code: 'dns_token_refused', saidBy: everyCall, make: () => tokenOf('Nobody') },
  {
    ...{ name: 'a token without the scope to read', code: 'dns_token_lacks_scope', saidBy: everyCall },
    make: ({ emulator, zone }) => {
      emulator.addToken('Scopeless', { dnsRead: false, dnsEdit: false });
      return { token: 'Scopeless', zoneIds: { [zoneName]: zone.id } };
    },
  },
  {
    ...{ name: 'a token without the scope to write', code: 'dns_not_allowed', saidBy: ['write'] },
    make: ({ emulator }) => tokenOf(emulator.addToken('Read-Only', { dnsEdit: false }).value),
  },
  {
    ...{ name: 'a token without the scope to find its zone', code: 'dns_zone_id_needed', saidBy: everyCall },
    make: ({ emulator }) => tokenOf(emulator.addToken('Records-Only', { zoneRead: false }).value),
  },
  {
    ...{ name: 'a token that is active, and for other addresses', code: 'dns_token_restricted', saidBy: everyCall },
    make: ({ emulator }) => tokenOf(emulator.addToken('Elsewhere', { addresses: ['192.0.2.7'] }).value),
  },
  {
    ...{ name: 'a token for other zones', code: 'dns_zone_not_served', saidBy: everyCall },
    make: ({ emulator }) => tokenOf(emulator.addToken('Other', { zones: ['other.test'] }).value),
  },
  {
    ...{ name: 'the id of another zone', code: 'dns_zone_id_wrong', saidBy: ['probe', 'write'] },
    make: ({ emulator }) => {
      const other = emulator.addZone('other.test');
      other.records.create({ type: 'A', name: 'lb.other.test', content: two });
      return { zoneIds: { [zoneName]: other.id } };
    },
  },
  {
    ...{ name: 'a CNAME in the way', code: 'dns_cname_in_the_way', saidBy: ['write'] },
    make: ({ zone, records }) => {
      for (const { id } of records()) zone.records.remove(id);
      zone.records.create({ type: 'CNAME', name: ref.name, content: 'elsewhere.test' });
      return {};
    },
  },
  {
    ...{ name: 'a lowest TTL that the plan does not have', code: 'dns_ttl_refused', saidBy: ['write'], ttlSeconds: 30 },
    make: () => ({ ttlFloorSeconds: 30 }),
  },
  {
    ...{ name: 'a paused zone', code: 'dns_zone_paused', saidBy: ['probe'] },
    make: ({ zone }) => {
      zone.paused = true;
      return {};
    },
  },
];

const codeOf = (call: Promise<unknown> | undefined) =>
  (call ?? Promise.resolve()).then(
    () => null,
    (error: { readonly code: ErrorCode }) => error.code,
  );

describe.each(cases)('$name', ({ code, saidBy, make, ttlSeconds = 60 }) => {
  async function setUp() {
    const served = await serving();
    served.given();
    const options = make(served);
    const before = served.records();
    const { provider } = await serving({}, { http: served.http, ...options });
    return { ...served, provider, before };
  }

  it(`is ${code}, with a remedy of its own, and leaves the record as it is`, async () => {
    const { provider, records, before } = await setUp();
    expect(await codeOf(provider.probe(ref, soon()))).toBe(saidBy.includes('probe') ? code : null);
    expect(await codeOf(provider.read(ref, soon()))).toBe(saidBy.includes('read') ? code : null);
    const expected = await provider.read(ref, soon()).catch(() => nothing);
    const request = { ref, expected, next: { address: two, ttlSeconds }, mark: markOf(1) };
    if (!saidBy.includes('write')) return;
    expect(await codeOf(provider.replace(request, soon()))).toBe(code);
    const [outcome] = await callsOf({ provider }).write([request], soon());
    expect(outcome).toMatchObject({ status: 'rejected', reason: { code } });
    expect(records()).toEqual(before);
  });

  it('has a remedy that no other one has', () => {
    const remedies = cases.map((other) => errorCatalogue[other.code].remedy);
    expect(errorCatalogue[code].remedy.length).toBeGreaterThan(20);
    expect(remedies.filter((remedy) => remedy === errorCatalogue[code].remedy)).toHaveLength(1);
  });
});

describe('what is put right by itself', () => {
  it('a paused zone does not keep a failover waiting', async () => {
    const served = await serving();
    served.zone.paused = true;
    served.given();
    expect(await served.move(two, 1)).toMatchObject({ outcome: 'written' });
  });

  it('two A records are read as two, so that a person is asked, and become one by the write', async () => {
    const served = await serving();
    for (const content of [one, two]) served.given({ content });
    expect((await served.provider.read(ref, soon())).rrset?.addresses).toEqual([one, two]);
    await served.move(two, 1);
    expect(served.records()).toMatchObject([{ content: two }]);
  });

  it('a TTL below the plan’s lowest is raised to it', async () => {
    const served = await serving();
    served.given();
    await served.move(two, 1, 5);
    expect(served.records()).toMatchObject([{ content: two, ttl: 60 }]);
  });

  it('a TTL of a proxied record is not sent: the provider’s own holds', async () => {
    const served = await serving();
    served.given();
    await served.move(two, 1, 60, { proxied: true });
    await served.move(one, 2, 120);
    expect(served.records()).toMatchObject([{ content: one, ttl: 1, proxied: true }]);
    expect(served.provider.effectiveTtl?.(60, true)).toBe(300);
  });

  it('a token is taken with the space around it that a paste brings', async () => {
    const served = await serving({}, { token: ` ${token}\n` });
    served.given();
    expect(await served.move(two, 1)).toMatchObject({ outcome: 'written' });
  });
});
