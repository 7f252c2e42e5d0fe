import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PreflightLook } from '@serverctl/core';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createLeaseRow } from '../db/lease-row.ts';
import { createPreflightStore } from '../db/pool-store/preflights.ts';
import { readPreflights } from '../services/metrics/preflights.ts';
import { type OperatorHouse, openOperatorHouse } from './testing/operator-house.ts';

/* How a credential did when it was last tried in calm (R23), as the API, the event log and the metrics show it. */

let directory: string;
let house: OperatorHouse;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sct-preflight-'));
  house = await openOperatorHouse(directory);
});
afterAll(async () => {
  await house.close();
  await rm(directory, { recursive: true });
});

const zone = 'example.com';
const name = 'lb.example.com';

async function furnish() {
  const { kysely } = house.database;
  const { id: poolId } = await house.client.pools.add({ name: 'edge' });
  const settings = {
    provider: 'rfc2136',
    host: 'ns1',
    port: 53,
    transport: 'tcp',
    keyName: 'k',
    algorithm: 'hmac-sha256',
  };
  const credential = { id: 'credential01', name: 'bind', provider: 'rfc2136', secret: Buffer.of(1) };
  await kysely
    .insertInto('dns_credential')
    .values({ ...credential, settings: JSON.stringify(settings) })
    .execute();
  const binding = { id: 'binding00001', pool_id: poolId, name, zone, ttl_seconds: 60, credential_id: 'credential01' };
  await kysely.insertInto('dns_binding').values(binding).execute();
}

async function record(change: Partial<PreflightLook>) {
  const { kysely } = house.database;
  const taken = await createLeaseRow(kysely).acquire('suite', 'at-once');
  if (taken.kind === 'taken') throw new Error('the lease was not taken');
  const { term, atMs } = taken;
  const fence = { holder: 'suite', term, rowsFromMs: atMs, rowsByMs: () => atMs + 60_000, ageMs: () => 0 };
  const about = { credentialId: 'credential01', credential: 'bind', zone, name, type: 'A' } as const;
  await createPreflightStore(kysely).record({ ...about, trouble: null, findings: [], ...change }, fence);
}

const shown = async () => (await house.client.credentials.list()).credentials[0]?.preflight;
const measured = async () => {
  const [one] = await readPreflights(house.database.kysely);
  return one;
};

test('a credential shows in each zone how it did when it was tried last, and since when it fails', async () => {
  await furnish();
  expect([await shown(), await measured()]).toEqual([[], undefined]);
  const finding = { code: 'value-only', name, type: 'A', message: 'No mark.', remedy: 'Give the right.' } as const;
  await record({ findings: [finding] });
  expect(await shown()).toMatchObject([
    {
      zone,
      name,
      type: 'A',
      state: 'limited',
      code: null,
      remedy: null,
      findings: [finding],
      failingSince: null,
      everySeconds: 300,
    },
  ]);
  expect(await measured()).toMatchObject({ credential: 'bind', zone, isOk: true });
  const trouble = { code: 'dns_token_refused', message: 'It is refused.', remedy: 'Make a new one.', said: null };
  await record({ trouble: { ...trouble, mayPass: false } });
  const [failing] = (await shown()) ?? [];
  expect(failing).toMatchObject({ state: 'failing', code: 'dns_token_refused', remedy: 'Make a new one.' });
  expect(Date.parse(failing?.okAt ?? '')).toBeLessThan(Date.parse(failing?.checkedAt ?? ''));
  expect(failing?.failingSince).toBe(failing?.checkedAt);
  const { isOk, ageSeconds = -1 } = (await measured()) ?? {};
  expect([isOk, ageSeconds >= 0]).toEqual([false, true]);
  const events = await house.ask('GET', '/api/v1/events');
  expect(JSON.stringify(events.body)).toContain('dns.credential-failing');
});

test('with very many zones the real period is shown and measured, and where it fails the short one (R22)', async () => {
  const { kysely } = house.database;
  const settings = JSON.stringify({ provider: 'cloudflare', plan: 'free' });
  await kysely.updateTable('dns_credential').set({ provider: 'cloudflare', settings }).execute();
  const one = await kysely
    .selectFrom('dns_binding')
    .select(['pool_id', 'ttl_seconds', 'credential_id'])
    .executeTakeFirstOrThrow();
  const more = Array.from({ length: 54 }, (_, place) => `z${place}.example.com`);
  const rows = more.map((other, place) => ({ ...one, id: `binding1${1_000 + place}`, name: other, zone: other }));
  await kysely.insertInto('dns_binding').values(rows).execute();
  expect([(await shown())?.[0]?.everySeconds, (await measured())?.everySeconds]).toEqual([300, 300]);
  await record({});
  expect([(await shown())?.[0]?.everySeconds, (await measured())?.everySeconds]).toEqual([1_650, 1_650]);
});

test('what was found before a name of the zone became busy says so, until it is looked at again', async () => {
  const { kysely } = house.database;
  const putOffBy = async () => (await shown())?.map((look) => look.putOffBy);
  const busy = (state: string) =>
    kysely.updateTable('dns_binding').set({ state, changed_at: sql<Date>`clock_timestamp()` }).execute();
  await record({});
  expect(await putOffBy()).toEqual([null]);
  for (const state of ['publishing', 'unknown-outcome', 'blocked']) {
    await busy(state);
    expect(await putOffBy()).toEqual([name]);
  }
  await record({});
  expect(await putOffBy()).toEqual([null]);
  await busy('drift');
  expect(await putOffBy()).toEqual([null]);
});

test('a zone that no managed name uses any more is not shown, and not measured', async () => {
  await house.database.kysely.deleteFrom('dns_binding').execute();
  expect([await shown(), await measured()]).toEqual([[], undefined]);
});
