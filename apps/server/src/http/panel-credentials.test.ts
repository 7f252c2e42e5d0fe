import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeCertificate } from '@serverctl/dns/testing';
import { type CpanelEmulator, startCpanelEmulator } from '@serverctl/testkit/cpanel';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type OperatorHouse, openOperatorHouse } from './testing/operator-house.ts';

/* Credentials of cPanel and WHM through the API, tried by the real adapter over TLS at an emulated panel on loopback (R40). */

const zoneName = 'example.com';
const tried = { zone: zoneName, name: `lb.${zoneName}` };
const tokens = { cpanel: 'canary-CpanelToken', whm: 'canary-WhmToken' } as const;
const users = { cpanel: 'owner', whm: 'root' } as const;
type Kind = keyof typeof tokens;
let directory: string;
let house: OperatorHouse;
let panel: CpanelEmulator;
let pin: string;
let made = 0;

const portOf = (kind: Kind) => Number(new URL(panel.bases[kind]).port);

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sct-panel-'));
  panel = await startCpanelEmulator();
  pin = panel.certificate.sha256.replaceAll(':', '');
  panel.addZone(zoneName);
  for (const service of ['cpanel', 'whm'] as const)
    panel.addToken({ service, user: users[service], value: tokens[service] });
  panel.addToken({ service: 'whm', user: 'reseller', value: 'reads-no-zones', rights: ['list'] });
  const allowPrivate = (['cpanel', 'whm'] as const).map((kind) => ({ host: '127.0.0.1', port: portOf(kind) }));
  house = await openOperatorHouse(directory, { allowPrivate });
});
beforeEach(() => {
  made += 1;
});
afterAll(async () => {
  await house.close();
  await panel.stop();
  await rm(directory, { recursive: true });
});

const add = (kind: Kind, settings: object = {}, test: object | null = tried) =>
  house.ask('POST', '/api/v1/dns-credentials', {
    name: `panel ${made}`,
    settings: {
      ...{ provider: kind, host: '127.0.0.1', port: portOf(kind), user: users[kind], pin, token: tokens[kind] },
      ...settings,
    },
    ...(test && { test }),
  });
const change = (settings: object, more: object = {}) =>
  house.ask('PATCH', `/api/v1/dns-credentials/${encodeURIComponent(`panel ${made}`)}`, { settings, ...more });
const look = (body: object) => house.ask('POST', '/api/v1/dns/panel-certificate', body);
const refused = (code: string, details: object = {}) => ({
  body: { error: { code, details: expect.objectContaining(details) } },
});

test.each(['cpanel', 'whm'] as const)(
  'of %s it is tried by a real read before it is stored, and shown without its token, with how it is trusted',
  async (kind) => {
    const before = panel.exchanges.length;
    const reply = await add(kind, { pin: panel.certificate.sha256.toLowerCase() });
    expect(reply).toMatchObject({
      status: 201,
      body: { test: { canEdit: true, canMark: true, serial: 2_026_110_100 } },
    });
    expect((reply.body as { credential: object }).credential).toMatchObject({
      provider: kind,
      settings: { provider: kind, host: '127.0.0.1', user: users[kind], serverName: null, ca: null, pin },
      limit: null,
    });
    const asked = panel.exchanges.slice(before).map(({ method, service }) => `${service} ${method}`);
    expect(new Set(asked)).toEqual(new Set([`${kind} GET`, `${kind} POST`]));
    expect(await house.stored()).not.toContain(tokens[kind]);
  },
);

test('another certificate than the pinned one is refused with the one that was shown; nothing is stored or sent', async () => {
  const [before, asked] = [await house.stored(), panel.exchanges.length];
  const other = makeCertificate().sha256;
  const why = { because: 'not-the-pinned-certificate', sha256: pin };
  expect(await add('cpanel', { pin: other })).toMatchObject(refused('dns_panel_untrusted', why));
  const bare = { because: 'DEPTH_ZERO_SELF_SIGNED_CERT', sha256: pin };
  expect(await add('whm', { pin: null })).toMatchObject(refused('dns_panel_untrusted', bare));
  expect([await house.stored(), panel.exchanges.length]).toEqual([before, asked]);
});

test('where a managed name uses it, another pin is refused with the certificate that was shown', async () => {
  await add('whm');
  const pool = await house.client.pools.add({ name: `pool-${made}` });
  const name = `used-${made}.${zoneName}`;
  await house.client.bindings.add(pool.id, { name, zone: zoneName, credentialId: `panel ${made}` });
  const reply = await change({ pin: makeCertificate().sha256, token: tokens.whm });
  expect(reply).toMatchObject(refused('credential_try_failed', { code: 'dns_panel_untrusted', sha256: pin }));
});

test('by its own certificate as CA it is believed under the name that this is for, and only so', async () => {
  const ca = `key that strayed\n${panel.certificate.cert}`;
  expect(await add('cpanel', { pin: null, ca })).toMatchObject(
    refused('dns_panel_untrusted', { because: 'ERR_TLS_CERT_ALTNAME_INVALID', sha256: pin }),
  );
  const reply = await add('cpanel', { pin: null, ca, serverName: 'Server.Panel.test' });
  expect(reply).toMatchObject({ status: 201, body: { test: { canEdit: true } } });
  const { settings } = (reply.body as { credential: { settings: { ca: string; serverName: string } } }).credential;
  expect(settings.serverName).toBe('server.panel.test');
  expect(settings.ca).not.toContain('strayed');
});

test.each([
  ['a CA and a pin', { ca: 'x' }, 'dns_panel_trust_invalid', { field: 'pin' }],
  ['a CA that is none', { pin: null, ca: 'x' }, 'dns_panel_trust_invalid', { field: 'ca' }],
  ['a name that is none', { serverName: 'a b' }, 'dns_panel_trust_invalid', { field: 'serverName' }],
  ['a host with a path', { host: 'panel.test/x' }, 'url_invalid', { field: 'host' }],
  ['a host with a user', { host: 'a@panel.test' }, 'url_invalid', { field: 'host' }],
  ['a user with a colon', { user: 'a:b' }, 'dns_panel_user_invalid', {}],
  ['a token with spaces', { token: 'two words' }, 'dns_token_malformed', {}],
  ['a target that nobody allowed', { port: 1 }, 'outbound_forbidden', {}],
])('%s is refused before anything is asked or stored', async (_what, settings, code, details) => {
  const [before, asked] = [await house.stored(), panel.exchanges.length];
  expect(await add('cpanel', settings)).toMatchObject(refused(code, details));
  expect([await house.stored(), panel.exchanges.length]).toEqual([before, asked]);
});

test.each<[string, { port?: string; token?: string; user?: string }, string]>([
  ['a token that it does not know', { token: 'unknown' }, 'dns_token_refused'],
  ['the other panel’s port', { port: 'cpanel' }, 'dns_token_refused'],
  ['a token without the right to zones', { user: 'reseller', token: 'reads-no-zones' }, 'dns_zone_not_served'],
])('%s has its own error, and nothing is stored', async (_what, { port, ...settings }, code) => {
  const before = await house.stored();
  const reply = await add('whm', { ...settings, ...(port !== undefined && { port: portOf('cpanel') }) });
  expect(reply).toMatchObject(refused(code));
  expect(await house.stored()).toBe(before);
});

test.each([
  ['host', { host: 'localhost' }],
  ['port', { port: 2087 }],
  ['user', { user: 'other' }],
  ['serverName', { serverName: 'other.panel.test' }],
  ['pin', { pin: makeCertificate().sha256 }],
  ['pin in place of which nothing stands', { pin: null }],
  ['ca', { pin: null, ca: makeCertificate().cert }],
])('another %s needs the token again: who would be sent it is not who it was entered for', async (_what, settings) => {
  await add('cpanel', {}, null);
  const [before, asked] = [await house.stored(), panel.exchanges.length];
  expect(await change(settings)).toMatchObject(refused('credential_secret_required'));
  expect([await house.stored(), panel.exchanges.length]).toEqual([before, asked]);
});

test('a patch keeps what it does not name; the same said otherwise is no change', async () => {
  await add('cpanel', {}, null);
  const same = { pin: panel.certificate.sha256.toLowerCase(), host: '127.0.0.1', provider: 'cpanel' };
  expect(await change(same)).toMatchObject({ status: 200, body: { credential: { settings: { pin, user: 'owner' } } } });
  const renewed = { serverName: 'server.panel.test', token: tokens.cpanel };
  expect(await change(renewed, { test: tried })).toMatchObject({
    status: 200,
    body: { credential: { settings: { pin, serverName: 'server.panel.test' } }, test: { canEdit: true } },
  });
  expect(await change({ ca: panel.certificate.cert, token: tokens.cpanel })).toMatchObject(
    refused('dns_panel_trust_invalid', { field: 'pin' }),
  );
  expect(await change({ keyName: 'k' })).toMatchObject(refused('credential_kind_differs'));
});

test('the certificate is shown before it is pinned: as the server shows it, without a request to it', async () => {
  const [before, asked] = [await house.stored(), panel.exchanges.length];
  const reply = await look({ host: '127.0.0.1', port: portOf('cpanel') });
  expect(reply).toMatchObject({
    status: 200,
    body: {
      ...{ host: '127.0.0.1', port: portOf('cpanel'), address: '127.0.0.1', sha256: pin },
      ...{ names: ['server.panel.test'], isSelfSigned: true, isExpired: false, notBefore: '2020-01-01T00:00:00.000Z' },
      problem: 'DEPTH_ZERO_SELF_SIGNED_CERT',
    },
  });
  expect([await house.stored(), panel.exchanges.length]).toEqual([before, asked]);
});

test('where nothing may be asked nothing is looked at, and what makes no handshake is told as that (R40)', async () => {
  expect(await look({ host: '127.0.0.1', port: 1 })).toMatchObject(refused('outbound_forbidden'));
  expect(await look({ host: 'nowhere.invalid' })).toMatchObject(refused('outbound_unresolved'));
  const named = { host: '127.0.0.1', port: portOf('cpanel'), serverName: 'a b' };
  expect(await look(named)).toMatchObject(refused('dns_panel_trust_invalid', { field: 'serverName' }));
  const back = await panel.unreachable();
  expect(await look({ host: '127.0.0.1', port: portOf('cpanel') })).toMatchObject(refused('dns_unreachable'));
  await back();
});
