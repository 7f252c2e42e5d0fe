import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient, type ReadyView } from '@serverctl/contract';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadConfig } from './config.ts';
import { type ControlPlane, startControlPlane } from './control-plane.ts';
import { type TestDatabase, testDatabase } from './db/testing.ts';
import { trustingFetch } from './http/testing/trusting-fetch.ts';
import { systemClock } from './platform/clock.ts';
import { createLogger } from './platform/logger.ts';

let database: TestDatabase;
let directory: string;
beforeAll(async () => {
  database = await testDatabase();
  directory = await mkdtemp(join(tmpdir(), 'sct-plane-'));
});
afterAll(async () => {
  await database.close();
  await rm(directory, { recursive: true });
});

async function start(name: string, change: readonly string[] = []): Promise<ControlPlane> {
  const flags = ['--data-dir', join(directory, name), '--listen', '127.0.0.1:0', '--lease-divisor', '4', ...change];
  const env = { DATABASE_URL: database.url, SERVERCTL_MASTER_KEY: Buffer.alloc(32, 1).toString('base64') };
  const log = createLogger('trace', { write: () => {} });
  return startControlPlane(loadConfig(flags, env).config, log, { newAdminToken: false, terminal: false });
}

/** Asks a control plane, trusting its own CA alone (R37). */
const fetchOf =
  (name: string): typeof fetch =>
  async (input, init) =>
    trustingFetch(await readFile(join(directory, name, 'tls', 'ca.pem'), 'utf8'))(input, init);

async function untilReady(name: string, address: string | null): Promise<ReadyView> {
  for (;;) {
    const reply = await fetchOf(name)(`${address}/readyz`);
    const view = (await reply.json()) as ReadyView;
    expect(reply.status).toBe(view.ready ? 200 : 503);
    if (view.ready) return view;
    await systemClock.sleep(50);
  }
}

test('it comes up, becomes ready, answers its own token, and on stop gives the lease back at once', async () => {
  const plane = await start('a');
  expect((await untilReady('a', plane.address)).checks.map(({ name }) => name)).toEqual(['database', 'lease', 'flush']);
  const token = (await readFile(join(directory, 'a', 'admin-token'), 'utf8')).trim();
  expect(plane.adminToken?.token).toBe(token);
  expect(plane.address).toMatch(/^https:/);
  const { link, path } = plane.setupLink ?? { link: '', path: null };
  expect(path).toBe(join(directory, 'a', 'setup-link'));
  expect(await readFile(path ?? '', 'utf8')).toBe(`${link}\n`);
  const secret = new URL(link).hash.slice(1);
  const stranger = createClient({ baseUrl: plane.address ?? '', token: null, fetch: fetchOf('a') });
  expect(await stranger.invitations.show(secret)).toMatchObject({ kind: 'setup', invitedBy: 'system' });
  expect(await (await fetchOf('a')(`${plane.address}/join`)).text()).toContain('ServerCTL');
  expect(plane.madeCaPath).toBe(join(directory, 'a', 'tls', 'ca.pem'));
  const client = createClient({ baseUrl: plane.address ?? '', token, fetch: fetchOf('a') });
  expect(await client.pools.list()).toEqual({ pools: [] });
  expect((await client.liveness()).counters).toMatchObject({ accepted: 0, flushHealthy: 1, turns: expect.any(Number) });
  await plane.stop();
  const lease = await database.kysely.selectFrom('lease').select('holder').executeTakeFirstOrThrow();
  expect(lease.holder).toBeNull();
  await expect(fetchOf('a')(`${plane.address}/healthz`)).rejects.toThrow('ECONNREFUSED');
});

test('the file of the setup link goes when its link is used, when a newer one is made, and at the next start', async () => {
  const file = join(directory, 'setup', 'setup-link');
  const there = () =>
    stat(file).then(
      () => true,
      () => false,
    );
  const secretOf = (link = '') => new URL(link).hash.slice(1);
  const plane = await start('setup', ['--role', 'api']);
  expect(await there()).toBe(true);
  const token = plane.adminToken?.token ?? (await readFile(join(directory, 'a', 'admin-token'), 'utf8')).trim();
  const clientOf = (baseUrl: string | null, secret: string | null) =>
    createClient({ baseUrl: baseUrl ?? '', token: secret, fetch: fetchOf('setup') });
  const { link } = await clientOf(plane.address, token).invitations.setupLink();
  expect(await there()).toBe(false);
  await plane.stop();
  const again = await start('setup', ['--role', 'api']);
  expect(await there()).toBe(true);
  const stranger = clientOf(again.address, null).invitations;
  await expect(stranger.show(secretOf(link))).rejects.toMatchObject({ code: 'link_invalid' });
  const password = 'correct-harbour-lantern-94';
  await stranger.accept({ secret: secretOf(again.setupLink?.link), email: 'ann@example.com', password });
  expect(await there()).toBe(false);
  await again.stop();
  await writeFile(file, 'of a process that was killed');
  const last = await start('setup', ['--role', 'api']);
  expect(await there()).toBe(false);
  await last.stop();
  await database.kysely.deleteFrom('user').execute();
});

test('a second process on the same database serves the API beside the first, with the same token, and only one leads', async () => {
  const first = await start('a');
  const second = await start('b');
  expect(second.adminToken).toBeNull();
  await Promise.all([untilReady('a', first.address), untilReady('b', second.address)]);
  const token = (await readFile(join(directory, 'a', 'admin-token'), 'utf8')).trim();
  const clients = [first, second].map(({ address }, index) =>
    createClient({ baseUrl: address ?? '', token, fetch: fetchOf(index === 0 ? 'a' : 'b') }),
  );
  await clients[0]?.pools.add({ name: 'shared' });
  expect((await clients[1]?.pools.get('shared'))?.name).toBe('shared');
  const turns = await Promise.all(clients.map(async (client) => (await client.liveness()).counters['turns'] ?? 0));
  expect(turns.filter((count) => count > 0)).toHaveLength(1);
  await first.stop();
  await untilReady('b', second.address);
  await second.stop();
});

test('a worker alone leads without listening to anybody; an API alone is not ready until one does', async () => {
  const api = await start('c', ['--role', 'api']);
  const before = (await (await fetchOf('c')(`${api.address}/readyz`)).json()) as ReadyView;
  expect(before.checks.filter(({ ok }) => !ok).map(({ name }) => name)).toEqual(['lease']);
  const worker = await start('d', ['--role', 'worker']);
  expect(worker.address).toBeNull();
  expect(worker.setupLink).toBeNull();
  await untilReady('c', api.address);
  await Promise.all([worker.stop(), api.stop()]);
});

test('an address in use, or one of another host, ends the start in words before anything was made', async () => {
  const first = await start('a');
  const port = new URL(first.address ?? '').port;
  await expect(start('e', ['--listen', `127.0.0.1:${port}`])).rejects.toMatchObject({
    code: 'listen_address_unusable',
    details: { address: '127.0.0.1', because: 'another program listens there' },
  });
  await expect(start('e', ['--listen', '192.0.2.1:7400'])).rejects.toMatchObject({
    code: 'listen_address_unusable',
    details: { because: 'this host does not have that address' },
  });
  expect(existsSync(join(directory, 'e'))).toBe(false);
  await first.stop();
});

test('a data directory that cannot be made ends the start at once, in words', async () => {
  await expect(start('f', ['--data-dir', '/proc/foo'])).rejects.toMatchObject({ code: 'data_directory_unusable' });
});
