import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PoolId } from '@serverctl/core';
import { startTestBind, type TestBind, whyNoBind } from '@serverctl/dns/testing';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type FakeServer, startFakeServer } from '../../../../packages/dns/src/testing/fake-server.ts';
import { encodeMessage } from '../../../../packages/dns/src/wire/message.ts';
import { rrClass, rrType } from '../../../../packages/dns/src/wire/registry.ts';
import { type BuiltEdge, buildEdge } from './testing/built-edge.ts';
import { refusal } from './testing/house-per-test.ts';
import { type OperatorHouse, openOperatorHouse } from './testing/operator-house.ts';
import { addPerson, addSession } from './testing/people.ts';

/* Recursive resolvers: the setting, and what is shown of them beside a name. Real servers on loopback; one house. */

const [now, before] = ['198.51.100.11', '198.51.100.12'];
const name = 'lb.example.com';
let directory: string;
let house: OperatorHouse;
let edge: BuiltEdge;
const open: { stop(): Promise<void> }[] = [];
/** One that answers `said`, one that is silent, one that refuses. */
let [cache, silent, refusing] = [] as FakeServer[] as [FakeServer, FakeServer, FakeServer];
let said: string = now;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sct-resolvers-'));
  cache = await startFakeServer(({ message }) => {
    const data = { kind: 'a', address: said } as const;
    const flags = { ...message.flags, response: true, recursionAvailable: true };
    const answers = message.questions
      .filter(({ type }) => type === rrType.a)
      .map((question) => ({ name: question.name, type: rrType.a, class: rrClass.in, ttlSeconds: 40, data }));
    return encodeMessage({ ...message, flags, answers });
  });
  silent = await startFakeServer(() => null);
  refusing = await startFakeServer(({ message }) =>
    encodeMessage({ ...message, rcode: 5, flags: { ...message.flags, response: true } }),
  );
  open.push(cache, silent, refusing);
  const allowPrivate = open.map((server) => ({ host: '127.0.0.1', port: (server as FakeServer).port }));
  house = await openOperatorHouse(directory, { allowPrivate });
  edge = await buildEdge(house);
});
beforeEach(async () => {
  said = now;
  await house.client.resolvers.set({ resolvers: [] });
});
afterAll(async () => {
  await house.close();
  await Promise.all(open.map((server) => server.stop()));
  await rm(directory, { recursive: true });
});

const set = (...resolvers: readonly string[]) => house.client.resolvers.set({ resolvers: [...resolvers] });
const at = ({ address, port }: { readonly address: string; readonly port: number }) => `${address}:${port}`;
const detail = async (ref = name) => (await house.client.bindings.get('edge', ref)).records;
const acknowledged = (address: string | null, epoch = 1) =>
  sql`UPDATE dns_binding SET published_address = ${address}::inet, published_epoch = ${epoch}`.execute(
    house.database.kysely,
  );
const lastAudit = () =>
  house.database.kysely
    .selectFrom('audit_entry')
    .select(['actor', 'action', 'target', 'pool_id', 'details'])
    .orderBy('seq', 'desc')
    .limit(1)
    .executeTakeFirstOrThrow();

test('the list is replaced as a whole, shown in canonical text, and each change of it is in the audit log', async () => {
  expect(await house.client.resolvers.get()).toEqual({ resolvers: [] });
  const to = ['192.0.2.53', '[2001:db8::53]:54', '127.0.0.53'];
  expect(await set('192.0.2.53:53', '[2001:DB8:0::53]:54', '127.0.0.53')).toEqual({ resolvers: to });
  expect(await house.client.resolvers.get()).toEqual({ resolvers: to });
  expect(await lastAudit()).toEqual({
    actor: 'host',
    action: 'dns-resolvers.update',
    target: 'dns_resolvers',
    pool_id: null,
    details: { from: [], to },
  });
  const rows = await house.auditRows();
  await set(...to);
  expect(await house.auditRows()).toBe(rows);
  await set();
  expect(await lastAudit()).toMatchObject({ details: { from: to, to: [] } });
});

test('each change of the list is an event, and what changes nothing is none', async () => {
  await set('192.0.2.53');
  await set('192.0.2.53:53');
  await set('192.0.2.54', '2001:db8::53');
  const told = (await house.told()).filter(({ kind }) => kind === 'resolvers.changed').slice(-2);
  expect(told).toMatchObject([
    { poolId: null, severity: 'info', details: { from: [], to: ['192.0.2.53'] } },
    { sentence: expect.stringMatching(/: 192\.0\.2\.54, 2001:db8::53; before: 192\.0\.2\.53\.$/) },
  ]);
});

test('a list that is not the one that was shown stays, and the refusal says what it is now', async () => {
  await set('192.0.2.1');
  const resolvers = ['192.0.2.2'];
  const stored = await house.stored();
  const asShown = (...expected: string[]) => refusal(house.client.resolvers.set({ resolvers, expect: expected }));
  const refused = { code: 'dns_resolvers_changed', details: { now: ['192.0.2.1'] } };
  expect([await asShown(), await asShown('192.0.2.1', '192.0.2.3')]).toMatchObject([refused, refused]);
  expect(await house.stored()).toBe(stored);
  expect(await asShown('192.0.2.1')).toBeNull();
  expect(await house.client.resolvers.get()).toEqual({ resolvers });
});

test('of two who saw the same list one changes it', async () => {
  const shown = { expect: [] };
  const answers = await Promise.all(
    ['192.0.2.1', '192.0.2.2'].map((one) => refusal(house.client.resolvers.set({ resolvers: [one], ...shown }))),
  );
  expect(answers.map((answer) => answer?.code ?? 'changed').toSorted()).toEqual(['changed', 'dns_resolvers_changed']);
});

test('two who change it at once leave a chain of entries in which each begins where the other ended', async () => {
  const rows = await house.auditRows();
  const lists = Array.from({ length: 6 }, (_, index) => [`192.0.2.${index + 1}`]);
  await Promise.all(lists.map((list) => set(...list)));
  expect(await house.auditRows()).toBe(rows + lists.length);
  const entries = await house.database.kysely
    .selectFrom('audit_entry')
    .select('details')
    .where('action', '=', 'dns-resolvers.update')
    .orderBy('seq', 'desc')
    .limit(lists.length)
    .execute();
  const details = entries.map((entry) => entry.details as { from: string[]; to: string[] });
  const { resolvers } = await house.client.resolvers.get();
  let end = resolvers.join();
  for (let left = details.length; left > 0; left -= 1) {
    const entry = details.find(({ to }) => to.join() === end);
    expect(entry, end).toBeDefined();
    end = entry?.from.join() ?? '';
  }
  expect(end).toBe('');
});

test.each([
  ['a name', ['dns.example.net'], 'dns_resolver_invalid', { resolver: 'dns.example.net' }],
  ['no port', ['192.0.2.53:70000'], 'dns_resolver_invalid', { because: expect.stringContaining('65535') }],
  ['one twice', ['192.0.2.53', '192.0.2.53:53'], 'dns_resolver_twice', { resolver: '192.0.2.53' }],
  ['nine', Array.from({ length: 9 }, (_, n) => `192.0.2.${n}`), 'dns_resolvers_too_many', { given: 9, most: 8 }],
  ['a private network', ['10.0.0.2'], 'outbound_forbidden', { target: '10.0.0.2:53' }],
  ['a cloud’s metadata', ['169.254.169.254'], 'outbound_forbidden', {}],
  ['loopback on another port', ['127.0.0.1:54'], 'outbound_forbidden', { target: '127.0.0.1:54' }],
  ['loopback on another port in IPv6', ['[::1]:54'], 'outbound_forbidden', { target: '[::1]:54' }],
  ['loopback behind NAT64', ['64:ff9b::7f00:1'], 'outbound_forbidden', {}],
  ['loopback as IPv6 once held it', ['::7f00:1'], 'outbound_forbidden', { target: '[::7f00:1]:53' }],
  ['a site-local one', ['fec0::1'], 'outbound_forbidden', {}],
  ['a segment of a router', ['5f00::1'], 'outbound_forbidden', {}],
  ['what was never given out', ['4000::1'], 'outbound_forbidden', {}],
  ['text without end', ['1'.repeat(200)], 'request_invalid', {}],
])('%s is refused, and nothing is stored', async (_what, resolvers, code, details) => {
  const stored = await house.stored();
  expect(await refusal(set(...resolvers))).toMatchObject({ code, details });
  expect(await house.stored()).toBe(stored);
});

test('without resolvers nobody is asked, and the name is shown as ever', async () => {
  const questions = cache.asked.length;
  const [record] = await detail();
  const [listed] = (await house.client.bindings.list('edge')).bindings;
  expect(record).toEqual({ ...listed, acknowledgedAddress: null, edge: 'silent', resolvers: [] });
  expect(cache.asked).toHaveLength(questions);
});

test('each resolver is shown with its answer, what is left of it, and whether that was acknowledged', async () => {
  await acknowledged(now);
  const binding = await house.client.bindings.add('edge', {
    ...{ name: 'both.example.com', zone: 'example.com', credentialId: 'bind', families: 'both' },
  });
  await acknowledged(now);
  said = before;
  await set(at(cache), at(refusing));
  const records = await detail('both.example.com');
  expect(records.map(({ type }) => type)).toEqual(['A', 'AAAA']);
  const [first, second] = records[0]?.resolvers ?? [];
  expect(first).toMatchObject({
    ...{ resolver: at(cache), state: 'other', addresses: [before], ttlSeconds: 40, error: null },
  });
  const until = Date.parse(first?.cachedUntil ?? '') - Date.parse(first?.askedAt ?? '');
  expect(until).toBe(40_000);
  expect(second).toMatchObject({ resolver: at(refusing), state: 'no-answer', error: 'REFUSED', cachedUntil: null });
  expect(records[1]?.resolvers[0]).toMatchObject({ state: 'other', addresses: [] });
  expect((await detail(binding.binding.id)).map(({ id }) => id)).toEqual([binding.binding.id]);
  const only = await house.client.bindings.get('edge', 'both.example.com', { type: 'AAAA' });
  expect(only.records.map(({ type }) => type)).toEqual(['AAAA']);
  expect(await refusal(detail('nothing.example.com'))).toMatchObject({ code: 'binding_not_found' });
});

test('the acknowledged address is told as that; a name without one is not compared', async () => {
  await set(at(cache));
  await acknowledged(now);
  expect((await detail())[0]).toMatchObject({ acknowledgedAddress: now, resolvers: [{ state: 'same' }] });
  await acknowledged(null, 0);
  expect((await detail())[0]?.resolvers).toMatchObject([{ state: 'not-compared', addresses: [now] }]);
});

test('one that is silent is shown as that, and changes nothing of the name', async () => {
  await acknowledged(now);
  const [record] = await detail();
  await set(at(silent), at(cache));
  const stored = await house.stored();
  const [looked] = await detail();
  expect(looked).toMatchObject({ state: record?.state, error: null, drift: null });
  expect(looked?.resolvers).toMatchObject([
    { state: 'no-answer', error: 'no answer within 2 s', addresses: [] },
    { state: 'same' },
  ]);
  expect(await house.stored()).toBe(stored);
});

test('lists of names ask nobody; one name is one question, with recursion desired', async () => {
  await set(at(refusing));
  const questions = refusing.asked.length;
  await house.client.bindings.list('edge');
  await house.client.pools.get('edge');
  expect(refusing.asked).toHaveLength(questions);
  const fresh = await house.client.bindings.add('edge', {
    ...{ name: 'once.example.com', zone: 'example.com', credentialId: 'bind' },
  });
  await detail(fresh.binding.id);
  expect(refusing.asked).toHaveLength(questions + 1);
  expect(refusing.asked.at(-1)?.message.flags.recursionDesired).toBe(true);
});

test('one that is no longer allowed is not asked, and shown as that', async () => {
  const stray = await startFakeServer(() => null);
  open.push(stray);
  const value = JSON.stringify([at(stray)]);
  await sql`UPDATE setting SET value = ${value}::jsonb WHERE key = 'dns_resolvers'`.execute(house.database.kysely);
  expect((await detail())[0]?.resolvers).toMatchObject([
    { state: 'no-answer', error: expect.stringContaining('not allowed') },
  ]);
  expect(stray.asked).toEqual([]);
});

test('who may read the pool’s names sees the answers, and chooses no resolver', async () => {
  await set(at(cache));
  const { id } = await addPerson(house, 'viewer@example.com', [{ role: 'viewer', poolId: edge.pool as PoolId }]);
  const viewer = house.clientAs(await addSession(house, id));
  const { records } = await viewer.bindings.get('edge', name);
  expect(records[0]?.resolvers).toHaveLength(1);
  expect(await refusal(viewer.resolvers.set({ resolvers: [] }))).toMatchObject({ code: 'permission_denied' });
  expect(await refusal(viewer.bindings.get('other', name))).toMatchObject({ code: 'pool_not_found' });
});

const reason = whyNoBind();

test.skipIf(reason !== null)('a real cache shows what clients of it still get, until its TTL is over', async () => {
  const zone = 'example.com';
  const primary: TestBind = await startTestBind({ zone, records: [`lb 300 IN A ${before}`] });
  const bind = await startTestBind({ zone, cacheOf: primary });
  const own = await mkdtemp(join(tmpdir(), 'sct-resolvers-'));
  const other = await openOperatorHouse(own, { allowPrivate: [{ host: bind.address, port: bind.port }] });
  try {
    await buildEdge(other);
    await other.client.resolvers.set({ resolvers: [at(bind)] });
    await sql`UPDATE dns_binding SET published_address = ${before}::inet, published_epoch = 1`.execute(
      other.database.kysely,
    );
    const look = async () => (await other.client.bindings.get('edge', name)).records[0]?.resolvers[0];
    expect(await look()).toMatchObject({ state: 'same', addresses: [before] });
    await primary.nsupdate([`update delete ${name} A`, `update add ${name} 300 A ${now}`]);
    await sql`UPDATE dns_binding SET published_address = ${now}::inet, published_epoch = 2`.execute(
      other.database.kysely,
    );
    const moved = await look();
    expect(moved).toMatchObject({ state: 'other', addresses: [before] });
    const left = Date.parse(moved?.cachedUntil ?? '') - Date.parse(moved?.askedAt ?? '');
    expect(left).toBeGreaterThan(0);
    expect(left).toBeLessThanOrEqual(300_000);
  } finally {
    await other.close();
    await bind.stop();
    await primary.stop();
    await rm(own, { recursive: true });
  }
});
