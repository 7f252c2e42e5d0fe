import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createLeaseRow } from '../db/lease-row.ts';
import { type TestDatabase, testDatabase } from '../db/testing.ts';
import { createReadiness } from './readiness.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.close());

test('however many strangers ask at once, one connection looks, and each of them is answered', async () => {
  const db = database.kysely;
  const listener = { flushHealthy: () => true, lastFlushAgeMs: () => 0 };
  const readiness = createReadiness({ db, listener, leaseMs: 8_000 });
  const locked = Promise.withResolvers<void>();
  const release = Promise.withResolvers<void>();
  const holding = db.transaction().execute(async (trx) => {
    await sql`LOCK TABLE lease IN ACCESS EXCLUSIVE MODE`.execute(trx);
    locked.resolve();
    await release.promise;
  });
  await locked.promise;
  const flood = Array.from({ length: 100 }, () => readiness());
  const held = async () => {
    const { rows } = await sql<{ held: number }>`
      SELECT count(*)::int AS held FROM pg_stat_activity
      WHERE datname = current_database() AND wait_event_type = 'Lock'`.execute(db);
    return rows[0]?.held;
  };
  try {
    await expect.poll(held).toBe(1);
  } finally {
    release.resolve();
    await holding;
  }
  const answers = await Promise.all(flood);
  expect(answers.every(({ checks }) => checks.some(({ name, ok }) => name === 'database' && ok))).toBe(true);
  await createLeaseRow(db).acquire('somebody', null);
  const lease = async () => (await readiness()).checks.find(({ name }) => name === 'lease');
  expect(await lease()).toMatchObject({ ok: true });
});
