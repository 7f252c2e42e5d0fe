import { isAppError } from '@serverctl/core';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newId, systemRandom as random } from '../../platform/random.ts';
import { type TestDatabase, testDatabase } from '../testing.ts';
import { findOpenInvitation, insertInvitation, useInvitation } from './invitations.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.close());

const db = () => database.kysely;

async function makeLink(): Promise<{ readonly id: string; readonly sha256: Buffer }> {
  const [id, sha256] = [newId<string>(random), Buffer.from(random.bytes(32))];
  await db()
    .transaction()
    .execute((trx) =>
      insertInvitation(trx, { id, kind: 'setup', secret_sha256: sha256, invited_by: 'host', minutes: 30 }),
    );
  return { id, sha256 };
}

const asked = (look: Promise<unknown>) =>
  look.then(
    () => 'open',
    (error: unknown) => (isAppError(error) ? error.code : error),
  );
const find = (sha256: Buffer) => asked(findOpenInvitation(db(), sha256));
const use = (sha256: Buffer) =>
  asked(
    db()
      .transaction()
      .execute((trx) => useInvitation(trx, sha256)),
  );
const setTimes = (id: string, change: { readonly createdIn: string; readonly expiresIn: string }) =>
  sql`UPDATE invitation SET created_at = now() + ${change.createdIn}::interval, expires_at = now() + ${change.expiresIn}::interval
      WHERE id = ${id}`.execute(db());

test.each([
  { what: 'of now', createdIn: '0', expiresIn: '30 minutes', is: 'open' },
  { what: 'almost over', createdIn: '-29 minutes', expiresIn: '1 minute', is: 'open' },
  { what: 'that is over', createdIn: '-30 minutes', expiresIn: '0', is: 'link_invalid' },
  {
    what: 'from before the wall clock was set back',
    createdIn: '2 minutes',
    expiresIn: '32 minutes',
    is: 'link_invalid',
  },
])('a link $what is $is', async ({ is, ...times }) => {
  const { id, sha256 } = await makeLink();
  await setTimes(id, times);
  expect(await find(sha256)).toBe(is);
  expect(await use(sha256)).toBe(is);
  expect(await use(sha256)).toBe('link_invalid');
});
