import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { runCli } from '../testing/run-cli.ts';

const directory = mkdtempSync(join(tmpdir(), 'sct-cli-credential-'));
const secretFile = join(directory, 'secret');
writeFileSync(secretFile, 'c2VjcmV0\n');
afterAll(() => rmSync(directory, { recursive: true }));

const set = async (server: string) => {
  const line = ['dns', 'credential', 'set', 'bind', '--server', server, '--secret-file', secretFile];
  return (await runCli(line, () => ({ body: {} }))).asked[0]?.body;
};

test('a credential’s new server without a port leaves its port as it is', async () => {
  expect(await set('ns2.example.com')).toEqual({ settings: { host: 'ns2.example.com', secret: 'c2VjcmV0' } });
  expect(await set('ns2.example.com:5353')).toMatchObject({ settings: { port: 5353 } });
});

const saved = {
  credential: {
    id: 'credential01',
    name: 'bind',
    provider: 'rfc2136',
    settings: {
      provider: 'rfc2136',
      host: 'ns1.example.com',
      port: 53,
      transport: 'tcp',
      keyName: 'key',
      algorithm: 'hmac-sha256',
    },
    usedBy: [],
    createdAt: '2026-01-01T00:00:00.000Z',
  },
  test: null,
};
const add = (...options: readonly string[]) =>
  runCli(
    ['dns', 'credential', 'add', 'bind', '--server', 'ns1', '--key', 'key', '--secret-file', secretFile, ...options],
    () => ({ body: saved }),
  );

test('a credential saved without a try says so, and how to try it', async () => {
  expect((await add()).stdout).toContain(
    'untested. Try it: serverctl dns credential test bind --zone ZONE --name NAME',
  );
});

test('half of a name to try is refused, not ignored', async () => {
  const { asked, stderr } = await add('--test-zone', 'example.com');
  expect(asked).toEqual([]);
  expect(stderr).toContain('--test-zone and --test-name go together');
});

test('a stored credential is tried on any name, and the name is said', async () => {
  const found = { canEdit: true, canMark: true, skewSeconds: null, servers: [], warnings: [] };
  const record = { addresses: [], ttlSeconds: null, mark: null, cname: false };
  const line = ['dns', 'credential', 'test', 'bind', '--zone', 'example.com', '--name', 'lb.example.com'];
  const { asked, stdout } = await runCli(line, () => ({ body: { ...found, record } }));
  expect(asked).toMatchObject([
    { path: '/dns-credentials/bind/test', body: { zone: 'example.com', name: 'lb.example.com' } },
  ]);
  expect(stdout).toMatch(/^name +lb\.example\.com$/m);
});
