import type { DnsName, RecordRef, RecordView } from '@serverctl/core';
import { describe, expect, it } from 'vitest';
import type { ApiHttp } from '../api-http.ts';
import { markOf, soon } from '../contract/subject.ts';
import { wrongReplies } from '../testing/index.ts';
import { callsOf, movesOf, nothing, one, ref6, serving, servingMany, two, zoneName } from './testing.ts';

type Serving = Awaited<ReturnType<typeof serving>>;
const written = { status: 'fulfilled', value: { outcome: 'written' } };

const contents = ({ records }: Serving) => new Set(records().map(({ content }) => content));

describe('the requests that many names cost (R22)', () => {
  it('are one list and one batch for a thousand', async () => {
    const served = await servingMany(1_000);
    expect(await served.calls.write(movesOf(served.refs), soon())).toMatchObject(served.refs.map(() => written));
    expect(served.emulator.calls()).toMatchObject({ 'find-zone': 1, list: 1, batch: 1, total: 3 });
    expect(contents(served)).toEqual(new Set([two]));
    const views = await served.calls.read(served.refs, soon());
    expect(views[999]).toMatchObject({ value: { rrset: { addresses: [two] }, mark: { mark: markOf(1) } } });
    expect(served.emulator.calls()).toMatchObject({ list: 2, total: 4 });
  });

  it('are as many looks as names for three, and a list from four on', async () => {
    const served = await servingMany(4);
    await served.calls.read(served.refs.slice(0, 3), soon());
    expect(served.emulator.calls()).toMatchObject({ 'find-zone': 1, look: 3, list: 0 });
    await served.calls.read(served.refs, soon());
    expect(served.emulator.calls()).toMatchObject({ look: 3, list: 1 });
  });

  it('are none where every name holds already what is wished, and the name’s own where it is one', async () => {
    const served = await servingMany(5);
    await served.calls.write(movesOf(served.refs.slice(0, 4)), soon());
    const before = served.emulator.calls();
    const outcomes = await served.calls.write(movesOf(served.refs), soon());
    expect(outcomes.map((outcome) => outcome.status === 'fulfilled' && outcome.value?.outcome)).toEqual([
      ...Array(4).fill('already'),
      'written',
    ]);
    expect(served.emulator.calls()).toMatchObject({ batch: before.batch, list: before.list + 1, patch: 1 });
  });

  it('are as many batches as the plan’s limit of operations asks for; a collapse is several', async () => {
    const served = await servingMany(6, { batchLimit: 4 });
    for (const content of ['192.0.2.7', '192.0.2.8']) served.given({ name: served.refs[0]?.name ?? '', content });
    expect(served.calls.mostWrites).toBe(4);
    const three: RecordView = { ...nothing, rrset: { addresses: [one, '192.0.2.7', '192.0.2.8'], ttlSeconds: 60 } };
    const [first, ...others] = movesOf(served.refs);
    const requests = [{ ...(first ?? expect.fail()), expected: three }, ...others];
    expect(await served.calls.write(requests, soon())).toMatchObject(requests.map(() => written));
    const sizes = served.writes().map(({ body }) => Object.values<object[]>(body).flat().length);
    expect(sizes).toEqual([4, 4]);
    expect(served.records()).toHaveLength(6);
    const { provider } = await serving();
    expect(callsOf({ provider }).mostWrites).toBe(200);
  });
});

describe('names that are absent', () => {
  it('are two looks each; the second ones are asked for by the next call, no more of them than go at once (R22)', async () => {
    const served = await servingMany(3);
    const absent = Array.from({ length: 30 }, (_, n) => ({ ...ref6, name: `n${n}.${zoneName}` as DnsName }));
    const costs = () => served.calls.requestsFor?.(1, zoneName);
    const paidReads = async (names: readonly RecordRef[], requests: number) => {
      const { look } = served.emulator.calls();
      await served.calls.read(names, soon(), { requests });
      return served.emulator.calls().look - look;
    };
    expect(costs()).toEqual({ read: 1, write: 2 });
    expect(await paidReads(absent.slice(0, 1), 1)).toBe(2);
    expect(costs()).toEqual({ read: 2, write: 3 });
    expect(await paidReads(absent.slice(0, 1), 2)).toBe(2);
    expect(costs()).toEqual({ read: 2, write: 3 });
    expect(await paidReads(absent.slice(0, 3), 4)).toBe(6);
    expect(costs()).toEqual({ read: 4, write: 5 });
    const [moved = expect.fail()] = movesOf(served.refs);
    await served.calls.write([moved], soon(), { requests: 5 });
    expect(costs()).toEqual({ read: 1, write: 2 });
    for (let n = 0; n < 9; n += 1) await paidReads(absent.slice(0, 3), 3);
    expect(costs()).toEqual({ read: 21, write: 22 });
    await served.calls.read(absent.slice(0, 3), soon());
    expect(costs()).toEqual({ read: 21, write: 22 });
  });
});

describe('a look before a write that fails', () => {
  const unsent = (look: string) => ({
    reason: { code: 'dns_unreachable', details: { because: 'the look before the write failed', look } },
  });

  it.each([
    [1, 'a failure', wrongReplies.page(503), 'dns_server_failure'],
    [1, 'a page', wrongReplies.page(200), 'dns_reply_malformed'],
    [4, 'a failure', wrongReplies.page(503), 'dns_server_failure'],
  ])('of %i names by %s, leaves no question open: no write was sent (R19)', async (count, _, reply, look) => {
    const served = await servingMany(count);
    served.emulator.inject({ kind: 'before', reply }, { path: /dns_records\?/ });
    const outcomes = await served.calls.write(movesOf(served.refs), soon());
    expect(outcomes).toMatchObject(Array(count).fill(unsent(look)));
    expect(served.writes()).toEqual([]);
  });

  it('and is the one for whose zone it is, leaves none open either', async () => {
    const served = await servingMany(1);
    const given = await serving({}, { http: served.http, zoneIds: { [zoneName]: served.zone.id } });
    served.emulator.inject({ kind: 'before', reply: wrongReplies.page(503) }, { path: /per_page=5$/ });
    const [creation = expect.fail()] = movesOf([{ ...ref6, name: `new.${zoneName}` as DnsName, type: 'A' }]);
    const outcomes = await callsOf(given).write([{ ...creation, expected: nothing }], soon());
    expect(outcomes).toMatchObject([unsent('dns_server_failure')]);
    expect(served.writes()).toEqual([]);
  });
});

describe('the list of a zone', () => {
  it('may be longer than other replies; where the port cuts it all the same, names are looked at one by one', async () => {
    const served = await servingMany(400);
    const [view] = await served.calls.read(served.refs, soon());
    expect(view).toMatchObject({ status: 'fulfilled' });
    expect(served.emulator.calls()).toMatchObject({ list: 1, look: 0 });
    const text = served.emulator.exchanges.at(-1)?.reply?.text ?? '';
    expect(text.length).toBeGreaterThan(64 * 1024);
    const request: ApiHttp['request'] = (asked) =>
      served.http.request(asked.method === 'GET' ? { ...asked, replyLimitBytes: 64 * 1024 } : asked);
    const outcomes = await callsOf(await serving({}, { http: { request } })).write(movesOf(served.refs), soon());
    expect(outcomes).toMatchObject(served.refs.map(() => written));
    expect(served.emulator.calls()).toMatchObject({ list: 2, look: 400, batch: 2 });
  });

  it('of another zone than its name says is not written to', async () => {
    const served = await servingMany(4);
    const other = served.emulator.addZone('other.test');
    other.records.create({ type: 'A', name: 'lb.other.test', content: one });
    const wrong = await serving({}, { http: served.http, zoneIds: { [zoneName]: other.id } });
    const creations = movesOf(served.refs).map((request) => ({ ...request, expected: nothing }));
    const outcomes = await callsOf(wrong).write(creations, soon());
    const wrongId = Array(4).fill({ reason: { code: 'dns_zone_id_wrong' } });
    expect(outcomes).toMatchObject(wrongId);
    expect(await callsOf(wrong).read(served.refs, soon())).toMatchObject(wrongId);
    expect(other.records.list()).toHaveLength(1);
  });

  it('that fails is the outcome of every name', async () => {
    const served = await servingMany(4);
    served.emulator.lockOut(60);
    const limited = { reason: { code: 'dns_rate_limited', details: { retryAfterSeconds: 60 } } };
    expect(await served.calls.read(served.refs, soon())).toMatchObject(Array(4).fill(limited));
    expect(await served.calls.write(movesOf(served.refs), soon())).toMatchObject(Array(4).fill(limited));
  });

  it('is shared by calls that begin before it was sent, and by no later one (R17)', async () => {
    const served = await servingMany(12);
    const parts = [0, 4, 8].map((start) => movesOf(served.refs.slice(start, start + 4)));
    const both = await Promise.all(parts.slice(0, 2).map((part) => served.calls.write(part, soon())));
    expect(both.flat()).toMatchObject(Array(8).fill(written));
    expect(served.emulator.calls()).toMatchObject({ 'find-zone': 1, list: 1, batch: 2 });
    const held = Promise.withResolvers<void>();
    served.emulator.inject({ kind: 'delay', until: () => held.promise }, { path: /per_page=5000/ });
    const early = served.calls.read(served.refs, soon());
    while (served.emulator.calls().list < 2) await new Promise((turn) => setImmediate(turn));
    expect(await served.calls.write(parts[2] ?? [], soon())).toMatchObject(Array(4).fill(written));
    expect(served.emulator.calls().list).toBe(3);
    held.resolve();
    await early;
  });

  it('goes on for the others when one who waits for it gives up, and ends when all have', async () => {
    const served = await servingMany(4);
    await served.calls.read(served.refs, soon());
    const held = Promise.withResolvers<void>();
    served.emulator.inject({ kind: 'delay', until: () => held.promise }, { path: /per_page=5000/ });
    const [impatient, patient] = [new AbortController(), new AbortController()];
    const reads = [impatient, patient].map(({ signal }) => served.calls.read(served.refs, signal));
    while (served.emulator.calls().list < 2) await new Promise((turn) => setImmediate(turn));
    impatient.abort();
    expect(await reads[0]).toMatchObject(Array(4).fill({ reason: { code: 'dns_unreachable' } }));
    held.resolve();
    expect(await reads[1]).toMatchObject(Array(4).fill({ status: 'fulfilled' }));
    expect(served.emulator.calls().list).toBe(2);
    const signals: AbortSignal[] = [];
    const request: ApiHttp['request'] = (asked) => {
      if (asked.path.includes('per_page=5000')) signals.push(asked.signal);
      return served.http.request(asked);
    };
    served.emulator.inject({ kind: 'silence', applied: true }, { path: /per_page=5000/ });
    const lonely = callsOf(await serving({}, { http: { request } })).read(served.refs, patient.signal);
    while (served.emulator.calls().list < 3) await new Promise((turn) => setImmediate(turn));
    patient.abort();
    expect(await lonely).toMatchObject(Array(4).fill({ reason: { code: 'dns_unreachable' } }));
    expect(signals).toMatchObject([{ aborted: true }]);
  });
});
