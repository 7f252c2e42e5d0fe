import type { MemberId, PoolId } from '@serverctl/core';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { saysTheSame } from '../../worker/pools-read.ts';
import type { PoolWithMembers } from '../../worker/ports.ts';
import { type TestDatabase, testDatabase } from '../testing.ts';
import { createPoolsReader } from './read-pools.ts';

/* What the reader keeps between two reads; what it reads at all is the store's contract (worker/pool-store-suite). */

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
  await run(`INSERT INTO pool (id, name, preset, failover_delay_ms, haproxy_grace_ms, failback)
    SELECT 'p' || n, 'pool ' || n, 'generic', 30000, 0, '{}' FROM generate_series(1, 2) AS n`);
  await run(`INSERT INTO member (id, pool_id, hostname, allowed_egress, template, monitored, units, priority, public_ipv4)
    SELECT 'm' || n, 'p' || n, 'lb' || n || '.example.com', '{192.0.2.1}', 'linux-server', false, '{haproxy.service}', 100, ('198.51.100.' || n)::inet
    FROM generate_series(1, 2) AS n`);
  await run(`INSERT INTO member_key (id, member_id, public_key, enrolled_at)
    SELECT 'k' || n, 'm' || n, decode(repeat('0' || n, 32), 'hex'), now() - interval '1 minute' FROM generate_series(1, 2) AS n`);
});
afterAll(() => database.close());

const run = (statement: string) => sql.raw(statement).execute(database.kysely);
const [one, two] = ['p1', 'p2'] as PoolId[];

test('what a pool says is the same object while it is the same, and its ages are those of now', async () => {
  const read = createPoolsReader(database.kysely);
  const [first, again] = [await read(), await read()];
  expect(again.map((row, index) => saysTheSame(row, first[index] as PoolWithMembers))).toEqual([true, true]);
  const keyAge = (rows: readonly PoolWithMembers[]) => rows[0]?.enrolledForMs.get('m1' as MemberId) ?? 0;
  expect(keyAge(first)).toBeGreaterThan(59_000);
  expect(keyAge(again)).toBeGreaterThan(keyAge(first));
});

test.each([
  ['a setting', `UPDATE pool SET failover_delay_ms = 20000 WHERE id = 'p1'`],
  ['what holds it', `UPDATE pool SET held_at = now() WHERE id = 'p1'`],
  ['a member', `UPDATE member SET priority = 90 WHERE id = 'm1'`],
  [
    'a reported address that counts',
    `UPDATE member SET public_ipv4 = NULL, reported_ipv4 = '198.51.100.9' WHERE id = 'm1'`,
  ],
  ['a quarantine', `UPDATE member SET quarantined_at = now() WHERE id = 'm1'`],
  [
    'a maintenance of a member',
    `UPDATE member SET maintenance_from = now(), maintenance_until = now() + interval '1 hour', maintenance_reason = 'r' WHERE id = 'm1'`,
  ],
  [
    'a maintenance of the pool',
    `UPDATE pool SET maintenance_from = now(), maintenance_until = now() + interval '1 hour', maintenance_reason = 'r' WHERE id = 'p1'`,
  ],
  [
    'a promotion',
    `INSERT INTO promotion (id, pool_id, epoch, kind, cause, to_member_id, address, sentence, actor)
      VALUES ('x', 'p1', 1, 'failover', 'c', 'm1', '198.51.100.1', 's', 'a')`,
  ],
  ['its acknowledgement', `UPDATE pool SET acknowledged_epoch = 1 WHERE id = 'p1'`],
  ['a key that is revoked', `UPDATE member_key SET revoked_at = now() WHERE id = 'k1'`],
  ['a member that is removed', `UPDATE member SET removed_at = now() WHERE id = 'm1'`],
])('%s makes another object of that pool, and of no other', async (_what, change) => {
  const read = createPoolsReader(database.kysely);
  const before = await read();
  await run(change);
  const after = await read();
  const isSame = Object.fromEntries(
    after.map((row, index) => [row.pool.id, saysTheSame(row, before[index] as PoolWithMembers)]),
  );
  expect(isSame).toEqual({ [one as string]: false, [two as string]: true });
});

test('a pool that is gone is read no more, and a new one is', async () => {
  const read = createPoolsReader(database.kysely);
  await read();
  await run(
    `INSERT INTO pool (id, name, preset, failover_delay_ms, haproxy_grace_ms, failback) VALUES ('p3', 'three', 'generic', 30000, 0, '{}')`,
  );
  expect((await read()).map(({ pool }) => pool.id)).toEqual(['p1', 'p2', 'p3']);
  await run(`DELETE FROM pool WHERE id = 'p3'`);
  expect(await read()).toHaveLength(2);
});
