import type { PreflightLook } from '@serverctl/core';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { LeaseFence } from '../../worker/ports.ts';
import { describePreflightStore } from '../../worker/preflight-store-suite.ts';
import { createLeaseRow } from '../lease-row.ts';
import { preflightsByCredential } from '../repositories/preflights.ts';
import { type TestDatabase, testDatabase } from '../testing.ts';
import { createPreflightStore } from './preflights.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.close());

let leaders = 0;

async function lead(): Promise<LeaseFence> {
  leaders += 1;
  const holder = `leader ${leaders}`;
  const acquired = await createLeaseRow(database.kysely).acquire(holder, 'at-once');
  if (acquired.kind === 'taken') throw new Error('the lease was not taken');
  const { term, atMs } = acquired;
  return { holder, term, rowsFromMs: atMs, rowsByMs: () => atMs + 60_000, ageMs: () => 0 };
}

async function bind(name: string, { zone = 'example.com', type = 'A' } = {}) {
  const row = { name, zone, type, pool_id: 'pool00000001', credential_id: 'c1', ttl_seconds: 60 };
  await database.kysely
    .insertInto('dns_binding')
    .values({ id: `${name} ${type}`, ...row })
    .execute();
}

async function furnish() {
  const { kysely } = database;
  for (const table of ['dns_preflight', 'dns_binding', 'dns_credential', 'event', 'pool'])
    await sql`DELETE FROM ${sql.table(table)}`.execute(kysely);
  const pool = {
    id: 'pool00000001',
    name: 'edge',
    preset: 'haproxy',
    failover_delay_ms: 30_000,
    haproxy_grace_ms: 1_000,
  };
  const failback = JSON.stringify({ policy: 'manual', afterMinutes: 5, window: null });
  await kysely
    .insertInto('pool')
    .values({ ...pool, failback })
    .execute();
  const settings = JSON.stringify({ provider: 'rfc2136' });
  const credential = { id: 'c1', name: 'c1', provider: 'rfc2136', settings, secret: Buffer.of(1) };
  await kysely.insertInto('dns_credential').values(credential).execute();
}

const told = () =>
  database.kysely
    .selectFrom('event')
    .select(['kind', 'sentence', sql<string>`details ->> 'zone'`.as('zone')])
    .orderBy('seq')
    .execute();

describePreflightStore('in PostgreSQL', async () => {
  await furnish();
  return {
    store: createPreflightStore(database.kysely),
    bind,
    async release(name) {
      await database.kysely.deleteFrom('dns_binding').where('name', '=', name).execute();
    },
    async later(ms) {
      const past = sql<Date>`checked_at - make_interval(secs => ${ms / 1_000})`;
      await database.kysely.updateTable('dns_preflight').set({ checked_at: past }).execute();
    },
    lead,
    told,
  };
});

describe('in PostgreSQL', () => {
  const look: PreflightLook = {
    credentialId: 'c1',
    credential: 'c1',
    zone: 'example.com',
    name: 'a.example.com',
    type: 'A',
    trouble: null,
    findings: [],
  };
  const trouble = { code: 'dns_token_refused', message: 'No.', remedy: 'Do.', said: null, mayPass: false };
  const row = () => database.kysely.selectFrom('dns_preflight').selectAll().executeTakeFirst();

  test('it is kept since when it fails and when it worked last, by the database’s clock', async () => {
    await furnish();
    await bind('a.example.com');
    const [store, fence] = [createPreflightStore(database.kysely), await lead()];
    await store.record(look, fence);
    const worked = await row();
    expect(worked).toMatchObject({ state: 'ok', ok_at: worked?.checked_at, failing_since: null });
    await store.record({ ...look, trouble }, fence);
    const first = await row();
    expect(first).toMatchObject({ state: 'failing', code: 'dns_token_refused', ok_at: worked?.ok_at });
    expect(first?.failing_since).toEqual(first?.checked_at);
    await store.record({ ...look, trouble }, fence);
    const second = await row();
    expect(second).toMatchObject({ failures: 2, failing_since: first?.failing_since, ok_at: worked?.ok_at });
    expect(second?.checked_at.getTime()).toBeGreaterThan(first?.checked_at.getTime() ?? 0);
  });

  test('of two that record the same turn at once one tells it', async () => {
    await furnish();
    await bind('a.example.com');
    const [store, fence] = [createPreflightStore(database.kysely), await lead()];
    await store.record(look, fence);
    await Promise.all([1, 2].map(() => store.record({ ...look, trouble }, fence)));
    expect((await told()).map(({ kind }) => kind)).toEqual(['dns.credential-failing']);
    expect((await row())?.failures).toBe(2);
  });

  test('the state goes with its credential, and is shown only of zones in use', async () => {
    await furnish();
    await bind('a.example.com');
    const { kysely } = database;
    await createPreflightStore(kysely).record(look, await lead());
    expect((await preflightsByCredential(kysely)).get('c1')).toMatchObject([{ zone: 'example.com', state: 'ok' }]);
    await kysely.deleteFrom('dns_binding').execute();
    expect((await preflightsByCredential(kysely)).size).toBe(0);
    await kysely.deleteFrom('dns_credential').execute();
    expect(await row()).toBeUndefined();
  });

  test('no row can say that it works and fails', async () => {
    await furnish();
    await bind('a.example.com');
    await createPreflightStore(database.kysely).record(look, await lead());
    const byHand = sql`UPDATE dns_preflight SET state = 'failing'`.execute(database.kysely);
    await expect(byHand).rejects.toThrow(/dns_preflight_trouble/);
  });
});
