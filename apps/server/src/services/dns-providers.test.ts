import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CredentialInput, providerKinds } from '@serverctl/contract';
import type { DnsName, InstanceId, Ipv4, RecordRef, ReplaceRequest } from '@serverctl/core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { insertCredential } from '../db/repositories/credentials.ts';
import { type TestDatabase, testDatabase } from '../db/testing.ts';
import { systemClock as clock } from '../platform/clock.ts';
import { systemRandom as random } from '../platform/random.ts';
import { createSecretBox } from '../platform/secrets.ts';
import { ceilingOf, oneRequestEach } from '../worker/budget-shares.ts';
import { splitSettings } from './dns/credential-settings.ts';
import { callLimits, limitView, requestsPer, sharesMark } from './dns-providers/limits.ts';
import { secretPlace } from './dns-providers/stored.ts';
import { createProviderDesk, type ProviderDesk } from './dns-providers.ts';
import { createOutbound } from './outbound.ts';

const secrets = createSecretBox(random.bytes(32));
const secret = Buffer.from('a secret of sixteen bytes').toString('base64');
const counted: string[] = [];
let database: TestDatabase;

beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.close());

const settingsOf = {
  cloudflare: { provider: 'cloudflare', token: 't0ken' },
  rfc2136: { provider: 'rfc2136', host: 'ns1.example.com', keyName: 'k', secret },
  cpanel: { provider: 'cpanel', host: 'panel.example.com', user: 'owner', token: 't0ken' },
  whm: { provider: 'whm', host: 'panel.example.com', token: 't0ken' },
} as const;
const deskTo = (port: number): ProviderDesk =>
  createProviderDesk({
    ...{ db: database.kysely, clock, random, secrets, instance: 'cp0000000001' as InstanceId },
    outbound: createOutbound({ clock, allowPrivate: [{ host: '127.0.0.1', port }] }),
    counted(kind, provider) {
      counted.push(kind);
      return provider;
    },
  });

test('each kind has its own limit; one whose kind is not known yet has the least (R22)', async () => {
  const desk = deskTo(1);
  for (const kind of providerKinds) {
    const { settings, secret: own } = splitSettings(
      CredentialInput.parse({ name: kind, settings: settingsOf[kind] }).settings,
    );
    const row = { id: `id-${kind}`, name: kind, provider: kind, settings: JSON.stringify(settings), version: 1 };
    const sealed = secrets.seal(own, secretPlace(row.id, row.version));
    await database.kysely.transaction().execute((trx) => insertCredential(trx, { ...row, secret: sealed }));
    expect(desk.limitOf(row.id)).toEqual(callLimits.cloudflare);
    await desk.forCredential(row.id);
    expect(desk.limitOf(row.id)).toEqual(callLimits[kind]);
  }
  expect(counted).toEqual([...providerKinds]);
});

test('no credential of one kind is stored with the settings of another', async () => {
  const row = { id: 'mixed', name: 'mixed', provider: 'cloudflare', secret: Buffer.of(1) };
  for (const settings of [{ provider: 'rfc2136' }, {}])
    await expect(
      database.kysely
        .insertInto('dns_credential')
        .values({ ...row, settings: JSON.stringify(settings) })
        .execute(),
    ).rejects.toThrow('dns_credential_settings_provider');
});

test.each(providerKinds)(
  'of %s the requests that a call takes, and whose mark is shared, are what its adapter names',
  (kind) => {
    const { settings, secret: own } = splitSettings(
      CredentialInput.parse({ name: kind, settings: settingsOf[kind] }).settings,
    );
    const provider = deskTo(1).forSettings(settings, own);
    expect(requestsPer[kind]).toEqual(provider.requestsPer ?? oneRequestEach);
    expect(sharesMark[kind]).toBe(provider.sharesMark ?? false);
  },
);

test('what people see is the limit that is kept, with the ceiling of names moved one by one', () => {
  const { cloudflare } = callLimits;
  expect(limitView('rfc2136')).toBeNull();
  expect(limitView('cloudflare')).toEqual({
    calls: cloudflare?.calls,
    perSeconds: 300,
    reservePercent: 75,
    promotionsBeforeWaiting: ceilingOf(cloudflare, requestsPer.cloudflare),
  });
  expect(cloudflare?.calls).toBeLessThan(1_200);
});

const zone = 'example.com' as DnsName;
const ref: RecordRef = { zone, name: `lb.${zone}` as DnsName, type: 'A' };
const write = (desk: ProviderDesk, port: number) => {
  const zoneIds = { [zone]: '0'.repeat(32) };
  const apiBase = `http://127.0.0.1:${port}/v4`;
  const provider = desk.forSettings({ provider: 'cloudflare', apiBase, zoneIds, plan: 'free' }, 't0ken');
  const mark = {
    instance: 'cp0000000001' as InstanceId,
    pool: 'pool00000001' as ReplaceRequest['mark']['pool'],
    epoch: 1,
  };
  const expected = { rrset: null, mark: { kind: 'none' }, cname: false } as const;
  const next = { address: '192.0.2.1' as Ipv4, ttlSeconds: 60 };
  return provider.replace({ ref, expected, next, mark }, new AbortController().signal);
};

test('a write whose connection closes leaves open what happened; one that was refused a connection does not (R19)', async () => {
  const empty = { success: true, errors: [], messages: [], result: [], result_info: { total_count: 0 } };
  const server = createServer((request, response) => {
    if (request.method === 'GET') response.end(JSON.stringify(empty));
    else request.socket.destroy();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const desk = deskTo(port);
  await expect(write(desk, port)).rejects.toMatchObject({ code: 'dns_outcome_unknown' });
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
  await expect(write(desk, port)).rejects.toMatchObject({ code: 'dns_unreachable' });
});

test('a target that nobody allowed is told as that, and no write is in doubt (R40)', async () => {
  await expect(write(deskTo(1), 2)).rejects.toMatchObject({ code: 'outbound_forbidden' });
});
