import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BindingPatch } from '@serverctl/contract';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type BuiltEdge, buildEdge, goodKey, memberInput } from './testing/built-edge.ts';
import { refusal } from './testing/house-per-test.ts';
import { type OperatorHouse, openOperatorHouse } from './testing/operator-house.ts';

/* Managed names with one record or two: added, changed and released through the API. One house; each test has a name of its own. */

const built = {} as { house: OperatorHouse; edge: BuiltEdge };
let directory: string;
let www: string;
let names = 0;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sct-bindings-'));
  built.house = await openOperatorHouse(directory);
  built.edge = await buildEdge(built.house);
});
beforeEach(() => {
  names += 1;
  www = `www${names}.example.com`;
});
afterAll(async () => {
  await built.house.close();
  await rm(directory, { recursive: true });
});

const bindings = () => built.house.client.bindings;
const zone = 'example.com';
const [v4, v6] = ['203.0.113.9', '2001:db8::9'];
const add = (wish: object = {}, pool = 'edge') =>
  bindings().add(pool, { name: www, zone, credentialId: 'bind', ...wish });
const rowsOf = async (pool = 'edge') =>
  (await bindings().list(pool)).bindings.filter(({ name }) => name === www).map(({ type }) => type);
const lastAudit = () =>
  built.house.database.kysely
    .selectFrom('audit_entry')
    .select(['action', 'target', 'details'])
    .orderBy('seq', 'desc')
    .limit(1)
    .executeTakeFirstOrThrow();
const lastEvent = async () => (await built.house.told()).at(-1);

/** Refused with this, and nothing was stored. */
async function refused(asked: () => Promise<unknown>) {
  const before = await built.house.stored();
  const why = await refusal(asked());
  expect(await built.house.stored()).toBe(before);
  return why;
}

test('a name of both families is two records, added by one change and told as one', async () => {
  const before = await built.house.auditRows();
  const { binding, test: tried, aaaa } = await add({ families: 'both', ttlSeconds: 30 });
  expect([binding.type, tried.type, aaaa?.binding.type, aaaa?.test.type]).toEqual(['A', 'A', 'AAAA', 'AAAA']);
  expect([binding.ttlSeconds, aaaa?.binding.ttlSeconds]).toEqual([30, 30]);
  expect(await rowsOf()).toEqual(['A', 'AAAA']);
  expect(await built.house.auditRows()).toBe(before + 2);
  expect(await lastAudit()).toMatchObject({
    action: 'binding.create',
    target: aaaa?.binding.id,
    details: { name: www, type: 'AAAA', ttlSeconds: 30 },
  });
  expect((await lastEvent())?.sentence).toBe(`${www} (A, AAAA) is now a managed name of edge.`);
});

test.each([
  ['ipv4', ['A']],
  ['ipv6', ['AAAA']],
] as const)('a name of %s is one record', async (families, types) => {
  expect(await add({ families })).toMatchObject({ binding: { type: types[0] }, aaaa: null });
  expect(await rowsOf()).toEqual(types);
});

test('of both families neither is stored when one of them is refused', async () => {
  built.house.zone.put(www, 'AAAA', [v6]);
  expect(await refused(() => add({ families: 'both' }))).toMatchObject({
    code: 'record_not_ours',
    details: { types: ['AAAA'], addresses: [v6], mark: null, markAaaa: null },
  });
});

test('the second family is added later; the same one twice, or one of them in another pool, is refused', async () => {
  await add();
  expect(await refused(() => add({ families: 'both' }))).toMatchObject({
    code: 'binding_exists',
    details: { type: 'A' },
  });
  expect(await refused(() => add({ families: 'ipv6' }, 'other'))).toMatchObject({
    code: 'binding_name_taken',
    details: { pool: 'edge' },
  });
  await add({ families: 'ipv6' });
  expect(await rowsOf()).toEqual(['A', 'AAAA']);
});

test('an AAAA that is no member’s needs the yes although the mark beside it is ours (R20, R21)', async () => {
  await add();
  const mark = `v=1 cp=${built.house.deps.providers.instance} pool=${built.edge.pool} epoch=1`;
  built.house.zone.put(`_serverctl.${www}`, 'TXT', [mark]);
  built.house.zone.put(www, 'AAAA', [v6]);
  expect(await refused(() => add({ families: 'ipv6' }))).toMatchObject({
    code: 'record_not_ours',
    details: { addresses: [v6], mark },
  });
  expect(await refused(() => add({ families: 'ipv6', takeOver: true, expectMark: null }))).toMatchObject({
    code: 'pool_changed',
  });
  await add({ families: 'ipv6', takeOver: true, expectMark: mark });
  const rows = await built.house.database.kysely
    .selectFrom('dns_binding')
    .select(['type', 'take_over', 'take_over_mark'])
    .where('name', '=', www)
    .orderBy('type')
    .execute();
  expect(rows).toEqual([
    { type: 'A', take_over: false, take_over_mark: null },
    { type: 'AAAA', take_over: true, take_over_mark: mark },
  ]);
});

test('an A that is no member’s needs the yes although the mark that its AAAA left is ours (R20, R21)', async () => {
  await add({ families: 'ipv6' });
  const mark = `v=1 cp=${built.house.deps.providers.instance} pool=${built.edge.pool} epoch=1`;
  built.house.zone.put(`_serverctl.${www}`, 'TXT', [mark]);
  built.house.zone.put(www, 'A', ['203.0.113.77']);
  expect(await refused(() => add())).toMatchObject({
    code: 'record_not_ours',
    details: { addresses: ['203.0.113.77'], mark },
  });
  await add({ takeOver: true, expectMark: mark });
  expect((await rowsOf()).sort()).toEqual(['A', 'AAAA']);
});

test('a credential that writes both records of a name is used by one name', async () => {
  await add({ families: 'both' });
  const { credentials } = await built.house.client.credentials.list();
  expect(credentials[0]?.usedBy.filter((name) => name === www)).toEqual([www]);
});

test('an AAAA under our mark that names a member needs no yes', async () => {
  await add();
  const mark = `v=1 cp=${built.house.deps.providers.instance} pool=${built.edge.pool} epoch=1`;
  built.house.zone.put(`_serverctl.${www}`, 'TXT', [mark]);
  built.house.zone.put(www, 'AAAA', ['2001:db8::11']);
  const { kysely } = built.house.database;
  await kysely.updateTable('member').set({ public_ipv6: '2001:db8::11' }).where('id', '=', built.edge.lb1).execute();
  await add({ families: 'ipv6' });
  expect(await rowsOf()).toEqual(['A', 'AAAA']);
});

test('a yes to both records is for the mark that was shown at each', async () => {
  const mark = 'v=1 cp=aaaaaaaaaaaa pool=bbbbbbbbbbbb epoch=4';
  built.house.zone.put(www, 'A', [v4]);
  built.house.zone.put(www, 'AAAA', [v6]);
  built.house.zone.put(`_serverctl.${www}`, 'TXT', [mark]);
  const yes = { families: 'both', takeOver: true };
  expect(await refused(() => add({ ...yes, expectMark: mark, expectMarkAaaa: null }))).toMatchObject({
    code: 'pool_changed',
  });
  await add({ ...yes, expectMark: mark, expectMarkAaaa: mark });
  expect(await rowsOf()).toEqual(['A', 'AAAA']);
});

test('what stands at the record is said whole before it is taken over: addresses, TTL, mark, what that costs', async () => {
  built.house.zone.put(www, 'A', [v4, '203.0.113.10'], 86_400);
  const why = await refused(() => add());
  expect(why?.code).toBe('record_not_ours');
  const { stands = [] } = (why?.details ?? {}) as { stands?: readonly string[] };
  expect(stands.join()).toContain(`${www} (A) holds 203.0.113.10, 203.0.113.9 (TTL 86400 s), without a mark.`);
  expect(stands.join()).toContain('It will hold exactly one address.');
  expect(stands.join()).toContain('Lower it at the provider to 60 s first, and wait 86400 s');
});

test.each([
  ['a CNAME in the way', {}, 'dns_cname_in_the_way'],
  ['a zone that is not served', { zone: 'com' }, 'dns_zone_not_served'],
  ['a name outside its zone', { name: 'www.example.net' }, 'dns_name_outside_zone'],
  ['a TTL of nothing', { ttlSeconds: 0 }, 'ttl_out_of_range'],
  ['a TTL of more than a day', { ttlSeconds: 86_401 }, 'ttl_out_of_range'],
  ['proxied at a provider without a proxy', { proxied: true }, 'proxied_unsupported'],
  ['not proxied at a provider without a proxy', { proxied: false }, 'proxied_unsupported'],
  ['a family that there is none', { families: 'ipv5' }, 'request_invalid'],
])('%s is refused, and nothing is stored', async (_what, wish, code) => {
  if (code === 'dns_cname_in_the_way') built.house.zone.put(www, 'CNAME', ['elsewhere.example.com']);
  expect(await refused(() => add(wish))).toMatchObject({ code });
});

test('before the first publish an old TTL is offered to be lowered by it, where the record names a member', async () => {
  const { client, zone: served } = built.house;
  await client.members.add('other', memberInput(7));
  served.put(www, 'A', ['198.51.100.17'], 86_400);
  const { test: tried } = await add({}, 'other');
  expect(tried.warnings.join()).toContain(
    'Take it over now with its present address (serverctl pool publish other lb7.example.com): its TTL falls from 86400 s to 60 s. Wait 86400 s before the first switchover.',
  );
});

test('each record says what its TTL costs, in numbers', async () => {
  const { binding } = await add({ ttlSeconds: 45 });
  expect(binding).toMatchObject({
    ttlSeconds: 45,
    effectiveTtlSeconds: 45,
    proxied: null,
    ttlSentence: 'Clients are back after about 75 s: failover delay 30 s + TTL 45 s.',
  });
  const tried = await bindings().test('edge', www);
  expect(tried).toMatchObject({ type: 'A', effectiveTtlSeconds: 45, record: { proxied: false, note: null } });
});

test('a credential that is tried on an AAAA reads that one, and has no TTL to reckon with', async () => {
  built.house.zone.put(www, 'AAAA', [v6]);
  const tried = await built.house.client.credentials.test('bind', { zone, name: www, type: 'AAAA' });
  expect(tried).toMatchObject({ type: 'AAAA', effectiveTtlSeconds: null, record: { addresses: [v6] } });
});

test('a credential that is tried with a wished TTL says what it comes to, before anything is stored', async () => {
  const tries = built.house.client.credentials;
  const tried = await tries.test('bind', { zone, name: www, ttlSeconds: 45 });
  expect(tried).toMatchObject({ effectiveTtlSeconds: 45, record: { proxied: false } });
  expect(await refused(() => tries.test('bind', { zone, name: www, ttlSeconds: 0 }))).toMatchObject({
    code: 'ttl_out_of_range',
  });
  const proxied = await refused(() => tries.test('bind', { zone, name: www, ttlSeconds: 45, proxied: true }));
  expect(proxied).toMatchObject({ code: 'proxied_unsupported' });
  expect(await rowsOf()).toEqual([]);
});

test('a release by name ends both records, of one type or by id that one alone', async () => {
  await add({ families: 'both' });
  expect(await bindings().remove('edge', www)).toMatchObject({ records: [{ type: 'A' }, { type: 'AAAA' }], stays: [] });
  expect(await rowsOf()).toEqual([]);
  await add({ families: 'both' });
  expect(await bindings().remove('edge', www, { type: 'A' })).toMatchObject({
    records: [{ type: 'A', name: www }],
    stays: ['AAAA'],
  });
  expect((await lastEvent())?.sentence).toBe(
    `${www} is no longer managed by edge; its record stays as it is. Its AAAA is managed on, alone.`,
  );
  expect(await rowsOf()).toEqual(['AAAA']);
  const { binding } = await add();
  await bindings().remove('edge', binding.id);
  expect(await rowsOf()).toEqual(['AAAA']);
  expect(await refused(() => bindings().remove('edge', www, { type: 'A' }))).toMatchObject({
    code: 'binding_not_found',
  });
});

test('a change by name is for both records, of one type for that one, and tells what it was', async () => {
  await add({ families: 'both' });
  const { records } = await bindings().set('edge', www, { ttlSeconds: 30 });
  expect(records.map(({ binding, test: { type } }) => [binding.type, binding.ttlSeconds, type])).toEqual([
    ['A', 30, 'A'],
    ['AAAA', 30, 'AAAA'],
  ]);
  expect(await lastAudit()).toMatchObject({
    action: 'binding.update',
    details: { name: www, type: 'AAAA', before: { ttlSeconds: 60 }, after: { ttlSeconds: 30 } },
  });
  expect(await lastEvent()).toMatchObject({
    kind: 'binding.changed',
    sentence: `${www} (A, AAAA): TTL 30 s.`,
  });
  await bindings().set('edge', www, { ttlSeconds: 45 }, { type: 'AAAA' });
  const { bindings: all } = await bindings().list('edge');
  expect(all.filter(({ name }) => name === www).map(({ ttlSeconds }) => ttlSeconds)).toEqual([30, 45]);
});

test('a change that changes nothing is tried all the same, and leaves no trace', async () => {
  await add();
  const before = await built.house.stored();
  const { records } = await bindings().set('edge', www, { ttlSeconds: 60, credentialId: 'bind', proxied: null });
  expect(records).toMatchObject([{ binding: { ttlSeconds: 60 }, test: { canEdit: true } }]);
  expect((await bindings().set('edge', www, {})).records).toHaveLength(1);
  expect(await built.house.stored()).toBe(before);
});

test('another credential is tried first: one that may not edit, or is wrong, changes nothing', async () => {
  await add();
  const { client } = built.house;
  for (const [keyName, code] of [
    ['may-not-edit', 'dns_not_allowed'],
    ['wrong-secret', 'dns_tsig_wrong_secret'],
  ] as const) {
    await client.credentials.add({ name: keyName, settings: { ...goodKey, keyName } });
    expect(await refused(() => bindings().set('edge', www, { credentialId: keyName }))).toMatchObject({ code });
  }
  const { credential } = await client.credentials.add({ name: 'second', settings: goodKey });
  const { records } = await bindings().set('edge', www, { credentialId: 'second' });
  expect(records[0]?.binding.credentialId).toBe(credential.id);
  expect((await lastEvent())?.sentence).toBe(`${www}: another credential.`);
});

test('through another credential a name must hold what we left there (R21)', async () => {
  const { client, zone: served, database } = built.house;
  await client.credentials.add({ name: 'third', settings: goodKey });
  const { binding } = await add();
  const published = { published_epoch: 1, published_address: '198.51.100.11' };
  await database.kysely.updateTable('dns_binding').set(published).where('id', '=', binding.id).execute();
  served.put(www, 'A', [v4]);
  const set = () => bindings().set('edge', www, { credentialId: 'third' });
  expect(await refused(set)).toMatchObject({ code: 'record_not_ours_there', details: { addresses: [v4] } });
  served.put(`_serverctl.${www}`, 'TXT', ['v=1 cp=aaaaaaaaaaaa pool=bbbbbbbbbbbb epoch=4']);
  expect(await refused(set)).toMatchObject({ code: 'dns_foreign_mark' });
  served.put(`_serverctl.${www}`, 'TXT', []);
  served.put(www, 'A', ['198.51.100.11']);
  expect((await set()).records).toHaveLength(1);
});

test.each([
  ['a TTL of more than a day', { ttlSeconds: 86_401 }, 'ttl_out_of_range'],
  ['proxied at a provider without a proxy', { proxied: true }, 'proxied_unsupported'],
  ['a credential that there is none', { credentialId: 'nothing' }, 'credential_not_found'],
  ['another zone', { zone: 'example.net' }, 'request_invalid'],
  ['a CNAME that came since', { ttlSeconds: 30 }, 'dns_cname_in_the_way'],
])('a change to %s is refused, and nothing is stored', async (_what, patch, code) => {
  await add();
  if (code === 'dns_cname_in_the_way') built.house.zone.put(www, 'CNAME', ['elsewhere.example.com']);
  expect(await refused(() => bindings().set('edge', www, patch as BindingPatch))).toMatchObject({ code }); // one is unfit on purpose
});

test('a change of a name that the pool does not have is refused', async () => {
  expect(await refused(() => bindings().set('edge', www, { ttlSeconds: 30 }))).toMatchObject({
    code: 'binding_not_found',
  });
  await add();
  expect(await refused(() => bindings().set('other', www, { ttlSeconds: 30 }))).toMatchObject({
    code: 'binding_not_found',
  });
});

test('after a yes to taking over nothing speaks of a yes or a wait that is still to come', async () => {
  built.house.zone.put(www, 'A', ['203.0.113.77'], 86_400);
  const { test: tried } = await add({ takeOver: true });
  const told = tried.warnings.join(' ');
  expect(told).toContain(`${www} stood there without a mark of ours: it is taken over, as you said.`);
  expect(told).toContain('clients may still hold what stood there before for so long from now on');
  expect(told).not.toMatch(/first publish asks|Lower it at the provider/);
});
