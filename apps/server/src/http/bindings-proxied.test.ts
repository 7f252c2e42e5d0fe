import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BindingInput, CloudflareSettings } from '@serverctl/contract';
import { AppError, fullAccess, type PoolId, type RecordView } from '@serverctl/core';
import { createMemoryProvider } from '@serverctl/dns';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { z } from 'zod';
import type { Caller, ServiceDeps } from '../services/deps.ts';
import { addBinding, listBindingViews, testBinding } from '../services/dns/binding-service.ts';
import { changeBinding } from '../services/dns/change-binding.ts';
import { effectiveTtlAt } from '../services/dns/ttl-cost.ts';
import { previewFirstPublish } from '../services/promotions/first-publish.ts';
import { type BuiltEdge, buildEdge } from './testing/built-edge.ts';
import { type OperatorHouse, openOperatorHouse } from './testing/operator-house.ts';

/* Names at a provider with a proxy and a lowest TTL of 60 s: what is said of proxied, TTL and a person’s comment (PRODUCT.md section 4). */

const built = {} as { house: OperatorHouse; edge: BuiltEdge };
let directory: string;
let www: string;
let names = 0;
const caller: Caller = { actor: 'host', requestId: 'request', access: fullAccess };
/** What the provider's own view has beside the zone in memory. */
let seen: Pick<RecordView, 'proxied' | 'note' | 'noteStays'>;
let deps: ServiceDeps;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sct-proxied-'));
  built.house = await openOperatorHouse(directory);
  built.edge = await buildEdge(built.house);
  const { database, zone } = built.house;
  const { instance } = built.house.deps.providers;
  const memory = createMemoryProvider({ zone, instance });
  const provider = {
    ...memory,
    read: async (...asked: Parameters<typeof memory.read>) => ({ ...(await memory.read(...asked)), ...seen }),
    effectiveTtl: (wishSeconds: number, proxied: boolean) => (proxied ? 300 : Math.max(60, wishSeconds)),
  };
  deps = { ...built.house.deps, providers: { ...built.house.deps.providers, forCredential: async () => provider } };
  const settings = JSON.stringify({ provider: 'cloudflare', plan: 'free' });
  await database.kysely
    .insertInto('dns_credential')
    .values({ id: 'cloudflare01', name: 'cf', provider: 'cloudflare', settings, secret: Buffer.from('never opened') })
    .execute();
});
beforeEach(() => {
  seen = {};
  names += 1;
  www = `www${names}.example.com`;
});
afterAll(async () => {
  await built.house.close();
  await rm(directory, { recursive: true });
});

const wish: Omit<z.output<typeof BindingInput>, 'name'> = {
  zone: 'example.com',
  credentialId: 'cf',
  families: 'ipv4',
  ttlSeconds: 60,
  proxied: null,
  takeOver: false,
};
const add = (change: Partial<typeof wish> = {}) => addBinding(deps, caller, 'edge', { name: www, ...wish, ...change });
const shown = async () => {
  const { bindings } = await listBindingViews(deps, 'edge');
  return bindings.find(({ name }) => name === www);
};

test('a TTL below the provider’s lowest is taken: the wish and what it comes to are both shown', async () => {
  const { binding, test: tried } = await add({ ttlSeconds: 30 });
  expect(binding).toMatchObject({ ttlSeconds: 30, effectiveTtlSeconds: 60 });
  expect(binding.ttlSentence).toContain('90 s: failover delay 30 s + TTL 60 s (30 s are wished');
  expect(tried.effectiveTtlSeconds).toBe(60);
  expect(tried.warnings.join()).toContain('The wished TTL of 30 s comes to 60 s at this provider.');
});

test.each(['free', 'paid', 'enterprise'] as const)(
  'what a list reckons from the plan %s is what the provider itself makes of a wish',
  (plan) => {
    const settings = CloudflareSettings.parse({ provider: 'cloudflare', plan });
    const provider = built.house.deps.providers.forSettings(settings, 'a-token-of-a-provider');
    for (const ttlSeconds of [1, 29, 30, 59, 60, 3_600, 86_400])
      for (const proxied of [true, false])
        expect(effectiveTtlAt(settings, { ttlSeconds, proxied })).toBe(provider.effectiveTtl?.(ttlSeconds, proxied));
  },
);

test('proxied with a TTL is taken: it is said that the TTL does not apply', async () => {
  const { binding, test: tried } = await add({ proxied: true });
  expect(binding).toMatchObject({ proxied: true, ttlSeconds: 60, effectiveTtlSeconds: 300 });
  expect(binding.ttlSentence).toMatch(/after about 30 s, the failover delay: .* the TTL does not apply\.$/);
  expect(tried.warnings.join()).toContain('its TTL does not apply');
});

test('a name is switched to proxied, back, and to as it is', async () => {
  await add();
  const refs = { poolId: 'edge', bindingId: www };
  for (const proxied of [true, false, null]) {
    await changeBinding(deps, caller, refs, {}, { proxied });
    expect(await shown()).toMatchObject({ proxied });
  }
});

test('a credential of a provider without a proxy is refused while the name is wished proxied', async () => {
  await add({ proxied: true });
  const before = await built.house.stored();
  const refs = { poolId: 'edge', bindingId: www };
  const asked = changeBinding(deps, caller, refs, {}, { credentialId: 'bind' });
  await expect(asked).rejects.toMatchObject({ code: 'proxied_unsupported', details: { provider: 'rfc2136' } });
  expect(await built.house.stored()).toBe(before);
  await changeBinding(deps, caller, refs, {}, { credentialId: 'bind', proxied: null });
  expect(await shown()).toMatchObject({ proxied: null, credentialId: built.edge.credential });
});

test('before a take-over the person is shown whether it is proxied, and the comment that stays', async () => {
  built.house.zone.put(www, 'A', ['203.0.113.9'], 300);
  seen = { proxied: true, note: 'ask Jo first' };
  const refused: unknown = await add().catch((error: unknown) => error);
  if (!(refused instanceof AppError)) throw refused;
  expect(refused.code).toBe('record_not_ours');
  expect(refused.details['stands']).toEqual([
    `${www} (A) holds 203.0.113.9 (TTL 300 s, proxied), without a mark. Somebody wrote there: “ask Jo first”; that stays, in front of our mark.`,
  ]);
});

test('before a first publish the person is shown the same of each record', async () => {
  await addBinding(deps, caller, 'other', { name: www, ...wish });
  const records = async () => (await previewFirstPublish(deps, 'other')).records;
  expect(await records()).toMatchObject([{ name: www, addresses: [], proxied: false, note: null }]);
  built.house.zone.put(www, 'A', ['203.0.113.9'], 300);
  seen = { proxied: true, note: 'ask Jo first' };
  expect(await records()).toMatchObject([
    {
      ...{ addresses: ['203.0.113.9'], proxied: true, note: 'ask Jo first' },
      noteSentence: 'Somebody wrote there: “ask Jo first”; that stays, in front of our mark.',
    },
  ]);
  seen = { note: 'ask Jo first', noteStays: 'unmarked' };
  expect((await records())[0]?.noteSentence).toContain('that stays, and leaves no room for our mark');
});

test('before a first publish the wait is for the TTL that the provider makes of the wish', async () => {
  await built.house.client.pools.add({ name: 'lowest' });
  await addBinding(deps, caller, 'lowest', { name: www, ...wish, ttlSeconds: 30 });
  built.house.zone.put(www, 'A', ['203.0.113.9'], 86_400);
  expect((await previewFirstPublish(deps, 'lowest')).records[0]?.warning).toContain('at the provider to 60 s first');
});

test('a trial shows proxied, comment and the TTL that the name will have', async () => {
  await add();
  built.house.zone.put(www, 'A', ['203.0.113.9']);
  seen = { proxied: true, note: 'ask Jo first' };
  expect(await testBinding(deps, { poolId: 'edge', bindingId: www })).toMatchObject({
    type: 'A',
    effectiveTtlSeconds: 300,
    record: { proxied: true, note: 'ask Jo first' },
  });
});

test('who may not see every credential changes a name only to one that the pool has already', async () => {
  await add();
  const operator: Caller = {
    ...caller,
    access: { grants: [{ role: 'operator', poolId: built.edge.pool as PoolId }], scope: null },
  };
  const refs = { poolId: 'edge', bindingId: www };
  const { kysely } = built.house.database;
  await kysely.updateTable('dns_binding').set({ credential_id: built.edge.credential }).execute();
  const asked = changeBinding(deps, operator, refs, {}, { credentialId: 'cf' });
  await expect(asked).rejects.toMatchObject({ code: 'credential_not_found' });
  expect((await changeBinding(deps, operator, refs, {}, { credentialId: 'bind' })).records).toHaveLength(1);
});
