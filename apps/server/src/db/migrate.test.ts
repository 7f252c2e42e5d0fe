import { unlabelledZone } from '@serverctl/core';
import { type Kysely, sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { systemClock } from '../platform/clock.ts';
import { openDatabase } from './connection.ts';
import { migrateToLatest } from './migrate.ts';
import { up as firstHouse } from './migrations/0001_first_house.ts';
import { up as haproxyTraffic } from './migrations/0002_haproxy_traffic.ts';
import { up as failoverEngine } from './migrations/0003_failover_engine.ts';
import { up as accounts } from './migrations/0004_accounts.ts';
import { up as takeOverMark } from './migrations/0005_take_over_mark.ts';
import { up as userLastSeen } from './migrations/0006_user_last_seen.ts';
import { up as dnsProviders } from './migrations/0007_dns_providers.ts';
import { up as ipv6 } from './migrations/0008_ipv6.ts';
import { up as dynamicDns } from './migrations/0009_dynamic_dns.ts';
import { createPoolStore } from './pool-store.ts';
import { silentLog, type TestDatabase, testDatabase } from './testing.ts';

const options = { clock: systemClock, log: silentLog, limits: { waitMs: 1_000, againAfterMs: 10 } };

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.close());

const later = [
  '0003_failover_engine',
  '0004_accounts',
  '0005_take_over_mark',
  '0006_user_last_seen',
  '0007_dns_providers',
  '0008_ipv6',
  '0009_dynamic_dns',
  '0010_preflight',
  '0011_old_ttl',
  '0012_old_answer',
  '0013_panels',
];

test('a migrated database has nothing left to do', async () => {
  expect(await migrateToLatest(database.kysely, options)).toEqual([]);
});

test('two processes that migrate an empty database at once both succeed, and each migration is applied once', async () => {
  await sql`CREATE DATABASE empty_one TEMPLATE template0`.execute(database.kysely);
  const connection = { ...database.connection, database: 'empty_one' };
  const two = [1, 2].map(() => openDatabase({ connection, clock: systemClock, log: silentLog }));
  const applied = await Promise.all(two.map(({ kysely }) => migrateToLatest(kysely, options)));
  await Promise.all(two.map((each) => each.close()));
  expect(applied.flat()).toEqual(['0001_first_house', '0002_haproxy_traffic', ...later]);
});

test('behind a backup that reads every table it gives way, so that everybody else can read, and ends when the backup has', async () => {
  await sql`CREATE DATABASE backed_up TEMPLATE template0`.execute(database.kysely);
  const connection = { ...database.connection, database: 'backed_up' };
  const open = () => openDatabase({ connection, clock: systemClock, log: silentLog });
  const [migrating, others] = [open(), open()];
  for (const up of [firstHouse, haproxyTraffic]) await up(migrating.kysely as Kysely<unknown>);
  await sql`CREATE TABLE kysely_migration (name varchar(255) PRIMARY KEY, timestamp varchar(255) NOT NULL)`.execute(
    others.kysely,
  );
  await sql`INSERT INTO kysely_migration VALUES ('0001_first_house', now()::text), ('0002_haproxy_traffic', now()::text)`.execute(
    others.kysely,
  );
  const [reading, done] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const backup = others.kysely.transaction().execute(async (trx) => {
    await sql`LOCK TABLE pool, member, promotion IN ACCESS SHARE MODE`.execute(trx);
    reading.resolve();
    await done.promise;
  });
  await reading.promise;
  const said: string[] = [];
  const readable: number[] = [];
  /** Between two tries. */
  async function sleep(): Promise<void> {
    readable.push((await sql`SELECT count(*) FROM pool`.execute(others.kysely)).rows.length);
    if (readable.length === 2) done.resolve();
    if (readable.length >= 2) await backup;
  }
  const log = { warn: (_: object, message: string) => void said.push(message) };
  const applied = await migrateToLatest(migrating.kysely, {
    clock: { sleep },
    log,
    limits: { waitMs: 50, againAfterMs: 1 },
  });
  await Promise.all([migrating.close(), others.close()]);
  expect([applied, readable]).toEqual([later, [1, 1]]);
  expect(said).toEqual([
    expect.stringMatching(/cannot be migrated yet/),
    expect.stringMatching(/cannot be migrated yet/),
  ]);
});

test('an acknowledgement of before epochs were acknowledged keeps its meaning: all promotions up to then', async () => {
  await sql`CREATE DATABASE old_one TEMPLATE template0`.execute(database.kysely);
  const connection = { ...database.connection, database: 'old_one' };
  const old = openDatabase({ connection, clock: systemClock, log: silentLog });
  const tables = old.kysely as Kysely<unknown>;
  const run = (statement: string) => sql.raw(statement).execute(old.kysely);
  for (const up of [firstHouse, haproxyTraffic]) await up(tables);
  for (const [pool, acknowledgedAt] of [
    ['acknowledged', `now() - interval '36 hours'`],
    ['never', 'NULL'],
    ['before-all', `now() - interval '9 days'`],
  ]) {
    await run(`INSERT INTO pool (id, name, preset, failover_delay_ms, haproxy_grace_ms, failback, epoch, acknowledged_at)
      VALUES ('${pool}', '${pool}', 'generic', 30000, 0, '{}', 3, ${acknowledgedAt})`);
    await run(`INSERT INTO member (id, pool_id, hostname, allowed_egress, template, monitored, units, priority)
      VALUES ('m-${pool}', '${pool}', '${pool}.example.com', '{192.0.2.1}', 'linux-server', false, '{haproxy.service}', 100)`);
    await run(`INSERT INTO promotion (id, pool_id, epoch, kind, cause, to_member_id, address, sentence, actor, decided_at)
      SELECT '${pool}' || e, '${pool}', e, 'failover', 'c', 'm-${pool}', '198.51.100.1', 's', 'a', now() - interval '1 day' * (4 - e)
      FROM generate_series(1, 3) AS e`);
  }
  await failoverEngine(tables);
  for (const up of [accounts, takeOverMark, userLastSeen, dnsProviders, ipv6, dynamicDns]) await up(tables); // the store reads what they brought
  const pools = await old.kysely.selectFrom('pool').select(['id', 'acknowledged_epoch']).orderBy('id').execute();
  const zones = await old.kysely.selectFrom('member').select('zone').distinct().execute();
  const [recent] = await createPoolStore(old).pools();
  await old.close();
  expect(Object.fromEntries(pools.map((pool) => [pool.id, pool.acknowledged_epoch]))).toEqual({
    acknowledged: 2,
    'before-all': 0,
    never: 0,
  });
  expect(zones).toEqual([{ zone: unlabelledZone }]);
  expect(recent).toMatchObject({ pool: { paused: null }, recentPromotions: [{ epoch: 3, unbraked: false }] });
});

test('a database that a newer version has migrated is refused', async () => {
  await sql`INSERT INTO kysely_migration (name, timestamp) VALUES ('9999_later', now()::text)`.execute(database.kysely);
  await expect(migrateToLatest(database.kysely, options)).rejects.toThrow(/9999_later/);
});
