import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { runCli } from '../testing/run-cli.ts';
import { testView } from '../testing/views.ts';

const directory = mkdtempSync(join(tmpdir(), 'sct-cli-panel-'));
const [tokenFile, caFile] = [join(directory, 'token'), join(directory, 'ca.pem')];
const pem = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----';
writeFileSync(tokenFile, 'T0KEN\n');
writeFileSync(caFile, `-----BEGIN PRIVATE KEY-----\nBBBB\n-----END PRIVATE KEY-----\n${pem}\n`);
afterAll(() => rmSync(directory, { recursive: true }));

const pin = 'AB'.repeat(32);
const settings = { host: 'panel.example.com', port: 2083, user: 'owner', serverName: null, ca: null, pin };
const saved = {
  ...{ id: 'credential03', name: 'panel', provider: 'cpanel', settings: { provider: 'cpanel', ...settings } },
  ...{ usedBy: [], limit: null, createdAt: '2026-01-01T00:00:00.000Z' },
};
const credential = (verb: string, ...options: readonly string[]) =>
  runCli(['dns', 'credential', verb, 'panel', ...options], () => ({ body: { credential: saved, test: null } }));
const sent = async (...line: Parameters<typeof credential>) => (await credential(...line)).asked[0]?.body;
const token = ['--provider-token-file', tokenFile];

test('a panel takes its place, its user and its pin; the token comes from a file', async () => {
  const line = ['--provider', 'cpanel', '--server', 'panel.example.com', '--user', 'owner', '--pin', pin, ...token];
  expect(await sent('add', ...line)).toEqual({
    name: 'panel',
    settings: { provider: 'cpanel', host: 'panel.example.com', user: 'owner', pin, ca: null, token: 'T0KEN' },
  });
});

test('of WHM the user may be left out; of a CA file the certificates alone are sent', async () => {
  const trust = ['--provider-ca-file', caFile, '--server-name', 'server.example.com'];
  expect(await sent('add', '--provider', 'whm', '--server', '192.0.2.10:443', ...trust, ...token)).toEqual({
    name: 'panel',
    settings: {
      ...{ provider: 'whm', host: '192.0.2.10', port: 443, token: 'T0KEN' },
      ...{ ca: pem, pin: null, serverName: 'server.example.com' },
    },
  });
});

test.each([
  ['which of the two panels', ['--server', 'p.test', ...token], 'say which provider'],
  ['cPanel’s user', ['--provider', 'cpanel', '--server', 'p.test', ...token], '--provider cpanel needs --user'],
  ['a place', ['--provider', 'whm', ...token], '--provider whm needs --server'],
])('without %s it is refused before anything is asked', async (_what, options, words) => {
  const { asked, stderr, status } = await credential('add', ...options);
  expect([asked, status]).toEqual([[], 2]);
  expect(stderr.replace(/\s+/g, ' ')).toContain(words);
});

test.each([
  ['a pin with a plan', ['--pin', pin, '--plan', 'free'], '--plan belongs to cloudflare and --pin to cpanel or whm'],
  ['a user with a key', ['--user', 'a', '--key', 'k'], '--key belongs to rfc2136 and --user to cpanel or whm'],
])('%s is refused: no kind has both', async (_what, options, words) => {
  const { asked, stderr, status } = await credential('set', ...options);
  expect([asked, status]).toEqual([[], 2]);
  expect(stderr.replace(/\s+/g, ' ')).toContain(words);
});

test('a change of trust puts one in the other’s place, and none takes it away', async () => {
  expect(await sent('set', '--pin', pin, ...token)).toEqual({ settings: { pin, ca: null, token: 'T0KEN' } });
  expect(await sent('set', '--provider-ca-file', caFile)).toEqual({ settings: { ca: pem, pin: null } });
  expect(await sent('set', '--pin', 'none', '--server-name', 'none')).toEqual({
    settings: { pin: null, serverName: null },
  });
});

test('a file without a certificate is told as that', async () => {
  const { asked, stderr } = await credential('set', '--provider-ca-file', tokenFile);
  expect(asked).toEqual([]);
  expect(stderr).toContain('it holds no certificate in PEM form');
});

const shown = async (verb: string, changes: object = {}) => {
  const one = { ...saved, settings: { ...saved.settings, ...changes } };
  const { stdout } = await runCli(['dns', 'credential', verb, ...(verb === 'show' ? ['panel'] : [])], () => ({
    body: { credentials: [one] },
  }));
  return stdout.replace(/\s+/g, ' ');
};

test('a panel is listed with its place, and shown with its user and how it is trusted', async () => {
  expect(await shown('list')).toContain('panel cpanel panel.example.com:2083');
  expect(await shown('show')).toContain(`user owner trusted by this certificate alone: SHA-256 ${pin}`);
  const named = { pin: null, ca: pem, serverName: 'server.example.com' };
  expect(await shown('show', named)).toContain('trusted by a CA of its own, for server.example.com');
  expect(await shown('show', { pin: null })).toContain('trusted by publicly known authorities');
});

const certificate = {
  ...{
    host: 'panel.example.com',
    port: 2087,
    address: '192.0.2.10',
    sha256: pin,
    subject: 'CN=server',
    issuer: 'CN=x',
  },
  ...{ names: ['server.example.com'], notBefore: '2020-01-01T00:00:00.000Z', notAfter: '2021-01-01T00:00:00.000Z' },
  ...{ isSelfSigned: true, isExpired: true, problem: 'DEPTH_ZERO_SELF_SIGNED_CERT' },
};

test('the certificate is shown with why it is not believed, and the pin to give', async () => {
  const line = ['dns', 'credential', 'certificate', 'panel.example.com:2087', '--server-name', 'server.example.com'];
  const { stdout, asked } = await runCli(line, () => ({ body: certificate }));
  const body = { host: 'panel.example.com', port: 2087, serverName: 'server.example.com' };
  expect(asked).toMatchObject([{ path: '/dns/panel-certificate', body }]);
  const words = stdout.replace(/\s+/g, ' ');
  expect(words).toContain('believed no: it is signed by itself (DEPTH_ZERO_SELF_SIGNED_CERT)');
  expect(words).toContain(': expired');
  expect(words).toContain(`compare the fingerprint on the panel’s server first. Then: --pin ${pin}`);
  const fine = await runCli(line, () => ({ body: { ...certificate, problem: null } }));
  expect(fine.stdout).toContain('It needs neither --pin nor --provider-ca-file.');
});

test('a try tells the serial of each name server, and how far it is', async () => {
  const servers = [
    { server: 'ns1', addresses: ['192.0.2.1'], error: null, serial: 7, zone: 'same' as const },
    { server: 'ns2', addresses: [], error: null, serial: 6, zone: 'behind' as const },
    { server: 'ns3', addresses: [], error: 'not authoritative (REFUSED)', serial: null, zone: 'not-served' as const },
  ];
  const line = ['dns', 'credential', 'test', 'panel', '--zone', 'example.com', '--name', 'lb.example.com'];
  const { stdout } = await runCli(line, () => ({ body: testView({ serial: 7, servers }) }));
  expect(stdout).toMatch(/^serial +7 at the provider$/m);
  expect(stdout).toMatch(/^ns1 +192\.0\.2\.1; serial 7$/m);
  expect(stdout).toMatch(/^ns2 +no record; serial 6, behind$/m);
  expect(stdout).toMatch(/^ns3 +not authoritative \(REFUSED\), does not serve the zone$/m);
});
