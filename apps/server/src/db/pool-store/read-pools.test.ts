import type { MemberId } from '@serverctl/core';
import { type Kysely, sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { saysTheSame } from '../../worker/pools-read.ts';
import type { PoolWithMembers } from '../../worker/ports.ts';
import { poolColumns } from '../repositories/pools.ts';
import type { Database } from '../schema.ts';
import { type TestDatabase, testDatabase } from '../testing.ts';
import { createPoolsReader, saidMemberColumns } from './read-pools.ts';
import { bindingColumns } from './rows.ts';

/* What the reader keeps between two reads; what it reads at all is the store's contract (worker/pool-store-suite). */

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
  for (const statement of fixture) await run(database.kysely, statement);
});
afterAll(() => database.close());

/** p1 and p2 with the same of everything, and p3, which is empty. m3 has no key, so that nothing holds its id. */
const fixture = [
  `INSERT INTO pool (id, name, preset, failover_delay_ms, haproxy_grace_ms, failback, epoch)
    SELECT 'p' || n, 'pool ' || n, 'generic', 30000, 0, '{}', 1 FROM generate_series(1, 3) AS n`,
  `INSERT INTO member (id, pool_id, hostname, allowed_egress, template, monitored, units, priority, public_ipv4)
    SELECT 'm' || n, 'p' || 2 - n % 2, 'lb' || n || '.example.com', '{192.0.2.1}', 'linux-server', false, '{haproxy.service}', 100,
      ('198.51.100.' || n)::inet FROM generate_series(1, 3) AS n`,
  `INSERT INTO member_key (id, member_id, public_key, enrolled_at)
    SELECT 'k' || n, 'm' || n, decode(repeat('0' || n, 32), 'hex'), now() - interval '1 minute' FROM generate_series(1, 2) AS n`,
  `INSERT INTO promotion (id, pool_id, epoch, kind, cause, to_member_id, address, sentence, actor)
    SELECT 'r' || n, 'p' || n, 1, 'first-publish', 'c', 'm' || n, ('198.51.100.' || n)::inet, 's', 'a' FROM generate_series(1, 2) AS n`,
  `INSERT INTO dns_credential (id, name, provider, settings, secret)
    SELECT 'c' || n, 'keys ' || n, 'rfc2136', '{"provider": "rfc2136"}', '' FROM generate_series(1, 2) AS n`,
  `INSERT INTO dns_binding (id, pool_id, name, zone, ttl_seconds, credential_id)
    SELECT 'b' || n, 'p' || n, 'www' || n || '.shop.example.com', 'shop.example.com', 60, 'c1' FROM generate_series(1, 2) AS n`,
];

const run = (kysely: Kysely<Database>, statement: string) => sql.raw(statement).execute(kysely);

/** Which pools are the same objects as before the change; nothing of it stays. */
async function sameAfter(change: string): Promise<Readonly<Record<string, boolean>>> {
  const trx = await database.kysely.startTransaction().execute();
  try {
    const read = createPoolsReader(trx);
    const before = new Map((await read()).map((row) => [row.pool.id, row]));
    await run(trx, change);
    const after = (await read()).filter(({ pool }) => before.has(pool.id));
    return Object.fromEntries(
      after.map((row) => [row.pool.id, saysTheSame(row, before.get(row.pool.id) as PoolWithMembers)]),
    );
  } finally {
    await trx.rollback().execute();
  }
}

test('what a pool says is the same object while it is the same, and its ages are those of now', async () => {
  const read = createPoolsReader(database.kysely);
  const [first, again] = [await read(), await read()];
  expect(again.map((row, index) => saysTheSame(row, first[index] as PoolWithMembers))).toEqual([true, true, true]);
  const keyAge = (rows: readonly PoolWithMembers[]) => rows[0]?.enrolledForMs.get('m1' as MemberId) ?? 0;
  expect(keyAge(first)).toBeGreaterThan(59_000);
  expect(keyAge(again)).toBeGreaterThan(keyAge(first));
});

type But<Column extends string, Left extends string> = Record<Exclude<Column, Left>, string>;

/** What each column is set to; the pool's id is not among them, for with another one it is another pool. */
const poolChanges: But<(typeof poolColumns)[number], 'id'> = {
  name: `'another'`,
  preset: `'haproxy'`,
  failover_delay_ms: '20000',
  haproxy_grace_ms: '5000',
  automatic_failover: 'NOT automatic_failover',
  dynamic_dns: 'NOT dynamic_dns',
  failback: `'{"kind": "never"}'`,
  ipv6: `'require'`,
  active_member_id: `'m1'`,
  epoch: '2',
  held_at: 'now()',
  paused_because: `'person', paused_at = now(), paused_sentence = 's'`,
};
const memberChanges: But<(typeof saidMemberColumns)[number], never> = {
  id: `'m9'`,
  pool_id: `'p3'`,
  hostname: `'another.example.com'`,
  allowed_egress: `'{192.0.2.9}'`,
  public_ipv4: `'198.51.100.9'`,
  public_ipv6: `'2001:db8::9'`,
  template: `'haproxy-balancer'`,
  monitored: 'NOT monitored',
  units: `'{nginx.service}'`,
  priority: '90',
  zone: `'east'`,
  reported_ipv4: `'198.51.100.9'`,
  reported_ipv6: `'2001:db8::9'`,
  quarantined_at: 'now()',
};
const bindingChanges: But<(typeof bindingColumns)[number], never> = {
  id: `'b9'`,
  pool_id: `'p3', name = 'another.shop.example.com'`,
  name: `'another.shop.example.com'`,
  zone: `'example.com'`,
  type: `'AAAA'`,
  ttl_seconds: '30',
  proxied: 'true',
  credential_id: `'c2'`,
  take_over: 'true',
  take_over_mark: `'mark', take_over = true`,
  published_epoch: '1',
  published_address: `'198.51.100.1'`,
  state: `'drift'`,
};

describe.each([
  ['pool', 'p1', ['id', ...Object.keys(poolChanges)], poolColumns, poolChanges],
  ['member', 'm3', Object.keys(memberChanges), saidMemberColumns, memberChanges],
  ['dns_binding', 'b1', Object.keys(bindingChanges), bindingColumns, bindingChanges],
] as const)('each column of %s that is in the text', (table, id, tried, columns, changes) => {
  test('is tried here', () => {
    expect([...tried].sort()).toEqual([...columns].sort());
  });

  test.each(Object.entries(changes))(
    '%s: its change makes another object of that pool, and of no other',
    async (column, value) => {
      const same = await sameAfter(`UPDATE ${table} SET ${column} = ${value} WHERE id = '${id}'`);
      expect(same).toMatchObject({ p1: false, p2: true });
    },
  );
});

const maintenance = `maintenance_from = now(), maintenance_until = now() + interval '1 hour', maintenance_reason = 'r'`;

test.each([
  ['a maintenance of a member', `UPDATE member SET ${maintenance} WHERE id = 'm1'`],
  ['a maintenance of the pool', `UPDATE pool SET ${maintenance} WHERE id = 'p1'`],
  [
    'a promotion',
    `INSERT INTO promotion (id, pool_id, epoch, kind, cause, to_member_id, address, sentence, actor)
      VALUES ('x', 'p1', 2, 'failover', 'c', 'm1', '198.51.100.1', 's', 'a')`,
  ],
  ['its acknowledgement', `UPDATE pool SET acknowledged_epoch = 1 WHERE id = 'p1'`],
  ['a key that is revoked', `UPDATE member_key SET revoked_at = now() WHERE id = 'k1'`],
  [
    'a key that is new',
    `INSERT INTO member_key (id, member_id, public_key) VALUES ('k9', 'm3', decode(repeat('09', 32), 'hex'))`,
  ],
  ['a member that is removed', `UPDATE member SET removed_at = now() WHERE id = 'm1'`],
  ['a name that is released', `DELETE FROM dns_binding WHERE id = 'b1'`],
])('%s makes another object of that pool, and of no other', async (_what, change) => {
  expect(await sameAfter(change)).toEqual({ p1: false, p2: true, p3: true });
});

test.each([
  ['a column that no decision uses', `UPDATE member SET last_boot = 7 WHERE id = 'm1'`],
  ['a row that is written as it was', `UPDATE pool SET name = name WHERE id = 'p1'`],
])('%s leaves all as they are', async (_what, change) => {
  expect(await sameAfter(change)).toEqual({ p1: true, p2: true, p3: true });
});

test('a pool that is gone is read no more, and a new one is', async () => {
  const read = createPoolsReader(database.kysely);
  await read();
  await run(
    database.kysely,
    `INSERT INTO pool (id, name, preset, failover_delay_ms, haproxy_grace_ms, failback) VALUES ('p4', 'four', 'generic', 30000, 0, '{}')`,
  );
  expect((await read()).map(({ pool }) => pool.id)).toEqual(['p1', 'p2', 'p3', 'p4']);
  await run(database.kysely, `DELETE FROM pool WHERE id = 'p4'`);
  expect(await read()).toHaveLength(3);
});
