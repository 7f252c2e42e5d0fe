import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type CloudflareEmulator, startCloudflareEmulator } from '@serverctl/dns/testing';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type OperatorHouse, openOperatorHouse, tsigSecret } from './testing/operator-house.ts';

/* A Cloudflare credential through the API, tried by the real adapter at an emulator on loopback, which an administrator allowed (R40). */

const zoneName = 'example.com';
const tried = { zone: zoneName, name: `lb.${zoneName}` };
const token = 'canary-Token_0123456789';
let directory: string;
let house: OperatorHouse;
let emulator: CloudflareEmulator;
let zoneId: string;
let otherId: string;
let made = 0;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sct-cloudflare-'));
  emulator = await startCloudflareEmulator();
  zoneId = emulator.addZone(zoneName).id;
  const other = emulator.addZone('example.org');
  other.records.create({ type: 'A', name: 'www.example.org', content: '192.0.2.9', ttl: 60 });
  otherId = other.id;
  emulator.addToken(token);
  emulator.addToken('filtered-token', { addresses: ['2001:db8::1'] });
  emulator.addToken('reads-no-records', { dnsRead: false, dnsEdit: false });
  emulator.addToken('reads-no-zones', { zoneRead: false });
  emulator.addToken('edits-nothing', { dnsEdit: false });
  emulator.addToken('for-another-zone', { zones: ['example.org'] });
  const { port } = new URL(emulator.apiBase);
  house = await openOperatorHouse(directory, { allowPrivate: [{ host: '127.0.0.1', port: Number(port) }] });
});
beforeEach(() => {
  made += 1;
});
afterAll(async () => {
  await house.close();
  await emulator.stop();
  await rm(directory, { recursive: true });
});

const add = (settings: object = {}, test: object | null = tried) =>
  house.ask('POST', '/api/v1/dns-credentials', {
    name: `cf ${made}`,
    settings: { provider: 'cloudflare', apiBase: emulator.apiBase, token, ...settings },
    ...(test && { test }),
  });
const change = (settings: object, more: object = {}) =>
  house.ask('PATCH', `/api/v1/dns-credentials/${encodeURIComponent(`cf ${made}`)}`, { settings, ...more });
const refused = (code: string, details: object = {}) => ({
  body: { error: { code, details: expect.objectContaining(details) } },
});

test('it is tried by a real read before it is stored, and shown without its token, with limit and ceiling (R22, R23)', async () => {
  const before = emulator.exchanges.length;
  const reply = await add({ plan: 'paid', zoneIds: { 'Example.com.': zoneId } });
  expect(reply).toMatchObject({ status: 201, body: { test: { canEdit: true } } });
  expect((reply.body as { credential: object }).credential).toMatchObject({
    name: `cf ${made}`,
    provider: 'cloudflare',
    settings: { provider: 'cloudflare', apiBase: emulator.apiBase, zoneIds: { [zoneName]: zoneId }, plan: 'paid' },
    usedBy: [],
    limit: { calls: 1_000, perSeconds: 300, reservePercent: 75, promotionsBeforeWaiting: 250 },
  });
  const asked = emulator.exchanges.slice(before).map(({ method, path }) => `${method} ${path.replace(/\?.*/, '')}`);
  expect(asked).toContain(`GET /zones/${zoneId}/dns_records`);
  expect(asked).not.toContain('GET /zones'); // its id was given
});

test('without a name to try nothing is asked, and its target is checked all the same', async () => {
  const before = emulator.exchanges.length;
  expect(await add({}, null)).toMatchObject({ status: 201, body: { test: null } });
  expect(emulator.exchanges).toHaveLength(before);
});

test.each([
  ['a token that the provider does not know', { token: 'unknown-token' }, 'dns_token_refused'],
  ['a token with spaces', { token: 'two words' }, 'dns_token_malformed'],
  ['a token that an address filter shuts out', { token: 'filtered-token' }, 'dns_token_restricted'],
  ['a token that may not read records', { token: 'reads-no-records' }, 'dns_token_lacks_scope'],
  ['a token that may not look zones up, without the zone’s id', { token: 'reads-no-zones' }, 'dns_zone_id_needed'],
  ['a token that may not edit', { token: 'edits-nothing' }, 'dns_not_allowed'],
  ['a token for another zone', { token: 'for-another-zone' }, 'dns_zone_not_served'],
])('%s has its own error, and nothing is stored', async (_what, settings, code) => {
  const before = await house.stored();
  expect(await add(settings)).toMatchObject(refused(code));
  expect(await house.stored()).toBe(before);
});

test('another zone’s id, and one that is none there, each has its own error, and nothing is stored', async () => {
  const before = await house.stored();
  expect(await add({ zoneIds: { [zoneName]: otherId } })).toMatchObject(refused('dns_zone_id_wrong'));
  expect(await add({ zoneIds: { [zoneName]: 'f'.repeat(32) } })).toMatchObject(refused('dns_zone_id_wrong'));
  expect(await add({ zoneIds: { 'a..b': zoneId } })).toMatchObject(refused('dns_name_invalid', { value: 'a..b' }));
  expect(await house.stored()).toBe(before);
});

test('where its API is not to be asked nothing is stored and nothing is sent (R40)', async () => {
  const [before, asked] = [await house.stored(), emulator.exchanges.length];
  const elsewhere = emulator.apiBase.replace('127.0.0.1', '127.0.0.2');
  expect(await add({ apiBase: elsewhere })).toMatchObject(refused('outbound_forbidden', { address: '127.0.0.2' }));
  expect(await add({ apiBase: 'https://nowhere.invalid/v4' }, null)).toMatchObject(refused('outbound_unresolved'));
  expect(await add({ apiBase: 'http://api.example.com/v4' }, null)).toMatchObject(refused('url_invalid'));
  expect(await add({ apiBase: 'https://api.example.com/v4?x' }, null)).toMatchObject(refused('url_invalid'));
  expect([await house.stored(), emulator.exchanges.length]).toEqual([before, asked]);
});

test('with the zone’s id a token without Zone Read is enough', async () => {
  expect(await add({ token: 'reads-no-zones', zoneIds: { [zoneName]: zoneId } })).toMatchObject({ status: 201 });
});

test('a patch keeps what it does not name, and asks for the token where it would be sent elsewhere', async () => {
  await add({ zoneIds: { [zoneName]: zoneId } });
  expect(await change({ plan: 'enterprise', zoneIds: { 'example.org': otherId } })).toMatchObject({
    status: 200,
    body: { credential: { settings: { plan: 'enterprise', zoneIds: { [zoneName]: zoneId, 'example.org': otherId } } } },
  });
  expect(await change({ zoneIds: { 'example.org': null } }, { test: tried })).toMatchObject({
    body: {
      credential: { settings: { plan: 'enterprise', zoneIds: { [zoneName]: zoneId } } },
      test: { canEdit: true },
    },
  });
  const before = await house.stored();
  const apiBase = emulator.apiBase.replace('/client/v4', '/elsewhere');
  expect(await change({ apiBase })).toMatchObject(refused('credential_secret_required'));
  expect(await change({ token: 'unknown-token' }, { test: tried })).toMatchObject(refused('dns_token_refused'));
  expect(await change({ provider: 'rfc2136' })).toMatchObject(
    refused('credential_kind_differs', { provider: 'cloudflare', settings: ['provider'] }),
  );
  expect(await change({ host: 'ns1.example.com', secret: tsigSecret })).toMatchObject(
    refused('credential_kind_differs', { settings: ['host', 'secret'] }),
  );
  expect(await change({ apiBase: `${emulator.apiBase}/` })).toMatchObject({ status: 200 });
  expect(await house.stored()).toBe(before);
  expect(await change({ apiBase, token })).toMatchObject({ status: 200 });
});

test('a new token is the one that is used from then on', async () => {
  await add({ token: 'reads-no-zones', zoneIds: { [zoneName]: zoneId } });
  expect(await change({ token })).toMatchObject({ status: 200, body: { test: null } });
  expect(await change({ zoneIds: { [zoneName]: null } }, { test: tried })).toMatchObject({ status: 200 });
});

test('a name is bound by it, and the credential says which names use it', async () => {
  await add();
  const pool = await house.client.pools.add({ name: `pool-${made}` });
  const wish = { name: `bound.${zoneName}`, zone: zoneName, credentialId: `cf ${made}` };
  await house.client.bindings.add(pool.id, wish);
  const { credentials } = await house.client.credentials.list();
  expect(credentials.find(({ name }) => name === `cf ${made}`)).toMatchObject({ usedBy: [`bound.${zoneName}`] });
});

test('the token is in no reply, no table and no line of the log', async () => {
  const replies = [
    await add(),
    await change({ token: `${token}x` }),
    await house.ask('GET', '/api/v1/dns-credentials'),
  ];
  emulator.addToken(`${token}x`);
  replies.push(await house.ask('POST', `/api/v1/dns-credentials/cf%20${made}/test`, tried));
  replies.push(await change({ secret: token }), await change({ token: `${token} ${token}` }));
  replies.push(await house.ask('GET', '/api/v1/events'), await house.ask('GET', '/api/v1/audit'));
  expect(replies.map(({ status }) => status)).toEqual([201, 200, 200, 200, 422, 502, 200, 200]);
  expect(JSON.stringify(replies) + (await house.stored()) + house.logged()).not.toContain('canary');
});

test('where managed names use it a change is tried in each of their zones first, and not stored where it fails', async () => {
  await add();
  const pool = await house.client.pools.add({ name: `pool-${made}` });
  for (const zone of [zoneName, 'example.org'])
    await house.client.bindings.add(pool.id, { name: `used-${made}.${zone}`, zone, credentialId: `cf ${made}` });
  const before = await house.stored();
  expect(await change({ token: 'for-another-zone' })).toMatchObject(
    refused('credential_try_failed', { zone: zoneName, because: expect.stringContaining('dns_zone_not_served') }),
  );
  expect(await house.stored()).toBe(before);
  emulator.addToken('a-new-token');
  expect(await change({ token: 'a-new-token' })).toMatchObject({
    status: 200,
    body: { tried: [{ zone: zoneName }, { zone: 'example.org', name: `used-${made}.example.org`, type: 'A' }] },
  });
  expect(await change({ token: 'unknown-token' }, { untested: true })).toMatchObject({
    status: 200,
    body: { tried: [] },
  });
});
