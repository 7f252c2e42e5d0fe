import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { lost } from '../../../../packages/core/testing/evidence.ts';
import { housePerTest, refusal } from './testing/house-per-test.ts';
import { storeJudged } from './testing/judged.ts';

const built = housePerTest('maintenance');
const reason = 'new kernel';
const pools = () => built.house.client.pools;
const members = () => built.house.client.members;

/** Minutes from now by the database's clock. */
async function minutesUntil(instant: string | undefined): Promise<number> {
  const ask = sql<{ m: number }>`SELECT extract(epoch FROM ${instant ?? null}::timestamptz - now())::float8 / 60 AS m`;
  return (await ask.execute(built.house.database.kysely)).rows[0]?.m ?? Number.NaN;
}

async function lastAudit(): Promise<object> {
  const { rows } = await sql<object>`
    SELECT action, target, actor, reason, details FROM audit_entry ORDER BY seq DESC LIMIT 1`.execute(
    built.house.database.kysely,
  );
  return rows[0] ?? {};
}

const lastEvents = async (kind: string) =>
  (await built.house.client.events({ limit: 500 })).events.filter((event) => event.kind === kind);

/** Every kind of event that tells of a maintenance, whatever it is called. */
async function kindsOfMaintenance(): Promise<string[]> {
  const { events } = await built.house.client.events({ limit: 500 });
  return events.map(({ kind }) => kind).filter((kind) => kind.includes('maintenance'));
}

test('a pool’s maintenance shows its end and its reason, lasts as long as was said anew, and is ended by a person', async () => {
  const first = await pools().maintain('edge', { minutes: 30, reason });
  expect(first.maintenance).toMatchObject({ reason, over: false });
  expect(await minutesUntil(first.maintenance?.until)).toBeCloseTo(30, 1);
  const second = await pools().maintain('edge', { minutes: 90, reason: 'takes longer' });
  expect(await minutesUntil(second.maintenance?.until)).toBeCloseTo(90, 1);
  expect(await lastAudit()).toMatchObject({
    action: 'pool.maintenance',
    target: built.edge.pool,
    reason: 'takes longer',
    details: { minutes: 90, replaced: expect.any(String) },
  });
  expect((await lastEvents('pool.maintenance')).map(({ sentence }) => sentence)).toEqual([
    'edge is in maintenance for 30 minutes, by the host: new kernel',
    'edge is in maintenance for 1 h 30 min, by the host: takes longer',
  ]);
  expect((await pools().endMaintenance('edge')).maintenance).toBeNull();
  // That it is over is told by the failover loop, as of one that expires: once, whoever ended it.
  expect(await kindsOfMaintenance()).toEqual(['pool.maintenance', 'pool.maintenance']);
  expect(await lastAudit()).toMatchObject({ action: 'pool.maintenance-end', actor: 'host' });
  expect(await refusal(pools().endMaintenance('edge'))).toMatchObject({ code: 'not_in_maintenance' });
});

test('a maintenance that is over by the server’s clock alone is shown as that, binds, and is ended by a person (R13)', async () => {
  await storeJudged(built.house, built.edge);
  await pools().maintain('edge', { minutes: 5, reason });
  await members().maintain('edge', built.edge.lb2, { minutes: 5, reason });
  const past = sql`UPDATE pool SET maintenance_from = now() - interval '1 hour', maintenance_until = now() - interval '1 second'`;
  await past.execute(built.house.database.kysely);
  await sql`UPDATE member SET maintenance_from = now() - interval '1 hour', maintenance_until = now() - interval '1 second'
    WHERE maintenance_until IS NOT NULL`.execute(built.house.database.kysely);
  expect((await pools().get('edge')).maintenance).toMatchObject({ over: true, reason });
  expect((await members().get('edge', built.edge.lb2)).status.maintenance).toMatchObject({ over: true, reason });
  const next = () => built.house.client.promotions.promote('edge', { to: 'next', reason });
  expect(await refusal(next())).toMatchObject({ code: 'pool_in_maintenance' });
  expect((await pools().endMaintenance('edge')).maintenance).toBeNull();
  expect(await refusal(next())).toMatchObject({ code: 'no_ready_standby' });
  expect((await members().endMaintenance('edge', built.edge.lb2)).status.maintenance).toBeNull();
  expect(await lastAudit()).toMatchObject({ action: 'member.maintenance-end', actor: 'host' });
  expect((await next()).promotion).toMatchObject({ toMemberId: built.edge.lb2 });
  expect(await refusal(pools().endMaintenance('edge'))).toMatchObject({ code: 'not_in_maintenance' });
  expect(await refusal(members().endMaintenance('edge', built.edge.lb2))).toMatchObject({ code: 'not_in_maintenance' });
});

test('a standby goes into maintenance without a question, and is no target of a switchover to the next', async () => {
  await storeJudged(built.house, built.edge);
  const { member, promotion } = await members().maintain('edge', 'lb2.example.com', { minutes: 10, reason });
  expect(promotion).toBeNull();
  expect(member.status.maintenance).toMatchObject({ reason });
  expect(await refusal(built.house.client.promotions.promote('edge', { to: 'next', reason }))).toMatchObject({
    code: 'no_ready_standby',
  });
  expect((await members().endMaintenance('edge', built.edge.lb2)).status.maintenance).toBeNull();
  expect(await kindsOfMaintenance()).toEqual(['member.maintenance']);
  const { promotion: next } = await built.house.client.promotions.promote('edge', { to: 'next', reason });
  expect(next?.toMemberId).toBe(built.edge.lb2);
});

test('the active member asks what becomes of the records, and names who would be next', async () => {
  await storeJudged(built.house, built.edge);
  const before = await built.house.stored();
  expect(await refusal(members().maintain('edge', built.edge.lb1, { minutes: 10, reason }))).toMatchObject({
    code: 'maintenance_on_active',
    details: {
      member: 'lb1.example.com',
      next: 'lb2.example.com',
      because: expect.stringContaining('lb2.example.com'),
    },
  });
  expect(await built.house.stored()).toBe(before);
});

test('switch moves the records first, in the same act', async () => {
  await storeJudged(built.house, built.edge);
  const wish = { minutes: 10, reason, onActive: 'switch' } as const;
  const { member, promotion } = await members().maintain('edge', built.edge.lb1, wish);
  expect(promotion).toMatchObject({ kind: 'switchover', toMemberId: built.edge.lb2, epoch: 2, reason });
  expect(member.status).toMatchObject({ maintenance: { reason } });
  expect((await pools().get('edge')).activeMemberId).toBe(built.edge.lb2);
  expect((await built.house.told()).slice(-2)).toMatchObject([
    { kind: 'pool.promoted', memberId: built.edge.lb2 },
    { kind: 'member.maintenance', memberId: built.edge.lb1 },
  ]);
});

test('a preview of switch says who would be active and what each name answers then, and changes nothing', async () => {
  await storeJudged(built.house, built.edge);
  await built.house.database.kysely.updateTable('dns_binding').set({ published_address: '198.51.100.11' }).execute();
  const before = await built.house.stored();
  const wish = { minutes: 10, reason, preview: true } as const;
  const { preview, promotion } = await members().maintain('edge', built.edge.lb1, { ...wish, onActive: 'switch' });
  expect(promotion).toBeNull();
  expect(preview).toMatchObject({
    fromMemberId: built.edge.lb1,
    toMemberId: built.edge.lb2,
    ready: true,
    names: [{ name: 'lb.example.com', from: ['198.51.100.11'], to: '198.51.100.12' }],
  });
  for (const [member, onActive] of [
    [built.edge.lb1, 'stay'],
    [built.edge.lb2, 'switch'],
  ] as const)
    expect(await members().maintain('edge', member, { ...wish, onActive })).toMatchObject({ preview: null });
  expect(await built.house.stored()).toBe(before);
});

test('switch to another standby than the one that was shown changes nothing', async () => {
  await storeJudged(built.house, built.edge);
  const wish = { minutes: 10, reason, onActive: 'switch' } as const;
  const before = await built.house.stored();
  const other = { ...wish, expectNext: built.edge.lb1 };
  expect(await refusal(members().maintain('edge', built.edge.lb1, other))).toMatchObject({
    code: 'pool_changed',
    details: { next: 'lb2.example.com' },
  });
  expect(await built.house.stored()).toBe(before);
  const shown = { ...wish, expectNext: built.edge.lb2 };
  const { promotion } = await members().maintain('edge', built.edge.lb1, shown);
  expect(promotion).toMatchObject({ toMemberId: built.edge.lb2 });
});

test('switch without a ready standby changes nothing at all', async () => {
  await storeJudged(built.house, built.edge, {}, lost);
  const before = await built.house.stored();
  const wish = { minutes: 10, reason, onActive: 'switch' } as const;
  expect(await refusal(members().maintain('edge', built.edge.lb1, wish))).toMatchObject({ code: 'no_ready_standby' });
  expect(await built.house.stored()).toBe(before);
  expect(await refusal(members().maintain('edge', built.edge.lb1, { minutes: 10, reason }))).toMatchObject({
    details: { next: null, because: expect.stringMatching(/No standby is ready\. .*confirm-not-ready/) },
  });
});

test('stay leaves the records, says so louder, and is extended without a second question', async () => {
  await storeJudged(built.house, built.edge);
  const stayed = await members().maintain('edge', built.edge.lb1, { minutes: 10, reason, onActive: 'stay' });
  expect(stayed).toMatchObject({ promotion: null, member: { status: { role: 'active', maintenance: { reason } } } });
  const { member } = await members().maintain('edge', built.edge.lb1, { minutes: 60, reason });
  expect(await minutesUntil(member.status.maintenance?.until)).toBeCloseTo(60, 1);
  expect((await lastEvents('member.maintenance')).map(({ severity }) => severity)).toEqual(['warning', 'warning']);
});

test('switching automatic failover on in a maintenance or a pause does not ask: nothing would move', async () => {
  await storeJudged(built.house, built.edge, lost);
  const on = (automaticFailover: boolean) => pools().set('edge', { automaticFailover });
  expect(await refusal(on(true))).toMatchObject({ code: 'failover_would_move_now' });
  await pools().maintain('edge', { minutes: 10, reason });
  expect((await on(true)).automaticFailover).toBe(true);
  await on(false);
  await pools().endMaintenance('edge');
  await pools().pause('edge', { reason });
  expect((await on(true)).automaticFailover).toBe(true);
});

test('in a pool’s maintenance only a switchover that names its target acts', async () => {
  await storeJudged(built.house, built.edge);
  await pools().maintain('edge', { minutes: 10, reason });
  const promote = (to: string) => built.house.client.promotions.promote('edge', { to, reason });
  expect(await refusal(promote('next'))).toMatchObject({ code: 'pool_in_maintenance' });
  expect((await promote('lb2.example.com')).promotion).toMatchObject({ epoch: 2 });
});
