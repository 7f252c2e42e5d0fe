import type { RecordRef, WriteRequest } from '@serverctl/core';
import { describe, expect, it, vi } from 'vitest';
import type { ApiHttp } from '../api-http.ts';
import { markOf, soon } from '../contract/subject.ts';
import { wrongReplies } from '../testing/index.ts';
import { callsOf, movesOf, nothing, one, serving, servingMany, two, zoneName } from './testing.ts';

type Many = Awaited<ReturnType<typeof servingMany>>;
const batches = { path: /\/batch$/ };
const written = { status: 'fulfilled', value: { outcome: 'written' } };
const failed = (code: string) => ({ status: 'rejected', reason: { code } });
const write = (served: Many) => served.calls.write(movesOf(served.refs), soon());
const sentOf = (served: Many) => served.writes().length;

/** All but one came to their address, and none is doubled. */
function expectMoved(served: Many, bad: RecordRef): void {
  const others = served.records().filter(({ name }) => name !== bad.name);
  expect(others).toHaveLength(served.refs.length - 1);
  expect(new Set(others.map(({ content }) => content))).toEqual(new Set([two]));
}

describe.each([0, 20, 63])('of 64 names in a batch number %i', (index) => {
  const outcomesBut = (bad: object) => Array.from({ length: 64 }, (_, n) => (n === index ? bad : written));

  it('that became another record meanwhile is alone refused, for 2·log2(64) requests more', async () => {
    const served = await servingMany(64);
    const bad = served.refs[index] ?? expect.fail();
    const change = () => {
      for (const { id, name } of served.records()) if (name === bad.name) served.zone.records.remove(id);
      served.zone.records.create({ type: 'CNAME', name: bad.name, content: `elsewhere.${zoneName}` });
    };
    served.emulator.inject({ kind: 'drift', change }, batches);
    expect(await write(served)).toMatchObject(outcomesBut(failed('dns_rrset_drifted')));
    expectMoved(served, bad);
    expect(sentOf(served)).toBeLessThanOrEqual(1 + 2 * 6);
    expect(served.emulator.calls()).toMatchObject({ list: 1, look: 2 });
  });

  it('whose id is stale is looked up again and written', async () => {
    const served = await servingMany(64);
    const bad = served.refs[index] ?? expect.fail();
    served.emulator.inject({ kind: 'drift', change: () => served.zone.records.renewIds(bad.name) }, batches);
    expect(await write(served)).toMatchObject(outcomesBut(written));
    expect(new Set(served.records().map(({ content }) => content))).toEqual(new Set([two]));
    expect(sentOf(served)).toBeLessThanOrEqual(1 + 2 * 6 + 1);
  });

  it('that is refused for what was wished has an error of its own', async () => {
    const served = await servingMany(64, { batchLimit: 3_500, ttlFloorSeconds: 30 }); // which this plan does not have
    const requests = movesOf(served.refs).map((request, n) =>
      n === index ? { ...request, next: { ...request.next, ttlSeconds: 30 } } : request,
    );
    expect(await served.calls.write(requests, soon())).toMatchObject(outcomesBut(failed('dns_ttl_refused')));
    expectMoved(served, served.refs[index] ?? expect.fail());
  });

  it('that would be new beside a CNAME that came meanwhile is not created', async () => {
    const served = await servingMany(64);
    const bad = served.refs[index] ?? expect.fail();
    for (const { id, name } of served.records()) if (name === bad.name) served.zone.records.remove(id);
    const change = () =>
      void served.zone.records.create({ type: 'CNAME', name: bad.name, content: `elsewhere.${zoneName}` });
    served.emulator.inject({ kind: 'drift', change }, batches);
    const requests = movesOf(served.refs).map((request, n) =>
      n === index ? { ...request, expected: nothing } : request,
    );
    expect(await served.calls.write(requests, soon())).toMatchObject(outcomesBut(failed('dns_cname_in_the_way')));
    expect(served.records().filter(({ name }) => name === bad.name)).toMatchObject([{ type: 'CNAME' }]);
  });

  it('that the reply to a batch does not tell of is an open question, and no other one is (R19)', async () => {
    const served = await servingMany(64);
    const bad = served.refs[index] ?? expect.fail();
    const change = (reply: { text: string }) => {
      const body = JSON.parse(reply.text);
      body.result.patches = body.result.patches.filter(({ name }: { name: string }) => name !== bad.name);
      reply.text = JSON.stringify(body);
    };
    served.emulator.inject({ kind: 'alter', change }, batches);
    expect(await write(served)).toMatchObject(outcomesBut(failed('dns_outcome_unknown')));
    const again = await write(served);
    expect(again.map((outcome) => outcome.status === 'fulfilled' && outcome.value?.outcome)).toEqual(
      Array(64).fill('already'),
    );
  });
});

describe('a batch', () => {
  it('of names that are all refused ends after a bounded number of requests; who was never alone is not blamed', async () => {
    const served = await servingMany(200);
    const reply = wrongReplies.refusal(400, 81053, 'not today');
    served.emulator.inject({ kind: 'before', reply }, { methods: ['POST', 'PATCH'], times: Number.POSITIVE_INFINITY });
    const outcomes = await write(served);
    const codes = outcomes.map((outcome) => (outcome.status === 'rejected' ? outcome.reason.code : 'written'));
    expect(new Set(codes)).toEqual(new Set(['dns_request_refused']));
    const details = { because: 'refused-with-others', said: '81053: not today', status: 400 };
    expect(outcomes[0]).toMatchObject({ reason: { details } });
    expect(sentOf(served)).toBe(1 + 4 * 8);
    expect(new Set(served.records().map(({ content }) => content))).toEqual(new Set([one]));
  });

  it('that is refused as a whole, as one above the plan’s limit is, goes in halves', async () => {
    const served = await servingMany(300);
    served.emulator.inject({ kind: 'before', reply: wrongReplies.refusal(400, 1004, 'too many') }, batches);
    expect(await write(served)).toMatchObject(Array(300).fill(written));
    expect(served.emulator.calls().batch).toBe(3);
  });

  it.each([
    ['429', wrongReplies.refusal(429, 971, 'slow down'), 'dns_rate_limited'],
    ['a lock of the token', wrongReplies.refusal(403, 10502, 'locked'), 'dns_token_locked'],
    ['a token that lost its right', wrongReplies.refusal(403, 10000, 'no'), 'dns_not_allowed'],
    ['a zone that is gone', wrongReplies.refusal(404, 7003, 'no route'), 'dns_zone_id_wrong'],
    ['429 in a page', wrongReplies.page(429), 'dns_rate_limited'],
  ])('that meets %s is not cut in halves: all get it, and nothing more is sent', async (_, reply, code) => {
    const served = await servingMany(8, { batchLimit: 4 });
    served.emulator.inject({ kind: 'before', reply }, batches);
    expect(await write(served)).toMatchObject(Array(8).fill(failed(code)));
    expect(sentOf(served)).toBe(1);
    expect(await write(served)).toMatchObject(Array(8).fill(written));
  });

  it('among halves that meets the limit ends the search', async () => {
    const served = await servingMany(8);
    served.emulator.inject({ kind: 'before', reply: wrongReplies.refusal(400, 1004, 'no') }, batches);
    served.emulator.inject({ kind: 'lock-out', seconds: 60 }, { ...batches, skip: 1 });
    const outcomes = await write(served);
    const limited = { reason: { code: 'dns_rate_limited', details: { retryAfterSeconds: 60 } } };
    expect(outcomes).toMatchObject(Array(8).fill(limited));
    expect(sentOf(served)).toBe(2);
  });

  it('in which one name cannot be looked at again holds the others back no more than another one', async () => {
    const served = await servingMany(4);
    const [bad = expect.fail()] = served.refs;
    served.emulator.inject({ kind: 'drift', change: () => served.zone.records.renewIds(bad.name) }, batches);
    served.emulator.inject({ kind: 'before', reply: wrongReplies.page(502) }, { path: /name=n0/ });
    const outcomes = await write(served);
    expect(outcomes).toMatchObject([failed('dns_server_failure'), ...Array(3).fill(written)]);
  });

  it.each([
    ['a 5xx', { kind: 'after', reply: wrongReplies.page(504) }],
    ['a page', { kind: 'after', reply: wrongReplies.page(200) }],
    [
      'success of nothing',
      { kind: 'after', reply: { status: 200, text: '{"success":true,"errors":[],"result":null}' } },
    ],
    [
      'lists of something else',
      { kind: 'after', reply: { status: 200, text: '{"success":true,"result":{"patches":[7]}}' } },
    ],
    ['a closed connection', { kind: 'close', applied: true }],
  ] as const)(
    'that is answered by %s once it was applied is an open question for all in it, and others are sent',
    async (_, fault) => {
      const served = await servingMany(8, { batchLimit: 4 });
      served.emulator.inject(fault, batches);
      const unknown = failed('dns_outcome_unknown');
      expect(await write(served)).toMatchObject([...Array(4).fill(unknown), ...Array(4).fill(written)]);
      expect(sentOf(served)).toBe(2);
      const again = await write(served);
      expect(again).toMatchObject(Array(8).fill({ value: { outcome: 'already' } }));
    },
  );

  it('that was not applied when it timed out is an open question too, and moves with the next try', async () => {
    const served = await servingMany(5);
    served.emulator.inject({ kind: 'silence', applied: false }, batches);
    const gone = new AbortController();
    const lost = served.emulator.lost();
    const outcomes = served.calls.write(movesOf(served.refs), gone.signal);
    await lost;
    gone.abort();
    expect(await outcomes).toMatchObject(Array(5).fill(failed('dns_outcome_unknown')));
    expect(await write(served)).toMatchObject(Array(5).fill(written));
  });

  it('tells of each name as soon as that is known, not when all halves are over', async () => {
    const served = await servingMany(8);
    served.emulator.inject({ kind: 'before', reply: wrongReplies.refusal(400, 1004, 'no') }, batches);
    const held = Promise.withResolvers<void>();
    served.emulator.inject({ kind: 'delay', until: () => held.promise }, { ...batches, skip: 2 });
    const told: (readonly [string, object])[] = [];
    const settled = ({ ref }: WriteRequest, outcome: object) => void told.push([ref.name, outcome]);
    const outcomes = served.calls.write(movesOf(served.refs), soon(), { settled });
    await vi.waitFor(() => expect(sentOf(served)).toBe(3), 20_000);
    const firstHalf = served.refs.slice(0, 4).map(({ name }) => [name, written]);
    expect(told).toMatchObject(firstHalf);
    held.resolve();
    expect(await outcomes).toMatchObject(Array(8).fill(written));
    expect(told).toHaveLength(8);
  });

  it('goes on with those that are still wanted, each asked before every request (R16)', async () => {
    const served = await servingMany(8);
    served.emulator.inject({ kind: 'before', reply: wrongReplies.refusal(400, 1004, 'no') }, batches);
    const superseded = new Set([served.refs[1], ...served.refs.slice(4)]);
    const isWanted = ({ ref }: WriteRequest) => sentOf(served) === 0 || !superseded.has(ref);
    const outcomes = await served.calls.write(movesOf(served.refs), soon(), { isWanted });
    const left = { status: 'fulfilled', value: null };
    expect(outcomes).toMatchObject([written, left, written, written, left, left, left, left]);
    expect(sentOf(served)).toBe(2);
  });

  it('of one name whose id is stale by then is not looked at again where it is not wanted any more (R16)', async () => {
    const served = await servingMany(1);
    const [only = expect.fail()] = served.refs;
    const change = () => served.zone.records.renewIds(only.name);
    served.emulator.inject({ kind: 'drift', change }, { methods: ['PATCH'] });
    const isWanted = () => sentOf(served) === 0;
    const outcomes = await served.calls.write(movesOf(served.refs), soon(), { isWanted });
    expect(outcomes).toMatchObject([failed('dns_rrset_drifted')]);
    expect(served.emulator.calls()).toMatchObject({ look: 1, patch: 1 });
  });

  it('of one name that is not wanted any more after that second look is not written (R16)', async () => {
    const served = await servingMany(1);
    const [only = expect.fail()] = served.refs;
    const change = () => served.zone.records.renewIds(only.name);
    served.emulator.inject({ kind: 'drift', change }, { methods: ['PATCH'] });
    const isWanted = () => served.emulator.calls().look === 1;
    const outcomes = await served.calls.write(movesOf(served.refs), soon(), { isWanted });
    expect(outcomes).toMatchObject([failed('dns_rrset_drifted')]);
    expect(served.emulator.calls()).toMatchObject({ look: 2, patch: 1 });
    expect(served.records()).toMatchObject([{ content: one }]);
  });

  it('is not sent where its zone had to be looked up again, and it is not wanted after that (R16)', async () => {
    const served = await servingMany(1);
    const change = async () => {
      served.zone.status = 'moved';
      await expect(served.provider.probe(served.refs[0] ?? expect.fail(), soon())).rejects.toMatchObject({
        code: 'dns_zone_inactive',
      });
    };
    served.emulator.inject({ kind: 'drift', change }, { path: /name=n0/ });
    const isWanted = () => served.emulator.calls()['find-zone'] < 2;
    const outcomes = await served.calls.write(movesOf(served.refs), soon(), { isWanted });
    expect(outcomes).toEqual([{ status: 'fulfilled', value: null }]);
    expect(served.emulator.calls()).toMatchObject({ 'find-zone': 2, patch: 0 });
  });

  it('that drifted tells so of those in it that are not wanted any more: what was refused may be a repeat', async () => {
    const served = await servingMany(4);
    const [bad = expect.fail()] = served.refs;
    served.emulator.inject({ kind: 'drift', change: () => served.zone.records.renewIds(bad.name) }, batches);
    const isWanted = () => sentOf(served) === 0;
    const outcomes = await served.calls.write(movesOf(served.refs), soon(), { isWanted });
    expect(outcomes).toMatchObject(Array(4).fill(failed('dns_rrset_drifted')));
    expect(sentOf(served)).toBe(1);
  });

  it('that is still to be halved when the caller gives up is not sent any more', async () => {
    const served = await servingMany(8);
    const gone = new AbortController();
    const http: ApiHttp = {
      async request(request) {
        const reply = await served.http.request(request);
        if (request.path.endsWith('/batch')) gone.abort();
        return reply;
      },
    };
    served.emulator.inject({ kind: 'before', reply: wrongReplies.refusal(400, 1004, 'no') }, batches);
    const calls = callsOf(await serving({}, { http }));
    const outcomes = await calls.write(movesOf(served.refs), gone.signal);
    expect(outcomes).toMatchObject(Array(8).fill(failed('dns_unreachable')));
    expect(sentOf(served)).toBe(1);
  });

  it('carries creations, moves, collapses and withdrawals together', async () => {
    const served = await servingMany(4);
    const [fresh, collapsed, withdrawn, moved] = movesOf(served.refs);
    if (!fresh || !collapsed || !withdrawn || !moved) throw new Error('four were made');
    for (const { id, name } of served.records()) if (name === fresh.ref.name) served.zone.records.remove(id);
    served.given({ name: collapsed.ref.name, content: '192.0.2.9' });
    served.given({ name: withdrawn.ref.name, type: 'AAAA', content: '2001:db8::1' });
    const six = { ...withdrawn.ref, type: 'AAAA' as const };
    const requests = [
      { ...fresh, expected: nothing },
      { ...collapsed, expected: { ...nothing, rrset: { addresses: [one, '192.0.2.9'], ttlSeconds: 60 } } },
      { ref: six, expected: { ...nothing, rrset: { addresses: ['2001:db8::1'], ttlSeconds: 60 } }, mark: markOf(1) },
      { ...moved, next: { ...moved.next, proxied: true } },
    ];
    expect(await served.calls.write(requests, soon())).toMatchObject(Array(4).fill(written));
    expect(served.writes()).toMatchObject([{ verb: 'POST batch' }]);
    const { deletes, patches, posts } = served.writes()[0]?.body ?? {};
    expect([deletes.length, patches.length, posts.length]).toEqual([2, 2, 1]);
    expect(
      served
        .records()
        .map(({ name, content }) => [name.split('.')[0], content])
        .sort(),
    ).toEqual([
      ['n0', two],
      ['n1', two],
      ['n2', one],
      ['n3', two],
    ]);
    expect(served.records().find(({ name }) => name === moved.ref.name)).toMatchObject({ proxied: true, ttl: 1 });
  });
});
