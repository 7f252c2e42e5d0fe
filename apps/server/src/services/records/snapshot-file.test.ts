import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DnsSnapshot, dnsSnapshotFile } from '@serverctl/contract';
import type { BindingId } from '@serverctl/core';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { recordPublication } from '../../db/pool-store/publication.ts';
import { type BuiltEdge, buildEdge } from '../../http/testing/built-edge.ts';
import { type OperatorHouse, openOperatorHouse, tsigSecret } from '../../http/testing/operator-house.ts';
import { systemClock } from '../../platform/clock.ts';
import { createSnapshotFile } from './snapshot-file.ts';

/** For a loaded machine: what is awaited takes a second at most. */
const patience = { interval: 20, timeout: 20_000 };
const urls = ['https://plane.test'];

let directory: string;
let dataDir: string;
let house: OperatorHouse;
let edge: BuiltEdge;
let stop: () => Promise<void>;
const log = {
  warn: vi.fn<(fields: object, message: string) => void>(),
  info: vi.fn<(fields: object, message: string) => void>(),
};
/** Once a write. */
const wallTime = vi.fn(systemClock.wallTime);
let places = 0;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sct-snapshot-'));
});
beforeEach(async () => {
  house = await openOperatorHouse(directory);
  edge = await buildEdge(house);
  places += 1;
  dataDir = join(directory, `data-${places}`);
  await mkdir(dataDir);
  vi.clearAllMocks();
  start();
  return async () => {
    await stop();
    await house.close();
  };
});
afterAll(() => rm(directory, { recursive: true }));

function start(): void {
  const stopping = new AbortController();
  const { db, providers } = house.deps;
  const clock = { ...systemClock, wallTime };
  const { instance } = providers;
  const file = createSnapshotFile({ db, listen: house.database.listen, clock, dataDir, log, instance, urls });
  const ended = file.run(stopping.signal);
  stop = () => {
    stopping.abort();
    return ended;
  };
}

const path = () => join(dataDir, dnsSnapshotFile);
const text = () => readFile(path(), 'utf8');
const written = async () => DnsSnapshot.parse(JSON.parse(await text()));
const edgeIn = async () => {
  const pool = (await written()).pools.find(({ id }) => id === edge.pool);
  return { pool, name: pool?.names[0] };
};
const soonWritten = (check: (now: Awaited<ReturnType<typeof edgeIn>>) => void) =>
  vi.waitFor(async () => check(await edgeIn()), patience);

const acknowledge = (epoch: number, address: string) =>
  recordPublication(house.database.kysely, {
    bindingId: edge.binding as BindingId,
    epoch,
    address,
    state: 'published',
    servers: [{ server: 'ns1.example.com', addresses: [address], ok: true, error: null }],
    error: null,
    step: 'acknowledged',
  });

test('it is written at the start, for its owner alone, with everything that a person needs', async () => {
  await soonWritten(({ pool, name }) => {
    expect(pool).toMatchObject({ name: 'edge', epoch: 1, activeMemberId: edge.lb1, paused: null });
    expect(pool?.members.map(({ hostname, address }) => [hostname, address])).toEqual([
      ['lb1.example.com', '198.51.100.11'],
      ['lb2.example.com', '198.51.100.12'],
    ]);
    expect(name).toMatchObject({
      name: 'lb.example.com',
      zone: 'example.com',
      ttlSeconds: 60,
      desiredAddress: '198.51.100.11',
      acknowledged: null,
      mark: null,
      settings: { provider: 'rfc2136', host: 'ns1.example.com', port: 53, keyName: 'edge-key' },
    });
  });
  expect((await stat(path())).mode & 0o777).toBe(0o600);
  expect(await written()).toMatchObject({ urls, instance: house.deps.providers.instance });
});

test('each publish rewrites it: what was acknowledged, when, under which mark, and what the servers answered', async () => {
  await soonWritten(({ name }) => expect(name?.acknowledged).toBeNull());
  await acknowledge(1, '198.51.100.11');
  const { id } = (await house.client.promotions.list(edge.pool)).promotions[0] ?? { id: '' };
  const mark = `v=1 cp=${house.deps.providers.instance} pool=${edge.pool} epoch=1 by=${id}`;
  await soonWritten(({ name }) => {
    expect(name?.acknowledged).toEqual({ address: '198.51.100.11', epoch: 1, at: expect.stringMatching(/Z$/) });
    expect(name?.published).toEqual([
      { server: 'ns1.example.com', addresses: ['198.51.100.11'], ok: true, error: null },
    ]);
    expect(name?.mark).toBe(mark);
    const scripts = name?.manualSteps.flatMap(({ commands }) => commands) ?? [];
    expect(scripts).toContain('update add lb.example.com. 60 A 198.51.100.12');
    expect(scripts).toContain(`prereq yxrrset _serverctl.lb.example.com. TXT "${mark}"`);
  });
});

test('pools, members, names and a credential’s settings rewrite it, and so does the last second before a stop', async () => {
  const { client } = house;
  await soonWritten(({ pool }) => expect(pool?.names).toHaveLength(1));
  await client.pools.pause(edge.pool, { reason: 'maintenance of the zone' });
  await soonWritten(({ pool }) => expect(pool?.paused?.sentence).toContain('maintenance of the zone'));
  await client.members.set(edge.pool, edge.lb2, { publicIpv4: '198.51.100.99' });
  await soonWritten(({ pool }) => expect(pool?.members[1]?.address).toBe('198.51.100.99'));
  await client.credentials.set(edge.credential, { settings: { keyName: 'other-key' } });
  await soonWritten(({ name }) => expect(name?.settings).toMatchObject({ keyName: 'other-key' }));
  await client.bindings.remove(edge.pool, edge.binding);
  await stop();
  expect((await edgeIn()).pool?.names).toEqual([]);
});

test('a name at Cloudflare has its own settings and steps, without the token', async () => {
  const token = 'canary-Token_0123456789';
  const zoneIds = { 'example.com': '0123456789abcdef0123456789abcdef' };
  const settings = { provider: 'cloudflare', token, zoneIds } as const;
  const { credential } = await house.client.credentials.add({ name: 'cf', settings });
  await house.database.kysely.updateTable('dns_binding').set({ credential_id: credential.id }).execute();
  await soonWritten(({ name }) =>
    expect(name?.settings).toMatchObject({ provider: 'cloudflare', plan: 'free', zoneIds }),
  );
  const { name } = await edgeIn();
  const scripts = name?.manualSteps.flatMap(({ commands }) => commands).join('\n') ?? '';
  expect(scripts).toContain(`https://api.cloudflare.com/client/v4/zones/${zoneIds['example.com']}/dns_records`);
  expect(scripts).not.toContain('nsupdate');
  expect(await text()).not.toContain('canary');
});

const panel = { host: 'panel.example.com', user: 'owner', token: 'canary-token' };
test.each([
  ['cpanel', { provider: 'cpanel', ...panel }, 2],
  ['whm', { provider: 'whm', ...panel }, 2],
  ['Cloudflare', { provider: 'cloudflare', token: 'canary-Token_0123456789' }, 1],
] as const)(
  'at %s the steps of a name’s A go by the mark that stands there after its AAAA was written (R18)',
  async (_kind, settings, epoch) => {
    await acknowledge(1, '198.51.100.11');
    const { credential } = await house.client.credentials.add({ name: 'other', settings });
    const { kysely } = house.database;
    await kysely.updateTable('dns_binding').set({ credential_id: credential.id }).execute();
    const row = await kysely
      .selectFrom('dns_binding')
      .selectAll()
      .where('id', '=', edge.binding)
      .executeTakeFirstOrThrow();
    const aaaa = { ...row, id: 'aaaa00000001', type: 'AAAA', published_epoch: 2, error: null, servers: '[]' };
    await kysely.insertInto('dns_binding').values(aaaa).execute();
    await soonWritten(({ pool }) => {
      expect(pool?.names).toHaveLength(2);
      expect(pool?.names.find(({ type }) => type === 'A')?.mark).toContain(` epoch=${epoch}`);
      expect(pool?.names.find(({ type }) => type === 'AAAA')?.mark).toContain(' epoch=2');
    });
  },
);

test('no secret is in it, sealed or open', async () => {
  await soonWritten(({ name }) => expect(name).toBeDefined());
  const { secret, settings } = await house.database.kysely
    .selectFrom('dns_credential')
    .selectAll()
    .executeTakeFirstOrThrow();
  // Even one that strayed among the settings would not pass.
  const strayed = { ...(settings as object), secret: tsigSecret, password: 'canary-password' };
  const changed = { settings: JSON.stringify({ ...strayed, keyName: 'strayed' }) };
  await house.database.kysely.updateTable('dns_credential').set(changed).execute();
  await soonWritten(({ name }) => expect(name?.settings).toMatchObject({ keyName: 'strayed' }));
  const all = await text();
  for (const hidden of [
    tsigSecret,
    Buffer.from(tsigSecret, 'base64').toString(),
    secret.toString('base64'),
    secret.toString('hex'),
    house.token,
    'canary',
  ])
    expect(all).not.toContain(hidden);
});

test('a file that cannot be written is said once, stays as it was, and is written again when it can', async () => {
  await soonWritten(({ name }) => expect(name).toBeDefined());
  await stop();
  await rm(dataDir, { recursive: true });
  await writeFile(dataDir, 'in the way');
  start();
  await vi.waitFor(() => expect(log.warn).toHaveBeenCalledTimes(1), patience);
  for (const name of ['second', 'third']) {
    const before = wallTime.mock.calls.length;
    await house.client.pools.set(edge.pool, { name });
    await vi.waitFor(() => expect(wallTime.mock.calls.length).toBeGreaterThan(before), patience);
  }
  await rm(dataDir);
  await mkdir(dataDir);
  await house.client.pools.set(edge.pool, { name: 'renamed' });
  await vi.waitFor(() => expect(log.info).toHaveBeenCalledTimes(1), patience);
  await soonWritten(({ pool }) => expect(pool?.name).toBe('renamed'));
  expect(log.warn).toHaveBeenCalledTimes(1);
  expect(await readdir(dataDir)).toEqual([dnsSnapshotFile]);
});

test('a file that others could read is replaced by one that they cannot', async () => {
  await soonWritten(({ name }) => expect(name).toBeDefined());
  await chmod(path(), 0o644);
  await house.client.pools.set(edge.pool, { name: 'renamed' });
  await soonWritten(({ pool }) => expect(pool?.name).toBe('renamed'));
  expect((await stat(path())).mode & 0o777).toBe(0o600);
});

test('a fleet of many pools is written whole', async () => {
  await soonWritten(({ name }) => expect(name).toBeDefined());
  const rows = Array.from({ length: 120 }, (_, place) => ({
    id: `many${String(place).padStart(8, '0')}`,
    name: `many ${place}`,
    preset: 'generic',
    failover_delay_ms: 30_000,
    haproxy_grace_ms: 0,
    failback: '{}',
  }));
  await house.database.kysely.insertInto('pool').values(rows).execute();
  await vi.waitFor(async () => expect((await written()).pools).toHaveLength(122), patience);
});
