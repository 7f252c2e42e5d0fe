import type { BindingId, DnsName, Ipv4, MemberId, PoolId, PromotionId, RecordType } from '@serverctl/core';
import { type Kysely, sql, type Transaction } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { NameTimeline, StoreUnderTest } from '../worker/pool-store-suite/under-test.ts';
import { describePoolStore } from '../worker/pool-store-suite.ts';
import type { DecisionRecord, LeaseFence, PoolStatusRow, PromotionRecord, PublicationUpdate } from '../worker/ports.ts';
import { createLeaseRow } from './lease-row.ts';
import { promoteWithin } from './pool-store/promote.ts';
import { createPoolStore } from './pool-store.ts';
import { releaseBrakes, restoreBrakes } from './repositories/brakes.ts';
import { writeEvent } from './repositories/events.ts';
import {
  endMemberMaintenance,
  endPoolMaintenance,
  setMemberMaintenance,
  setPoolMaintenance,
} from './repositories/maintenance.ts';
import type { Database } from './schema.ts';
import { type TestDatabase, testDatabase } from './testing.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.close());

const addPool = (id: string) =>
  database.kysely
    .insertInto('pool')
    .values({
      id,
      name: id,
      preset: 'haproxy',
      failover_delay_ms: 30_000,
      haproxy_grace_ms: 1_000,
      automatic_failover: true,
      failback: JSON.stringify({ policy: 'manual', afterMinutes: 5, window: null }),
    })
    .execute();

async function addMember(poolId: string, id: string, publicIpv4: string | null, enrolled: boolean) {
  await database.kysely
    .insertInto('member')
    .values({
      id,
      pool_id: poolId,
      hostname: `${id}.example.com`,
      allowed_egress: ['192.0.2.1'],
      public_ipv4: publicIpv4,
      template: 'haproxy-balancer',
      monitored: true,
      units: ['haproxy.service'],
      priority: 100,
    })
    .execute();
  if (!enrolled) return;
  const key = { id: `k${id}`, member_id: id, public_key: Buffer.alloc(32) };
  await database.kysely.insertInto('member_key').values(key).execute();
}

async function addBinding(poolId: string, id: string, name: string, type: RecordType = 'A') {
  const rfc2136 = JSON.stringify({ provider: 'rfc2136' });
  const credential = { id: 'credential', name: 'one', provider: 'rfc2136', settings: rfc2136, secret: Buffer.of(1) };
  await database.kysely
    .insertInto('dns_credential')
    .values(credential)
    .onConflict((c) => c.doNothing())
    .execute();
  const binding = {
    id,
    pool_id: poolId,
    name,
    type,
    zone: 'example.com',
    ttl_seconds: 60,
    credential_id: 'credential',
  };
  await database.kysely
    .insertInto('dns_binding')
    .values({ ...binding, take_over: true })
    .execute();
}

async function takeLease(holder: string): Promise<LeaseFence> {
  const acquired = await createLeaseRow(database.kysely).acquire(holder, 'at-once');
  if (acquired.kind === 'taken') throw new Error('the lease was not taken');
  const { term, atMs } = acquired;
  return { holder, term, rowsFromMs: atMs, rowsByMs: () => atMs + 60_000, ageMs: () => 0 };
}

const resting = (forMs: number) => ({ forMs, reason: 'new kernel' });

async function change(write: (trx: Transaction<Database>) => Promise<unknown>): Promise<void> {
  await database.kysely.transaction().execute(write);
}

/** Nobody sets a running server's clock; that everything was written so much earlier comes to the same. */
async function shiftStamps(ms: number): Promise<void> {
  for (const [table, columns] of Object.entries(stamps)) {
    const shifted = columns.map(
      (column) => sql`${sql.ref(column)} = ${sql.ref(column)} - make_interval(secs => ${ms / 1_000})`,
    );
    await sql`UPDATE ${sql.table(table)} SET ${sql.join(shifted)}`.execute(database.kysely);
  }
}

const stamps = {
  pool: ['maintenance_from', 'maintenance_until'],
  member: ['maintenance_from', 'maintenance_until'],
  member_key: ['enrolled_at'],
  promotion: ['decided_at'],
  decision: ['at'],
  brake_release: ['released_at', 'until_at'],
  promotion_step: ['at'],
  dns_binding: ['old_ttl_until', 'old_answer_until'],
};

async function timelineOf(kysely: Kysely<Database>, id: BindingId): Promise<NameTimeline> {
  const { rows } = await sql<NameTimeline['steps'][number]>`
    SELECT promotion.epoch, step.step, extract(epoch FROM clock_timestamp() - step.at)::float8 * 1000 AS "agoMs"
    FROM dns_binding AS binding
    JOIN promotion ON promotion.pool_id = binding.pool_id
    JOIN promotion_step AS step ON step.promotion_id = promotion.id AND step.name = binding.name AND step.type = binding.type
    WHERE binding.id = ${id} ORDER BY step.at`.execute(kysely);
  const left = sql<number | null>`extract(epoch FROM old_answer_until - clock_timestamp())::float8 * 1000`.as('left');
  const name = await kysely.selectFrom('dns_binding').select(left).where('id', '=', id).executeTakeFirstOrThrow();
  return { steps: rows, oldAnswerLeftMs: name.left };
}

/** As within a person's change, which needs no lease. */
const promoteAlone = (promotion: PromotionRecord) =>
  database.kysely.transaction().execute((trx) => promoteWithin(trx, promotion));

describePoolStore('PostgreSQL', async (): Promise<StoreUnderTest> => {
  const { kysely } = database;
  return {
    store: createPoolStore(database),
    promote: promoteAlone,
    addPool: (id) => addPool(id).then(() => undefined),
    addMember,
    async reportAddress(id, address) {
      const reported = address.includes(':') ? { reported_ipv6: address } : { reported_ipv4: address };
      await kysely.updateTable('member').set(reported).where('id', '=', id).execute();
    },
    async setAddress(id, address, type = 'A') {
      const set = type === 'A' ? { public_ipv4: address } : { public_ipv6: address };
      await kysely.updateTable('member').set(set).where('id', '=', id).execute();
    },
    async requireIpv6(poolId) {
      await kysely.updateTable('pool').set({ ipv6: 'require' }).where('id', '=', poolId).execute();
    },
    async switchAutomaticFailoverOff(poolId) {
      await kysely.updateTable('pool').set({ automatic_failover: false }).where('id', '=', poolId).execute();
    },
    async switchDynamicDns(poolId, isOn) {
      await kysely.updateTable('pool').set({ dynamic_dns: isOn }).where('id', '=', poolId).execute();
    },
    addBinding,
    async acknowledge(poolId) {
      const acknowledged = { held_at: null, acknowledged_epoch: sql<number>`epoch` };
      await kysely.updateTable('pool').set(acknowledged).where('id', '=', poolId).execute();
    },
    setPoolMaintenance: (id, forMs) =>
      change((trx) => (forMs === null ? endPoolMaintenance(trx, id) : setPoolMaintenance(trx, id, resting(forMs)))),
    setMemberMaintenance: (id, forMs) =>
      change((trx) => (forMs === null ? endMemberMaintenance(trx, id) : setMemberMaintenance(trx, id, resting(forMs)))),
    async pause(poolId) {
      const paused = { paused_at: sql<Date>`now()`, paused_because: 'person', paused_sentence: 'asked to' };
      await kysely.updateTable('pool').set(paused).where('id', '=', poolId).execute();
    },
    async resume(poolId) {
      const resumed = { paused_at: null, paused_because: null, paused_sentence: null };
      await kysely.updateTable('pool').set(resumed).where('id', '=', poolId).execute();
    },
    releaseBrakes: (forMs) => change((trx) => releaseBrakes(trx, { forMs, actor: 'suite', reason: 'asked to' })),
    restoreBrakes: () => change(restoreBrakes),
    async quarantine(id) {
      await kysely.updateTable('member').set({ quarantined_at: sql`now()` }).where('id', '=', id).execute();
    },
    jumpWallClock: shiftStamps,
    tell: (notice) => change((trx) => writeEvent(trx, notice)),
    async events(poolId) {
      const rows = await kysely
        .selectFrom('event')
        .select('kind')
        .where('pool_id', '=', poolId)
        .orderBy('seq')
        .execute();
      return rows.map(({ kind }) => kind).filter((kind) => kind !== 'pool.promoted');
    },
    async status(poolId) {
      const row = await kysely.selectFrom('pool_status').selectAll().where('pool_id', '=', poolId).executeTakeFirst();
      if (row === undefined) return null;
      const { judgement, evidence, frozen_ticks: frozenTicks } = row;
      return { poolId, judgement, evidence, frozenTicks } as PoolStatusRow;
    },
    async decisions(poolId) {
      const columns = ['decision', 'sentence', 'evidence'] as const;
      const rows = await kysely
        .selectFrom('decision')
        .select(columns)
        .where('pool_id', '=', poolId)
        .orderBy('seq')
        .execute();
      return rows.map((row) => ({ poolId, ...row }) as DecisionRecord);
    },
    timeline: (id) => timelineOf(kysely, id),
    takeLease,
    settle: database.settled,
    close: async () => undefined,
  };
});

describe('in PostgreSQL', () => {
  const poolId = 'pool00000000' as PoolId;
  const [one, two] = ['member000001' as MemberId, 'member000002' as MemberId];
  const name = 'binding00001' as BindingId;
  const store = () => createPoolStore(database);

  beforeEach(async () => {
    await sql`DELETE FROM dns_binding`.execute(database.kysely);
    await sql`UPDATE pool SET active_member_id = NULL`.execute(database.kysely);
    await sql`DELETE FROM promotion`.execute(database.kysely);
    for (const table of ['event', 'member_key', 'member', 'pool'])
      await sql`DELETE FROM ${sql.table(table)}`.execute(database.kysely);
    await addPool(poolId);
    await addMember(poolId, one, '198.51.100.1', true);
    await addMember(poolId, two, null, true);
    await addBinding(poolId, name, 'lb.example.com' as DnsName);
  });

  const promotion = (change: Partial<PromotionRecord> = {}): PromotionRecord => ({
    id: 'promotion001' as PromotionId,
    poolId,
    kind: 'failover',
    cause: 'heartbeat-lost',
    from: null,
    to: one,
    address: '198.51.100.1' as Ipv4,
    address6: null,
    confirmedNames: [],
    expectedEpoch: 0,
    evidence: { kind: 'evidence' } as unknown as PromotionRecord['evidence'],
    decision: { kind: 'keep', because: 'active-healthy' },
    sentence: 'lb1 was silent for 30 s.',
    actor: 'loop',
    reason: null,
    detectedAgoMs: 2_000,
    lastHeartbeatAgoMs: 32_000,
    ...change,
  });

  test('a promotion leaves its timeline, its evidence, one audit entry and one event', async () => {
    const { kysely } = database;
    await promoteAlone(promotion());
    const row = await kysely.selectFrom('promotion').selectAll().executeTakeFirstOrThrow();
    const before = (at: Date | null) => row.decided_at.getTime() - (at?.getTime() ?? 0);
    expect(row).toMatchObject({ id: 'promotion001', epoch: 1, kind: 'failover', actor: 'loop' });
    // Counted back from the transaction's begin, which a slow machine has some time before the decision's row.
    expect(before(row.detected_at)).toBeGreaterThanOrEqual(2_000);
    expect(before(row.last_heartbeat_at) - before(row.detected_at)).toBe(30_000);
    const evidence = await kysely.selectFrom('promotion_evidence').selectAll().execute();
    expect(evidence).toMatchObject([{ evidence: { kind: 'evidence' }, decision: { kind: 'keep' } }]);
    const audit = await kysely.selectFrom('audit_entry').selectAll().where('pool_id', '=', poolId).execute();
    expect(audit).toMatchObject([
      {
        action: 'promotion.failover',
        actor: 'loop',
        details: { epoch: 1, to: one, address: '198.51.100.1' },
      },
    ]);
    const events = await kysely.selectFrom('event').selectAll().execute();
    expect(events).toMatchObject([{ kind: 'pool.promoted', severity: 'critical', pool_id: poolId, member_id: one }]);
  });

  test('a pause leaves one audit entry and one event with what was read, whatever comes after it', async () => {
    const { kysely } = database;
    const fence = await takeLease('pauser');
    const read = { because: 'newer-epoch', sentence: 'Epoch 9 was read.', seenEpoch: 9 } as const;
    await store().pause(poolId, read, fence);
    await store().pause(poolId, { ...read, because: 'foreign-mark', seenEpoch: 12 }, fence);
    const audit = await kysely
      .selectFrom('audit_entry')
      .selectAll()
      .where('action', '=', 'pool.pause')
      .where('target', '=', poolId)
      .execute();
    expect(audit).toMatchObject([{ actor: 'loop', reason: 'Epoch 9 was read.', details: { seenEpoch: 9 } }]);
    const events = await kysely.selectFrom('event').selectAll().execute();
    expect(events).toMatchObject([{ kind: 'pool.paused', severity: 'critical', sentence: 'Epoch 9 was read.' }]);
    const row = await kysely.selectFrom('pool').selectAll().executeTakeFirstOrThrow();
    expect(row).toMatchObject({ paused_because: 'newer-epoch', paused_sentence: 'Epoch 9 was read.', seen_epoch: 12 });
  });

  test('a promotion that fails at its end leaves nothing (R41)', async () => {
    const nonsense = promotion({ kind: 'nonsense' as 'failover' });
    await expect(promoteAlone(nonsense)).rejects.toThrow(/promotion_kind_check/);
    const pool = await database.kysely.selectFrom('pool').select('epoch').executeTakeFirstOrThrow();
    expect(pool.epoch).toBe(0);
    expect(await database.kysely.selectFrom('event').selectAll().execute()).toEqual([]);
  });

  test('a promotion, a hold and a pause that wait for a lock are given up before the loop gives them up, and never commit later (R17)', async () => {
    const { kysely } = database;
    const fence = await takeLease('suite');
    const locked = Promise.withResolvers<void>();
    const release = Promise.withResolvers<void>();
    const other = kysely.transaction().execute(async (trx) => {
      await trx.selectFrom('pool').select('id').where('id', '=', poolId).forUpdate().execute();
      locked.resolve();
      await release.promise;
    });
    await locked.promise;
    const startedAt = performance.now();
    const attempts = await Promise.allSettled([
      store().promote(promotion(), fence),
      store().hold(poolId, 0, 'late', fence),
      store().pause(poolId, { because: 'foreign-mark', sentence: 'late', seenEpoch: 9 }, fence),
    ]);
    expect(performance.now() - startedAt).toBeLessThan(4_500);
    for (const attempt of attempts)
      expect(attempt).toMatchObject({ status: 'rejected', reason: { code: 'database_unavailable' } });
    release.resolve();
    await other;
    const row = await kysely
      .selectFrom('pool')
      .select(['epoch', 'held_at', 'paused_at', 'seen_epoch'])
      .executeTakeFirstOrThrow();
    expect(row).toEqual({ epoch: 0, held_at: null, paused_at: null, seen_epoch: 0 });
  });

  test('a promotion that is slow in many small steps is not committed after its time', async () => {
    const { kysely } = database;
    const slow = (table: string) =>
      sql`CREATE TRIGGER slow_down BEFORE INSERT ON ${sql.table(table)} FOR EACH ROW EXECUTE FUNCTION slow_down()`;
    await sql`CREATE FUNCTION slow_down() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(2.1); RETURN NEW; END $$`.execute(
      kysely,
    );
    for (const table of ['promotion', 'event']) await slow(table).execute(kysely);
    const late = store().promote(promotion(), await takeLease('suite'));
    await expect(late).rejects.toMatchObject({ code: 'database_unavailable' });
    await sql`DROP FUNCTION slow_down CASCADE`.execute(kysely);
    expect((await kysely.selectFrom('pool').select('epoch').executeTakeFirstOrThrow()).epoch).toBe(0);
  });

  test('a removed member is refused', async () => {
    await database.kysely.updateTable('member').set({ removed_at: new Date() }).where('id', '=', one).execute();
    await expect(promoteAlone(promotion())).rejects.toMatchObject({ code: 'member_not_found' });
  });

  test('not even a statement by hand makes a member of another pool active (R20)', async () => {
    await addPool('pool00000009');
    await addMember('pool00000009', 'member000009', null, false);
    const byHand = sql`UPDATE pool SET epoch = 1, active_member_id = 'member000009' WHERE id = ${poolId}`;
    await expect(byHand.execute(database.kysely)).rejects.toThrow(/pool_active_member_fkey/);
  });

  const update = (change: Partial<PublicationUpdate>): PublicationUpdate => ({
    bindingId: name,
    state: 'verifying',
    epoch: 1,
    address: '198.51.100.1',
    error: null,
    servers: [],
    step: null,
    ...change,
  });
  const steps = () =>
    database.kysely.selectFrom('promotion_step').select(['step', 'name', 'at']).orderBy('at').execute();

  test('a step is measured once, the first time it is reported', async () => {
    await promoteAlone(promotion());
    await store().recordPublication(update({ step: 'acknowledged' }));
    const first = await steps();
    await store().recordPublication(update({ step: 'acknowledged' }));
    expect(await steps()).toEqual(first);
    expect(first.map(({ step }) => step)).toEqual(['acknowledged']);
  });

  test('both types of one name are measured, each once', async () => {
    const aaaa = 'binding00006' as BindingId;
    await addBinding(poolId, aaaa, 'lb.example.com', 'AAAA');
    await promoteAlone(promotion());
    for (const bindingId of [name, aaaa, aaaa])
      await store().recordPublication(update({ bindingId, step: 'acknowledged' }));
    const measured = await database.kysely.selectFrom('promotion_step').select(['step', 'name', 'type']).execute();
    expect(measured.toSorted((a, b) => (a.type < b.type ? -1 : 1))).toEqual([
      { step: 'acknowledged', name: 'lb.example.com', type: 'A' },
      { step: 'acknowledged', name: 'lb.example.com', type: 'AAAA' },
    ]);
  });

  test('until when clients may hold what was replaced is kept, and a later write with a shorter TTL does not shorten it', async () => {
    await promoteAlone(promotion());
    const leftSeconds = async () => {
      const left = sql<number | null>`extract(epoch FROM old_ttl_until - clock_timestamp())::int`.as('left');
      return (await database.kysely.selectFrom('dns_binding').select(left).executeTakeFirstOrThrow()).left;
    };
    await store().recordPublication(update({ step: 'acknowledged', previousTtlSeconds: null }));
    expect(await leftSeconds()).toBeNull();
    for (const previousTtlSeconds of [86_400, 60]) {
      await store().recordPublication(update({ step: 'acknowledged', previousTtlSeconds }));
      expect(await leftSeconds()).toBeGreaterThan(80_000);
    }
  });

  test('a repair gets an audit entry of its own, an ordinary publication none (I17)', async () => {
    await promoteAlone(promotion());
    const repairs = () =>
      database.kysely.selectFrom('audit_entry').select('target').where('action', '=', 'record.repair').execute();
    await store().recordPublication(update({ step: 'acknowledged' }));
    expect(await repairs()).toEqual([]);
    await store().recordPublication(update({ step: 'acknowledged', repaired: true }));
    expect(await repairs()).toEqual([{ target: 'lb.example.com' }]);
  });

  test('a superseded epoch’s report completes its own timeline and leaves the name’s state alone', async () => {
    await promoteAlone(promotion());
    await promoteAlone(promotion({ id: 'promotion002' as PromotionId, expectedEpoch: 1 }));
    await store().recordPublication(update({ epoch: 2, state: 'publishing' }));
    await store().recordPublication(update({ epoch: 1, state: 'published', step: 'all-answered' }));
    const binding = await database.kysely.selectFrom('dns_binding').selectAll().executeTakeFirstOrThrow();
    expect(binding).toMatchObject({ state: 'publishing', take_over: true });
    expect(await steps()).toMatchObject([{ step: 'all-answered', name: 'lb.example.com' }]);
  });

  test('an audit entry is never changed, and not removed before its 400 days (R41)', async () => {
    const { kysely } = database;
    await promoteAlone(promotion());
    const refused = /append-only/;
    await expect(sql`UPDATE audit_entry SET actor = 'nobody'`.execute(kysely)).rejects.toThrow(refused);
    await expect(sql`DELETE FROM audit_entry`.execute(kysely)).rejects.toThrow(refused);
    await expect(sql`TRUNCATE audit_entry`.execute(kysely)).rejects.toThrow(refused);
  });
});
