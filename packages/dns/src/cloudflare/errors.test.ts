import { isAppError } from '@serverctl/core';
import { describe, expect, it } from 'vitest';
import type { ApiHttp } from '../api-http.ts';
import { markOf, soon, us } from '../contract/subject.ts';
import { wrongReplies } from '../testing/index.ts';
import { TransportError } from '../transport/transport-error.ts';
import { createCloudflareProvider } from './index.ts';
import { one, ref, serving, token, two, zoneName } from './testing.ts';

type Serving = Awaited<ReturnType<typeof serving>>;
const readOf = ({ provider }: Serving) => provider.read(ref, soon());
const writes = { methods: ['POST', 'PATCH'] };
const reads = { methods: ['GET'], path: /dns_records/ };

async function failureOf(call: Promise<unknown>) {
  const error = await call.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (!isAppError(error)) throw new Error(`no failure of the catalogue: ${error}`);
  return error;
}

describe('a refusal, by its status and the provider’s code', () => {
  it.each([
    [400, 6003, 'dns_token_malformed', 'dns_token_malformed'],
    [401, 10001, 'dns_token_refused', 'dns_token_refused'],
    [403, 9109, 'dns_token_restricted', 'dns_not_allowed'],
    [403, 10502, 'dns_token_locked', 'dns_token_locked'],
    [400, 7003, 'dns_zone_id_wrong', 'dns_zone_id_wrong'],
    [404, 7003, 'dns_zone_id_wrong', 'dns_zone_id_wrong'],
    [400, 9021, 'dns_ttl_refused', 'dns_ttl_refused'],
    [400, 81053, 'dns_cname_in_the_way', 'dns_cname_in_the_way'],
    [400, 81054, 'dns_cname_in_the_way', 'dns_cname_in_the_way'],
    [400, 1038, 'dns_request_refused', 'dns_request_refused'],
    [418, 999, 'dns_request_refused', 'dns_request_refused'],
    [200, 9021, 'dns_ttl_refused', 'dns_ttl_refused'],
    [200, 12345, 'dns_request_refused', 'dns_request_refused'],
    [500, 9021, 'dns_server_failure', 'dns_outcome_unknown'],
    [429, 10000, 'dns_rate_limited', 'dns_rate_limited'],
  ])('%i with %i is %s to a read and %s to a write', async (status, code, toRead, toWrite) => {
    const served = await serving();
    served.given();
    const reply = wrongReplies.refusal(status, code, 'in the provider’s words');
    served.emulator.inject({ kind: 'before', reply }, reads);
    const read = await failureOf(readOf(served));
    expect(read).toMatchObject({ code: toRead, details: { status, said: `${code}: in the provider’s words` } });
    served.emulator.inject({ kind: 'before', reply }, { ...writes, times: 2 });
    expect(await failureOf(served.move(two, 1))).toMatchObject({ code: toWrite });
    expect(served.records()).toMatchObject([{ content: one, comment: null }]);
  });

  it('is looked for in the errors’ chains, and never in the messages of a success', async () => {
    const served = await serving({}, { ttlFloorSeconds: 30 }); // which this zone’s plan does not have
    expect(await failureOf(served.move(one, 1, 30))).toMatchObject({ code: 'dns_ttl_refused' });
    expect(served.records()).toEqual([]);
    served.given();
    const messages = [{ code: 10000, message: 'not meant for you' }];
    const change = (reply: { text: string }) => {
      reply.text = JSON.stringify({ ...JSON.parse(reply.text), messages });
    };
    served.emulator.inject({ kind: 'alter', change }, reads);
    expect((await readOf(served)).rrset?.addresses).toEqual([one]);
  });

  it('of an id that is stale is the same whatever its status', async () => {
    const served = await serving();
    served.given();
    const reply = wrongReplies.refusal(400, 81044, 'no such record');
    served.emulator.inject({ kind: 'before', reply }, writes);
    expect(await served.move(two, 1)).toMatchObject({ outcome: 'written' });
    served.emulator.inject({ kind: 'before', reply }, { ...writes, times: 2 });
    expect(await failureOf(served.move(one, 2))).toMatchObject({ code: 'dns_rrset_drifted' });
  });

  it('is quoted unedited, but bounded and without the token', async () => {
    const served = await serving();
    const said = `the token ${token} is ${'no good '.repeat(100)}`;
    served.emulator.inject({ kind: 'before', reply: wrongReplies.refusal(403, 9109, said) }, reads);
    const error = await failureOf(readOf(served));
    expect(error.details['said']).toMatch(/^9109: the token … is no good/);
    expect(`${error.details['said']}`).toHaveLength(300);
    expect(JSON.stringify(error.details)).not.toContain(token);
  });
});

describe('the rate limit', () => {
  it('is obeyed in the provider’s own seconds, and nothing is asked again by itself', async () => {
    const limit = { requests: 3, windowSeconds: 300, lockOutSeconds: 123 };
    const served = await serving({ limit, now: () => 0 });
    served.given();
    await readOf(served);
    await readOf(served);
    const before = served.asked().length;
    expect(await failureOf(served.move(two, 1))).toMatchObject({
      code: 'dns_rate_limited',
      details: { retryAfterSeconds: 123 },
    });
    expect(served.asked()).toHaveLength(before + 1);
    expect(served.record()).toMatchObject({ content: one });
  });

  it('tells how long from its own header where Retry-After is missing or no number, else that it does not know', async () => {
    const served = await serving();
    const answering = async (headers: Record<string, string>) => {
      served.emulator.inject({ kind: 'before', reply: { ...wrongReplies.page(429), headers } }, reads);
      return (await failureOf(readOf(served))).details['retryAfterSeconds'];
    };
    await readOf(served);
    const change = (reply: { status: number }) => void Object.assign(reply, { status: 429 });
    served.emulator.inject({ kind: 'alter', change }, reads);
    expect((await failureOf(readOf(served))).details['retryAfterSeconds']).toBeGreaterThan(200);
    expect(await answering({ 'retry-after': '7' })).toBe(7);
    expect(await answering({ 'retry-after': 'Tue, 01 Jan 2030 00:00:00 GMT', ratelimit: '"d";r=0;t=30' })).toBe(30);
    expect(await answering({ ratelimit: 'none of ours' })).toBeNull();
  });
});

describe('a reply that is not the API’s', () => {
  it.each([
    ['a page', wrongReplies.page(200), 'not-json'],
    ['damaged JSON', { status: 200, text: '{"success":true,"result":' }, 'not-json'],
    ['JSON of something else', { status: 200, text: '{"ok":true}' }, 'not-json'],
    ['a redirect', { ...wrongReplies.page(302), headers: { location: 'https://elsewhere.test/' } }, 'redirect'],
    ['success without a result', { status: 200, text: '{"success":true,"errors":[],"result":null}' }, 'no-'],
    ['more than is read', { status: 200, text: ' '.repeat(70_000) }, 'too-long'],
  ])('is unreadable to a read and an open question to a write: %s', async (_, reply, because) => {
    const served = await serving();
    served.given();
    served.emulator.inject({ kind: 'before', reply }, reads);
    const read = await failureOf(readOf(served));
    expect(read).toMatchObject({ code: 'dns_reply_malformed', details: { because: expect.stringContaining(because) } });
    served.emulator.inject({ kind: 'after', reply }, writes);
    expect(await failureOf(served.move(two, 1))).toMatchObject({ code: 'dns_outcome_unknown' });
    expect(await served.move(two, 1)).toMatchObject({ outcome: 'already' });
  });

  it('is judged by its status alone where it is a page', async () => {
    const served = await serving();
    served.given();
    served.emulator.inject({ kind: 'before', reply: wrongReplies.page(502) }, reads);
    expect(await failureOf(readOf(served))).toMatchObject({ code: 'dns_server_failure' });
    served.emulator.inject({ kind: 'before', reply: wrongReplies.page(403) }, writes);
    expect(await failureOf(served.move(two, 1))).toMatchObject({ code: 'dns_not_allowed' });
  });

  it('is refused where it holds more records of one name than anybody means to have', async () => {
    const served = await serving();
    for (let last = 1; last <= 101; last += 1) served.given({ content: `192.0.2.${last}` });
    const details = { because: 'too-many' };
    expect(await failureOf(readOf(served))).toMatchObject({ code: 'dns_reply_malformed', details });
  });

  it('settles nothing when it tells of another record than the one that was written', async () => {
    const served = await serving();
    served.given();
    const change = (reply: { text: string }) => {
      reply.text = reply.text.replaceAll(two, '192.0.2.77');
    };
    served.emulator.inject({ kind: 'alter', change }, writes);
    expect(await failureOf(served.move(two, 1))).toMatchObject({ code: 'dns_outcome_unknown' });
  });
});

describe('no reply', () => {
  const next = { address: two, ttlSeconds: 60 };

  it('is no open question where nothing was sent', async () => {
    const http = { request: () => Promise.reject(new TransportError('refused', false)) };
    const zoneIds = { [zoneName]: 'z' };
    const provider = createCloudflareProvider({ http, token, instance: us, zoneIds });
    const expected = { rrset: null, mark: { kind: 'none' }, cname: false } as const;
    const replaced = provider.replace({ ref, expected, next, mark: markOf(1) }, soon());
    expect(await failureOf(replaced)).toMatchObject({ code: 'dns_unreachable' });
  });

  it('is none either where the look got through and the write was not sent any more', async () => {
    const served = await serving();
    served.given();
    const request = { ref, expected: await readOf(served), next, mark: markOf(1) };
    const refusing: ApiHttp = {
      request: (asked) =>
        asked.method === 'GET' ? served.http.request(asked) : Promise.reject(new TransportError('refused', false)),
    };
    const refused = createCloudflareProvider({ http: refusing, token, instance: us });
    expect(await failureOf(refused.replace(request, soon()))).toMatchObject({ code: 'dns_unreachable' });
    const controller = new AbortController();
    const sent: string[] = [];
    const leaving: ApiHttp = {
      async request(asked) {
        sent.push(asked.method);
        const reply = await served.http.request(asked);
        if (asked.path.includes('type=A')) controller.abort();
        return reply;
      },
    };
    const left = createCloudflareProvider({ http: leaving, token, instance: us });
    expect(await failureOf(left.replace(request, controller.signal))).toMatchObject({ code: 'dns_unreachable' });
    expect(sent).not.toContain('PATCH');
  });

  it('leaves open what became of a write when the connection closes, and of nothing else', async () => {
    const served = await serving();
    served.given();
    served.emulator.inject({ kind: 'close', applied: false }, reads);
    expect(await failureOf(readOf(served))).toMatchObject({ code: 'dns_unreachable' });
    served.emulator.inject({ kind: 'close', applied: true }, writes);
    expect(await failureOf(served.move(two, 1))).toMatchObject({ code: 'dns_outcome_unknown' });
    expect(served.record()).toMatchObject({ content: two });
    served.emulator.inject({ kind: 'close', applied: false }, writes);
    expect(await failureOf(served.provider.probe(ref, soon()))).toMatchObject({ code: 'dns_unreachable' });
  });

  it('is open after a 5xx that came once the write was made, and a read tells', async () => {
    const served = await serving();
    served.given();
    served.emulator.inject({ kind: 'after', reply: wrongReplies.page(504) }, writes);
    expect(await failureOf(served.move(two, 1))).toMatchObject({ code: 'dns_outcome_unknown' });
    expect(await served.move(two, 1)).toMatchObject({ outcome: 'already' });
  });
});

it.each([
  ['', 'it is empty'],
  ['  ', 'it is empty'],
  ['two words', 'it has spaces or line ends within'],
  ['line\nbreak', 'it has spaces or line ends within'],
  ['tök€n', 'it has characters other than letters, digits and signs of ASCII'],
  ['x'.repeat(513), 'it has 513 characters, and 512 at most are taken'],
])('%j is no token, and it is told why', async (text, because) => {
  const http = { request: () => Promise.reject(new Error('nothing may be sent')) };
  expect(() => createCloudflareProvider({ http, token: text, instance: us })).toThrow(
    expect.objectContaining({ code: 'dns_token_malformed', details: { because } }),
  );
});

it('who did not answer, and for how long it was waited, is told as whoever carries requests says it', async () => {
  const words = 'gateway.test:443 did not answer within 5 s';
  const http = { request: () => Promise.reject(new TransportError('late', true, null, words)) };
  const provider = createCloudflareProvider({ http, token, instance: us });
  expect(await failureOf(provider.read(ref, soon()))).toMatchObject({
    code: 'dns_unreachable',
    details: { because: words },
  });
});
