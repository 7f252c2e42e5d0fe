import { minuteMs } from '@serverctl/core';
import { sql, type Transaction } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Database } from '../schema.ts';
import { type TestDatabase, testDatabase } from '../testing.ts';
import { presentRelease, releaseBrakes, restoreBrakes } from './brakes.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.close());
beforeEach(async () => {
  await sql`DELETE FROM brake_release`.execute(database.kysely);
});

const within = <Result>(change: (trx: Transaction<Database>) => Promise<Result>) =>
  database.kysely.transaction().execute(change);
const release = (reason: string) =>
  within((trx) => releaseBrakes(trx, { forMs: 10 * minuteMs, actor: 'person:admin', reason }));

test('a release says who released the brakes, why, and until when', async () => {
  const made = await release('two racks are gone for good');
  expect(made.until_at.getTime() - made.released_at.getTime()).toBe(10 * minuteMs);
  expect(await presentRelease(database.kysely)).toMatchObject({
    actor: 'person:admin',
    reason: 'two racks are gone for good',
    ended_at: null,
  });
});

test('a second release ends the first one, and both are kept', async () => {
  await release('first');
  await release('second');
  expect((await presentRelease(database.kysely))?.reason).toBe('second');
  const kept = await database.kysely
    .selectFrom('brake_release')
    .select(['reason', 'ended_at'])
    .orderBy('seq')
    .execute();
  expect(kept).toEqual([
    { reason: 'first', ended_at: expect.any(Date) },
    { reason: 'second', ended_at: null },
  ]);
});

test('restoring says whether the brakes were released', async () => {
  expect(await within(restoreBrakes)).toBe(false);
  await release('first');
  expect(await within(restoreBrakes)).toBe(true);
  expect(await within(restoreBrakes)).toBe(false);
  expect(await presentRelease(database.kysely)).toBeNull();
});
