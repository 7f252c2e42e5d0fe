import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type OperatorHouse, openOperatorHouse } from './testing/operator-house.ts';

let directory: string;
let house: OperatorHouse;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sct-scrape-'));
  house = await openOperatorHouse(directory);
});
afterAll(async () => {
  await house.close();
  await rm(directory, { recursive: true });
});

async function scrape(secret: string, url = '/metrics') {
  const beganAt = performance.now();
  const { statusCode, body } = await house.app.inject({ url, headers: { authorization: `Bearer ${secret}` } });
  return { status: statusCode, body, tookMs: performance.now() - beganAt };
}

/** A database that takes statements and answers none of them: the longest way to be away. */
async function whileItIsStuck(act: () => Promise<void>): Promise<void> {
  const locked = Promise.withResolvers<void>();
  const release = Promise.withResolvers<void>();
  const holding = house.database.vital.transaction().execute(async (trx) => {
    await sql`SET LOCAL idle_in_transaction_session_timeout = 0`.execute(trx);
    await sql`LOCK TABLE api_token, lease, pool IN ACCESS EXCLUSIVE MODE`.execute(trx);
    locked.resolve();
    await release.promise;
  });
  await locked.promise;
  try {
    await act();
  } finally {
    release.resolve();
    await holding;
  }
}

test('while the database is away metrics say so, within four seconds, to a token that read them before', async () => {
  const make = (name: string) =>
    house.client.tokens.add({ name, permissions: ['metrics:read', 'pool:read'], days: 1 }).then(({ secret }) => secret);
  const [used, unused] = [await make('prometheus'), await make('never used')];
  expect(await scrape(used)).toMatchObject({
    status: 200,
    body: expect.stringContaining('\nserverctl_database_up 1\n'),
  });
  await whileItIsStuck(async () => {
    // One reading serves a second.
    await expect
      .poll(async () => (await scrape(used)).body, { timeout: 10_000 })
      .toContain('\nserverctl_database_up 0\n');
    const [known, unknown, elsewhere] = await Promise.all([
      scrape(used),
      scrape(unused),
      Promise.race([scrape(used, '/api/v1/pools'), scrape(used).then(() => 'still waits')]),
    ]);
    expect(known).toMatchObject({ status: 200, body: expect.stringContaining('\nserverctl_database_up 0\n') });
    expect(known.tookMs).toBeLessThan(4_000);
    expect(unknown).toMatchObject({ status: 503, body: expect.stringContaining('database_unavailable') });
    expect(unknown.tookMs).toBeLessThan(4_000);
    expect(elsewhere).toBe('still waits');
  });
  await expect.poll(() => scrape(unused).then(({ status }) => status)).toBe(200);
  const { tokens } = await house.client.tokens.list();
  await house.client.tokens.revoke(tokens.find(({ name }) => name === 'prometheus')?.id ?? '');
  expect(await scrape(used)).toMatchObject({ status: 401 });
}, 30_000);
