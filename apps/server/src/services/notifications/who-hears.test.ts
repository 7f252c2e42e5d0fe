import { sql } from 'kysely';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { dueChannels, nextDueInMs, noteAttempt, noteToldDirectly } from '../../db/repositories/deliveries.ts';
import type { EventInput } from '../../db/repositories/events.ts';
import { writeEvent } from '../../db/repositories/events.ts';
import { type ChannelHouse, memberId, openChannelHouse, poolId, webhookTo } from './testing/channel-house.ts';

let house: ChannelHouse;
beforeEach(async () => {
  house = await openChannelHouse();
});
afterEach(() => house.close());

const to = webhookTo('https://hooks.example.com/edge');
const about = { poolId, memberId, sentence: 'What happened.' };
const lost: EventInput = { kind: 'member.heartbeat-lost', severity: 'critical', ...about };
const healthy: EventInput = { kind: 'member.healthy', severity: 'info', ...about };

test('each channel hears of what it chose, by severity, kind and pool', async () => {
  await house.addChannel(to, { name: 'all' });
  await house.addChannel(to, { name: 'urgent', leastSeverity: 'critical' });
  await house.addChannel(to, { name: 'other pool', poolIds: ['p00000000002'] });
  await house.addChannel(to, { name: 'this pool', poolIds: [poolId] });
  await house.addChannel(to, { name: 'tokens', kinds: ['token.created'] });
  await house.tell({ kind: 'pool.promoted', severity: 'critical', ...about });
  await house.tell({ kind: 'token.created', severity: 'info', sentence: 'A token was made.' });
  expect(await house.told()).toEqual([
    ['pool.promoted', 'all'],
    ['pool.promoted', 'this pool'],
    ['pool.promoted', 'urgent'],
    ['token.created', 'all'],
    ['token.created', 'tokens'],
  ]);
});

test('a recovery goes to whom its trouble was told, once, and answers it', async () => {
  await house.addChannel(to, { name: 'all' });
  await house.addChannel(to, { name: 'urgent', leastSeverity: 'critical' });
  await house.addChannel(to, { name: 'dns', kinds: ['dns.drift'] });
  await house.tell(healthy);
  expect(await house.told()).toEqual([]);
  await house.tell({ ...lost, severity: 'warning' });
  await house.tell(healthy);
  await house.tell(healthy);
  await house.tell(lost);
  await house.tell({ ...healthy, memberId: null });
  await house.tell(healthy);
  expect(await house.told()).toEqual([
    ['member.heartbeat-lost', 'all'],
    ['member.healthy', 'all'],
    ['member.heartbeat-lost', 'all'],
    ['member.heartbeat-lost', 'urgent'],
    ['member.healthy', 'all'],
    ['member.healthy', 'urgent'],
  ]);
  const rows = await house.database.kysely
    .selectFrom('notification_delivery')
    .select(['id', 'kind', sql<string | null>`notice ->> 'ends'`.as('ends')])
    .orderBy('created_at')
    .execute();
  const [trouble, end] = rows;
  expect(end).toMatchObject({ kind: 'member.healthy', ends: trouble?.id });
});

test('what is for the event log alone is told to nobody, and does not end or open anything', async () => {
  await house.addChannel(to, { name: 'all' });
  await house.tell({ ...lost, quiet: true });
  await house.tell(healthy);
  await house.tell(lost);
  await house.tell({ ...healthy, quiet: true });
  await house.tell(healthy);
  expect((await house.told()).map(([kind]) => kind)).toEqual(['member.heartbeat-lost', 'member.healthy']);
  const { events } = await house.database.kysely
    .selectFrom('event')
    .select((one) => one.fn.countAll<number>().as('events'))
    .executeTakeFirstOrThrow();
  expect(events).toBe(5);
});

test('the recovery is told in a maintenance that began after the trouble', async () => {
  await house.addChannel(to, { name: 'all' });
  await house.tell(lost);
  await sql`UPDATE pool SET maintenance_from = now(), maintenance_until = now() + interval '1 hour',
    maintenance_reason = 'a test'`.execute(house.database.kysely);
  await house.tell(healthy);
  expect((await house.told()).map(([kind]) => kind)).toEqual(['member.heartbeat-lost', 'member.healthy']);
});

test('a recovery finds its trouble by the order of both, whatever the wall clock did between them', async () => {
  await house.addChannel(to, { name: 'all' });
  await house.tell(lost);
  await house.tell(healthy);
  await house.tell(lost);
  await sql`UPDATE notification_delivery SET created_at = created_at - interval '1 hour'
    WHERE seq = (SELECT max(seq) FROM notification_delivery)`.execute(house.database.kysely);
  await house.tell(healthy);
  expect(await house.told()).toHaveLength(4);
});

test('a silence is told to nobody, and nothing to a channel that is disabled', async () => {
  const id = await house.addChannel(to, { name: 'all' });
  await house.tell({ kind: 'member.silence', severity: 'info', ...about });
  await house.database.kysely
    .updateTable('notification_channel')
    .set({ disabled_at: new Date(0) })
    .where('id', '=', id)
    .execute();
  await house.tell(lost);
  expect(await house.told()).toEqual([]);
});

test('what is due is there with the change, and gone with it', async () => {
  await house.addChannel(to, { name: 'all' });
  const change = house.database.kysely.transaction().execute(async (trx) => {
    await writeEvent(trx, lost);
    throw new Error('the change failed');
  });
  await expect(change).rejects.toThrow('the change failed');
  expect(await house.told()).toEqual([]);
});

test('a channel that is just being removed holds up nobody who writes an event', async () => {
  await house.addChannel(to, { name: 'stays' });
  const leaving = await house.addChannel(to, { name: 'leaves' });
  const removed = Promise.withResolvers<void>();
  const wait = Promise.withResolvers<void>();
  const removal = house.database.kysely.transaction().execute(async (trx) => {
    await trx.deleteFrom('notification_channel').where('id', '=', leaving).execute();
    removed.resolve();
    await wait.promise;
  });
  await removed.promise;
  await house.database.kysely.transaction().execute(async (trx) => {
    await sql`SET LOCAL lock_timeout = '1s'`.execute(trx);
    await writeEvent(trx, lost);
  });
  wait.resolve();
  await removal;
  expect(await house.told()).toEqual([['member.heartbeat-lost', 'stays']]);
});

test('what was told while the database was away is noted as told, under the id that the receiver saw', async () => {
  const one = await house.addChannel(to, { name: 'reached' });
  await house.addChannel(to, { name: 'silent' });
  const told = new Map([[one, 'It took it.']]);
  const ahead = { noticeId: 'n1', happenedAt: new Date(1_700_000_000_000), told, underWay: new Set<string>() };
  const write = () => house.database.kysely.transaction().execute((trx) => writeEvent(trx, lost, ahead));
  // Nobody heard that the first commit had succeeded.
  const seq = await write();
  expect(await write()).toBe(seq);
  expect(await house.database.kysely.selectFrom('event').select('seq').execute()).toEqual([{ seq }]);
  const rows = await house.database.kysely.selectFrom('notification_delivery').selectAll().execute();
  expect(rows).toHaveLength(2);
  expect(rows.find(({ channel_id }) => channel_id === one)).toMatchObject({
    id: `n1_${one}`,
    state: 'delivered',
    answer: 'It took it.',
    happened_at: ahead.happenedAt,
  });
  expect(rows.find(({ channel_id }) => channel_id !== one)).toMatchObject({ state: 'pending', attempts: 0 });
});

test('what is just being told past the database is not due before that has an answer, which is noted once', async () => {
  const id = await house.addChannel(to, { name: 'just told' });
  const { kysely } = house.database;
  const ahead = { noticeId: 'n2', happenedAt: new Date(0), told: new Map(), underWay: new Set([id]) };
  await kysely.transaction().execute((trx) => writeEvent(trx, lost, ahead));
  expect(await dueChannels(kysely)).toEqual([]);
  // A mail has 5 s for the look-up and 20 s for its conversation.
  expect(await nextDueInMs(kysely)).toBeGreaterThan(25_000);
  await noteToldDirectly(kysely, `n2_${id}`, 'It took it.');
  await noteAttempt(kysely, `n2_${id}`, { answer: 'It answered 500.', next: 'failed' });
  const [row] = await kysely.selectFrom('notification_delivery').selectAll().execute();
  expect(row).toMatchObject({ state: 'delivered', attempts: 1, answer: 'It took it.' });
});
