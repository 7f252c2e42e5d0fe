import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { enforceRetention } from './retention.ts';
import { type TestDatabase, testDatabase } from './testing.ts';

let database: TestDatabase;
const run = (statement: string) => sql.raw(statement).execute(database.kysely);
const count = async (table: string) =>
  (await sql<{ n: number }>`SELECT count(*) AS n FROM ${sql.table(table)}`.execute(database.kysely)).rows[0]?.n;

beforeAll(async () => {
  database = await testDatabase();
  await run(
    `INSERT INTO pool (id, name, preset, failover_delay_ms, haproxy_grace_ms, failback) VALUES ('p', 'p', 'generic', 30000, 0, '{}')`,
  );
  await run(`INSERT INTO member (id, pool_id, hostname, allowed_egress, template, monitored, units, priority)
    VALUES ('m', 'p', 'm.example.com', '{192.0.2.1}', 'linux-server', false, '{haproxy.service}', 100)`);
  await run(`UPDATE pool SET epoch = 2, active_member_id = 'm'`);
  for (const [id, epoch, age] of [
    ['old', 1, 401],
    ['present', 2, 400.5],
    ['young', 3, 399],
  ])
    await run(`INSERT INTO promotion (id, pool_id, epoch, kind, cause, to_member_id, address, sentence, actor, decided_at)
      VALUES ('${id}', 'p', ${epoch}, 'switchover', 'switchover', 'm', '198.51.100.1', 's', 'a', now() - interval '${age} days')`);
  await run(`INSERT INTO promotion_step (promotion_id, step, name) VALUES ('old', 'acknowledged', 'n')`);
  await run(`INSERT INTO promotion_evidence VALUES ('old', '{}', '{}')`);
  await run(
    `INSERT INTO event (at, kind, severity, sentence) SELECT now() - interval '1 day' * d, 'k', 'info', 's' FROM generate_series(1, 100) AS d, generate_series(1, 250)`,
  );
  await run(
    `INSERT INTO audit_entry (at, actor, action, target) VALUES (now() - interval '401 days', 'a', 'b', 'c'), (now() - interval '399 days', 'a', 'b', 'c')`,
  );
  await run(`INSERT INTO member_key (id, member_id, public_key, revoked_at)
    SELECT 'k' || d, 'm', decode(repeat('00', 32), 'hex'), now() - interval '1 day' * d FROM unnest(ARRAY[89, 91]) AS d`);
  await run(
    `INSERT INTO member_key (id, member_id, public_key, enrolled_at) VALUES ('current', 'm', decode(repeat('00', 32), 'hex'), now() - interval '3 years')`,
  );
  await run(`INSERT INTO enrollment (id, member_id, secret_hash, expires_at, used_at)
    SELECT 'e' || d, 'm', sha256(d::text::bytea), now() - interval '1 day' * d, now() - interval '1 day' * d FROM unnest(ARRAY[29, 31]) AS d`);
  await run(`INSERT INTO decision (pool_id, at, decision, sentence, evidence)
    SELECT pool, now() - interval '1 day' * d, '{}', pool || d, '{}' FROM unnest(ARRAY['p', 'gone']) AS pool, unnest(ARRAY[29, 31, 32, 33]) AS d`);
  await run(`INSERT INTO decision (pool_id, at, decision, sentence, evidence)
    SELECT 'restless', now() - interval '1 hour' * (n % 3), '{}', n::text, '{}' FROM generate_series(1, 9300) AS n`);
  await run(`INSERT INTO brake_release (released_at, until_at, actor, reason)
    SELECT now() - interval '1 day' * d, now() - interval '1 day' * d + interval '10 minutes', 'a', 'r' FROM unnest(ARRAY[399, 401]) AS d`);
  await run(`INSERT INTO "user" (id, email, name) VALUES ('u', 'u@example.com', 'u')`);
  await run(`INSERT INTO session (id, user_id, token_sha256, kind, peer, user_agent, expires_at)
    SELECT 's' || h, 'u', sha256(h::text::bytea), 'browser', 'p', 'a', now() - interval '1 hour' * h FROM unnest(ARRAY[-1, 23, 25]) AS h`);
  await run(`INSERT INTO sign_in_place (user_id, place, last_at)
    SELECT 'u', d::text, now() - interval '1 day' * d FROM unnest(ARRAY[29, 31]) AS d`);
  await run(`INSERT INTO api_token (id, name, token_sha256, user_id, permissions, expires_at)
    SELECT 't' || d, 't', sha256(d::text::bytea), 'u', '{pool:read}', now() - interval '1 day' * d FROM unnest(ARRAY[-1, 364, 366]) AS d`);
  await run(`INSERT INTO invitation (id, kind, secret_sha256, invited_by, expires_at, used_at)
    SELECT 'i' || d, 'invitation', sha256(d::text::bytea), 'host', now() + interval '1 day' * (10 - d), CASE WHEN d = 31 THEN now() - interval '1 day' * d END
    FROM unnest(ARRAY[29, 31, 39, 41]) AS d`);
  await run(`INSERT INTO notification_channel (id, kind, name, origin, secret) VALUES ('c', 'webhook', 'c', 'o', '')`);
  await run(`INSERT INTO notification_delivery (id, channel_id, kind, severity, notice, happened_at, created_at)
    SELECT 'd' || d, 'c', 'k', 'info', '{}', now(), now() - interval '1 day' * d FROM unnest(ARRAY[29, 31]) AS d`);
  await run(`INSERT INTO listener VALUES ('gone', 0, now() - interval '25 hours'), ('here', 0, now())`);
  await run(`INSERT INTO pool_status VALUES ('p', '{}', '{}', 0, now()), ('gone', '{}', '{}', 0, now())`);
});
afterAll(() => database.close());

test('the first run, and one after a jump of the clock, only notes the time', async () => {
  expect(await enforceRetention(database.kysely)).toBeNull();
  for (const jump of ['10 years', '-10 years']) {
    await run(`UPDATE setting SET changed_at = now() - interval '${jump}' WHERE key = 'retention_ran_at'`);
    expect(await enforceRetention(database.kysely)).toBeNull();
  }
  expect(await count('event')).toBe(25_000);
});

test('a daily run removes what is past its retention and nothing else', async () => {
  const removed = await enforceRetention(database.kysely);
  expect(removed).toEqual({
    member_key: 1,
    enrollment: 1,
    listener: 1,
    member_liveness: 0,
    pool_status: 1,
    promotion: 1,
    decision: 5 + 4_300,
    brake_release: 1,
    event: 2_750,
    session: 1,
    sign_in_place: 1,
    api_token: 1,
    invitation: 2,
    notification_delivery: 1,
    audit_entry: 1,
  });
  const promotions = await database.kysely.selectFrom('promotion').select('id').orderBy('epoch').execute();
  expect(promotions.map(({ id }) => id)).toEqual(['present', 'young']);
  const decisions = await database.kysely
    .selectFrom('decision')
    .select('sentence')
    .where('pool_id', '!=', 'restless')
    .orderBy('sentence')
    .execute();
  expect(decisions.map(({ sentence }) => sentence)).toEqual(['gone29', 'p29', 'p31']); // p31 was in force 30 days ago
  const ofRestless = await sql<{ first: string; kept: number }>`
    SELECT min(sentence::int)::text AS first, count(*)::int AS kept FROM decision WHERE pool_id = 'restless'`.execute(
    database.kysely,
  );
  expect(ofRestless.rows).toEqual([{ first: '4301', kept: 5_000 }]);
  expect(await count('promotion_step')).toBe(0);
  expect(await count('promotion_evidence')).toBe(0);
  expect(await enforceRetention(database.kysely)).toMatchObject({ event: 0, audit_entry: 0 });
});
