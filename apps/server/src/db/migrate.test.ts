import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { systemClock } from '../platform/clock.ts';
import { openDatabase } from './connection.ts';
import { migrateToLatest } from './migrate.ts';
import { silentLog, type TestDatabase, testDatabase } from './testing.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.close());

test('a migrated database has nothing left to do', async () => {
  expect(await migrateToLatest(database.kysely)).toEqual([]);
});

test('two processes that migrate an empty database at once both succeed, and each migration is applied once', async () => {
  await sql`CREATE DATABASE empty_one TEMPLATE template0`.execute(database.kysely);
  const connection = { ...database.connection, database: 'empty_one' };
  const two = [1, 2].map(() => openDatabase({ connection, clock: systemClock, log: silentLog }));
  const applied = await Promise.all(two.map(({ kysely }) => migrateToLatest(kysely)));
  await Promise.all(two.map((each) => each.close()));
  expect(applied.flat()).toEqual(['0001_first_house', '0002_haproxy_traffic']);
});

test('a database that a newer version has migrated is refused', async () => {
  await sql`INSERT INTO kysely_migration (name, timestamp) VALUES ('9999_later', now()::text)`.execute(database.kysely);
  await expect(migrateToLatest(database.kysely)).rejects.toThrow(/9999_later/);
});
