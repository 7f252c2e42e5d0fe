import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { housePerTest, refusal } from './testing/house-per-test.ts';
import { storeJudged } from './testing/judged.ts';

const built = housePerTest('switchover');
const reason = 'kernel update';
const pools = () => built.house.client.pools;
const promote = (wish: { readonly to: string; readonly expectNext?: string; readonly preview?: boolean }) =>
  built.house.client.promotions.promote('edge', { ...wish, reason });

test.each([
  ['by its id', () => built.edge.lb2],
  ['by its hostname, in any case', () => 'LB2.example.com'],
])('a cut to the next standby that a preview named %s goes to it', async (_how, expected) => {
  await storeJudged(built.house, built.edge);
  const { promotion } = await promote({ to: 'next', expectNext: expected() });
  expect(promotion).toMatchObject({ toMemberId: built.edge.lb2, epoch: 2 });
});

test.each([true, false])(
  'a cut to another standby than the one shown changes nothing (preview: %s)',
  async (preview) => {
    await storeJudged(built.house, built.edge);
    const before = await built.house.stored();
    expect(await refusal(promote({ to: 'next', expectNext: built.edge.lb1, preview }))).toMatchObject({
      code: 'pool_changed',
      details: { pool: 'edge', next: 'lb2.example.com' },
    });
    expect(await built.house.stored()).toBe(before);
  },
);

test.each([
  ['is paused', 'pool_paused', () => pools().pause('edge', { reason })],
  ['goes into maintenance', 'pool_in_maintenance', () => pools().maintain('edge', { minutes: 10, reason })],
])(
  'a pool that %s while the question stands is not cut, though the standby is the one shown (R13)',
  async (_what, code, act) => {
    await storeJudged(built.house, built.edge);
    const { preview } = await promote({ to: 'next', preview: true });
    await act();
    expect(await refusal(promote({ to: 'next', expectNext: preview.toMemberId }))).toMatchObject({ code });
    expect((await pools().get('edge')).epoch).toBe(1);
  },
);

test('a switchover that waits for the pool’s lock is given up in time, and never commits later (R17)', async () => {
  const { kysely } = built.house.database;
  await storeJudged(built.house, built.edge);
  const locked = Promise.withResolvers<void>();
  const other = kysely.transaction().execute(async (trx) => {
    await trx.selectFrom('pool').select('id').where('id', '=', built.edge.pool).forUpdate().execute();
    locked.resolve();
    await sql`SELECT pg_sleep(3)`.execute(trx);
  });
  await locked.promise;
  expect(await refusal(promote({ to: 'lb2.example.com' }))).toMatchObject({ code: 'database_unavailable' });
  await other;
  expect((await pools().get('edge')).epoch).toBe(1);
});

test('a switchover that is slow in many small steps is not committed after its time (R17)', async () => {
  const { kysely } = built.house.database;
  await storeJudged(built.house, built.edge);
  await sql`CREATE FUNCTION slow_down() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(2.1); RETURN NEW; END $$`.execute(
    kysely,
  );
  for (const table of ['promotion', 'event'])
    await sql`CREATE TRIGGER slow_down BEFORE INSERT ON ${sql.table(table)} FOR EACH ROW EXECUTE FUNCTION slow_down()`.execute(
      kysely,
    );
  expect(await refusal(promote({ to: 'lb2.example.com' }))).toMatchObject({ code: 'database_unavailable' });
  expect((await pools().get('edge')).epoch).toBe(1);
});

const shown = async () => (await promote({ to: 'lb2.example.com', preview: true })).preview.names[0];
const change = (values: object) => built.house.database.kysely.updateTable('dns_binding').set(values).execute();

test('the old TTL is what clients hold: what the provider makes of the wish, and its own where its edge answers', async () => {
  await storeJudged(built.house, built.edge);
  const { kysely } = built.house.database;
  await kysely
    .updateTable('dns_credential')
    .set({ provider: 'cloudflare', settings: JSON.stringify({ provider: 'cloudflare', plan: 'free' }) })
    .execute();
  await change({ ttl_seconds: 30 });
  expect(await shown()).toMatchObject({ ttlSeconds: 60, warnings: [] });
  await change({ proxied: true });
  expect(await shown()).toMatchObject({ ttlSeconds: 300 });
});

test('a preview warns while clients may still hold a record that was replaced, and no longer than that', async () => {
  await storeJudged(built.house, built.edge);
  await change({ old_ttl_until: sql<Date>`clock_timestamp() + interval '1 day'` });
  expect((await shown())?.warnings).toEqual([
    expect.stringMatching(/^Clients may still hold what stood there before, for up to 86\d{3} s from now: /),
  ]);
  await change({ old_ttl_until: sql<Date>`clock_timestamp() + interval '10 seconds'` });
  expect((await shown())?.warnings).toEqual([]);
});

test('a preview says of each name why its record would not follow: its credential fails, or it is blocked', async () => {
  await storeJudged(built.house, built.edge);
  const { kysely } = built.house.database;
  const trouble = { code: 'dns_token_refused', message: 'It is refused.', remedy: 'Make a new one.' };
  await change({ state: 'blocked', error: JSON.stringify({ ...trouble, message: 'No record was written.' }) });
  const { id } = await kysely.selectFrom('dns_credential').select('id').executeTakeFirstOrThrow();
  await sql`
    INSERT INTO dns_preflight (credential_id, zone, name, type, state, code, message, remedy, failures, is_told, checked_at, failing_since)
    VALUES (${id}, 'example.com', 'lb.example.com', 'A', 'failing', ${trouble.code}, ${trouble.message}, ${trouble.remedy}, 1, true, now(), now())`.execute(
    kysely,
  );
  expect((await shown())?.warnings).toEqual([
    'Its credential fails in example.com, so the record would not follow: It is refused. Make a new one.',
    'It is blocked, so the record would not follow: No record was written. Make a new one.',
  ]);
});

test('a preview needs no reason, and the act does', async () => {
  await storeJudged(built.house, built.edge);
  const { client } = built.house;
  expect((await client.promotions.promote('edge', { to: 'next', preview: true })).preview.ready).toBe(true);
  expect(await refusal(client.promotions.promote('edge', { to: 'next' }))).toMatchObject({ code: 'request_invalid' });
});
