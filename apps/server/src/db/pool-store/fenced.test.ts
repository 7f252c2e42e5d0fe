import type { Ipv4, MemberId, PoolId, PromotionId } from '@serverctl/core';
import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { systemClock } from '../../platform/clock.ts';
import { createLease } from '../../worker/lease.ts';
import type { Lease, LeaseFence, PoolStore, PromotionRecord } from '../../worker/ports.ts';
import { type OpenDatabase, openDatabase } from '../connection.ts';
import { createLeaseRow } from '../lease-row.ts';
import { createPoolStore } from '../pool-store.ts';
import { silentLog, type TestDatabase, testDatabase } from '../testing.ts';

/* A fence and its commit, with all the waits that lie between them (R15): one connection, which others may hold. */

let database: TestDatabase;
let narrow: OpenDatabase;
let store: PoolStore;
beforeAll(async () => {
  database = await testDatabase();
  narrow = openDatabase({
    connection: database.connection,
    clock: systemClock,
    log: silentLog,
    maxConnections: 1,
  });
  store = createPoolStore(narrow);
});
afterAll(async () => {
  await narrow.close();
  await database.close();
});

const poolNumbers = [1, 2, 3];
const poolOf = (number: number) => `pool0000000${number}` as PoolId;
const addressOf = (number: number) => `198.51.100.${number}` as Ipv4;
const memberOf = (number: number) => `member00000${number}` as MemberId;

/** So long the machine slept: its clock stood still meanwhile. */
let sleptMs = 0;
let lease: Lease;
let stopLease: () => Promise<void>;

beforeEach(async () => {
  for (const number of poolNumbers) await addPool(number);
  sleptMs = 0;
  const clock = { ...systemClock, now: () => systemClock.now() - sleptMs };
  lease = createLease({ holder: 'one', row: createLeaseRow(database.kysely), clock, exclusive: true });
  const stop = new AbortController();
  const ended = lease.keep(stop.signal);
  stopLease = () => {
    stop.abort();
    return ended;
  };
  while (lease.held() === null) await new Promise<void>((resolve) => lease.onChange(resolve));
});
afterEach(async () => {
  await stopLease();
  await sql`UPDATE pool SET active_member_id = NULL`.execute(database.kysely);
  for (const table of ['promotion', 'event', 'member_key', 'member', 'pool', 'lease'])
    await sql`DELETE FROM ${sql.table(table)}`.execute(database.kysely);
});

function held(): LeaseFence {
  const fence = lease.held();
  if (fence === null) throw new Error('the lease is not held');
  return fence;
}

async function addPool(number: number): Promise<void> {
  const [id, memberId] = [poolOf(number), memberOf(number)];
  const failback = JSON.stringify({ policy: 'manual', afterMinutes: 5, window: null });
  const delays = { failover_delay_ms: 30_000, haproxy_grace_ms: 1_000 };
  await database.kysely
    .insertInto('pool')
    .values({ id, name: id, preset: 'haproxy', ...delays, automatic_failover: true, failback })
    .execute();
  await database.kysely
    .insertInto('member')
    .values({
      id: memberId,
      pool_id: id,
      hostname: `${memberId}.example.com`,
      allowed_egress: ['192.0.2.1'],
      public_ipv4: addressOf(number),
      template: 'haproxy-balancer',
      monitored: true,
      units: ['haproxy.service'],
      priority: 100,
    })
    .execute();
  const key = { id: `k${memberId}`, member_id: memberId, public_key: Buffer.alloc(32) };
  await database.kysely.insertInto('member_key').values(key).execute();
}

const promotionOf = (number: number): PromotionRecord => ({
  id: `promotion00${number}` as PromotionId,
  poolId: poolOf(number),
  kind: 'failover',
  cause: 'silent',
  from: null,
  to: memberOf(number),
  address: addressOf(number),
  address6: null,
  confirmedNames: [],
  expectedEpoch: 0,
  evidence: {} as PromotionRecord['evidence'],
  decision: { kind: 'keep', because: 'active-healthy' },
  sentence: 'It is silent.',
  actor: 'failover-loop',
  reason: null,
  detectedAgoMs: null,
  lastHeartbeatAgoMs: null,
});

/** All pools' promotions at once under one fence, as the loop makes them; each one's epoch, or why it was refused. */
function promoteAll(fence: LeaseFence): Promise<readonly unknown[]> {
  const refusal = (error: { readonly code: string }) => error.code;
  return Promise.all(poolNumbers.map((number) => store.promote(promotionOf(number), fence).catch(refusal)));
}

const busy = (seconds: number) => sql`SELECT pg_sleep(${seconds})`.execute(narrow.kysely);
const epochs = async () =>
  (await database.kysely.selectFrom('pool').select('epoch').execute()).map(({ epoch }) => epoch);

test('promotions that wait for a connection longer than a sleep may last are recorded all the same', async () => {
  const other = busy(1.2);
  expect(await promoteAll(held())).toEqual([1, 1, 1]);
  await other;
});

test('a machine that slept while they waited for it is found out, and nothing is recorded', async () => {
  const other = busy(0.3);
  const recorded = promoteAll(held());
  sleptMs += 1_200; // our clock stands back against the row's
  expect(await recorded).toEqual(['not_leader', 'not_leader', 'not_leader']);
  expect(await epochs()).toEqual([0, 0, 0]);
  await other;
});

test('what it waited for its connection is missing to the transaction: in all it takes no longer than the loop waits', async () => {
  const fence = held();
  const late = { ...fence, ageMs: () => fence.ageMs() + 3_700 };
  const locked = Promise.withResolvers<void>();
  const other = database.kysely.transaction().execute(async (trx) => {
    await sql`SELECT 1 FROM pool FOR UPDATE`.execute(trx);
    locked.resolve();
    await sql`SELECT pg_sleep(0.6)`.execute(trx);
  });
  await locked.promise;
  const attempt = store.promote(promotionOf(1), late);
  await expect(attempt).rejects.toMatchObject({ code: 'database_unavailable', details: { because: 'too late' } });
  await other;
  const tooLate = { ...fence, ageMs: () => 4_000 };
  await expect(store.promote(promotionOf(2), tooLate)).rejects.toMatchObject({ code: 'database_unavailable' });
  expect(await epochs()).toEqual([0, 0, 0]);
  expect(await store.promote(promotionOf(3), fence)).toBe(1);
});
