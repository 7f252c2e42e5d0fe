import { type Kysely, sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { systemClock } from '../../platform/clock.ts';
import { openDatabase } from '../connection.ts';
import { silentLog, type TestDatabase, testDatabase } from '../testing.ts';
import { up as firstHouse } from './0001_first_house.ts';
import { up as haproxyTraffic } from './0002_haproxy_traffic.ts';
import { up as failoverEngine } from './0003_failover_engine.ts';
import { up as ipv6 } from './0008_ipv6.ts';

let database: TestDatabase;
let house: ReturnType<typeof openDatabase>;
const run = (statement: string) => sql.raw(statement).execute(house.kysely);
const refused = (statement: string, constraint: RegExp) => expect(run(statement)).rejects.toThrow(constraint);

beforeAll(async () => {
  database = await testDatabase();
  await sql`CREATE DATABASE old_house TEMPLATE template0`.execute(database.kysely);
  house = openDatabase({
    connection: { ...database.connection, database: 'old_house' },
    clock: systemClock,
    log: silentLog,
  });
  const tables = house.kysely as Kysely<unknown>;
  for (const up of [firstHouse, haproxyTraffic, failoverEngine]) await up(tables);
  for (const pool of ['p1', 'p2']) {
    await run(`INSERT INTO pool (id, name, preset, failover_delay_ms, haproxy_grace_ms, failback, epoch)
      VALUES ('${pool}', '${pool}', 'generic', 30000, 0, '{}', 1)`);
    await run(`INSERT INTO member (id, pool_id, hostname, allowed_egress, public_ipv4, template, monitored, units, priority)
      VALUES ('m-${pool}', '${pool}', '${pool}.example.com', '{192.0.2.1}', '198.51.100.${pool.slice(1)}', 'linux-server', false, '{u.service}', 100)`);
  }
  await run(
    `INSERT INTO dns_credential (id, name, provider, settings, secret) VALUES ('c', 'c', 'rfc2136', '{}', 'x')`,
  );
  await run(`INSERT INTO dns_binding (id, pool_id, name, zone, ttl_seconds, credential_id)
    VALUES ('b', 'p1', 'lb.example.com', 'example.com', 60, 'c')`);
  await run(`INSERT INTO promotion (id, pool_id, epoch, kind, cause, to_member_id, address, sentence, actor)
    VALUES ('o', 'p1', 1, 'failover', 'c', 'm-p1', '198.51.100.1', 's', 'a')`);
  await run(`INSERT INTO promotion_step (promotion_id, step, name) VALUES ('o', 'acknowledged', 'lb.example.com')`);
  await ipv6(tables);
});
afterAll(async () => {
  await house.close();
  await database.close();
});
beforeEach(() => run(`DELETE FROM dns_binding WHERE id <> 'b'`));

test('rows of before keep their meaning: A alone, dropped where nothing was said, IPv4 addresses', async () => {
  const { kysely } = house;
  expect(await kysely.selectFrom('dns_binding').select(['type', 'proxied']).execute()).toEqual([
    { type: 'A', proxied: null },
  ]);
  expect(await kysely.selectFrom('pool').select('ipv6').distinct().execute()).toEqual([{ ipv6: 'drop' }]);
  const addresses = ['public_ipv4', 'public_ipv6', 'reported_ipv6'] as const;
  expect(await kysely.selectFrom('member').select(addresses).where('id', '=', 'm-p1').execute()).toEqual([
    { public_ipv4: '198.51.100.1', public_ipv6: null, reported_ipv6: null },
  ]);
  expect(await kysely.selectFrom('promotion').select(['address', 'address6']).execute()).toEqual([
    { address: '198.51.100.1', address6: null },
  ]);
  expect(await kysely.selectFrom('promotion_step').select(['name', 'type']).execute()).toEqual([
    { name: 'lb.example.com', type: 'A' },
  ]);
});

const binding = (id: string, pool: string, type: string) =>
  `INSERT INTO dns_binding (id, pool_id, name, zone, type, ttl_seconds, credential_id)
   VALUES ('${id}', '${pool}', 'lb.example.com', 'example.com', '${type}', 60, 'c')`;

test('a name has each type once, and only in one pool, whatever comes at once', async () => {
  await refused(binding('b2', 'p1', 'A'), /dns_binding_name_type_key/);
  await refused(binding('b2', 'p1', 'TXT'), /dns_binding_type_check/);
  await refused(binding('b2', 'p2', 'AAAA'), /another pool manages lb.example.com already/);
  await run(`DELETE FROM dns_binding`);
  const both = await Promise.allSettled([run(binding('b', 'p1', 'A')), run(binding('b2', 'p2', 'AAAA'))]);
  expect(both.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  await run(`DELETE FROM dns_binding`);
  await run(binding('b', 'p1', 'A'));
  await run(binding('b2', 'p1', 'AAAA'));
});

test('an IPv6 address is a whole one of its family, and one member’s (R20)', async () => {
  for (const column of ['public_ipv6', 'reported_ipv6']) {
    for (const wrong of ['198.51.100.7', '2001:db8::/64'])
      await refused(`UPDATE member SET ${column} = '${wrong}' WHERE id = 'm-p1'`, new RegExp(`member_${column}_check`));
  }
  await run(`UPDATE member SET public_ipv6 = '2001:db8::1' WHERE id = 'm-p1'`);
  await refused(`UPDATE member SET reported_ipv6 = '2001:DB8:0::1' WHERE id = 'm-p2'`, /member_public_ipv6_key/);
  await run(`UPDATE member SET reported_ipv6 = '2001:db8::2' WHERE id = 'm-p2'`);
  await refused(`UPDATE pool SET ipv6 = 'keep'`, /pool_ipv6_check/);
});

test('a promotion names at least one address, each of its family (R20)', async () => {
  const promote = (epoch: number, address: string, address6: string) =>
    `INSERT INTO promotion (id, pool_id, epoch, kind, cause, to_member_id, address, address6, sentence, actor)
     VALUES ('n${epoch}', 'p1', ${epoch}, 'failover', 'c', 'm-p1', ${address}, ${address6}, 's', 'a')`;
  await refused(promote(2, 'NULL', 'NULL'), /promotion_address_given/);
  await refused(promote(2, 'NULL', `'198.51.100.1'`), /promotion_address6_check/);
  await refused(promote(2, `'2001:db8::1'`, 'NULL'), /promotion_address_check/);
  await run(promote(2, 'NULL', `'2001:db8::1'`));
  await run(promote(3, `'198.51.100.1'`, `'2001:db8::1'`));
});
