import { Webhook } from 'standardwebhooks';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { listDeliveries } from '../../db/repositories/deliveries.ts';
import type { EventInput } from '../../db/repositories/events.ts';
import { systemClock } from '../../platform/clock.ts';
import { mostUnderWay } from './delivery-loop.ts';
import {
  type ChannelHouse,
  memberId,
  openChannelHouse,
  patience,
  poolId,
  signingSecret,
  webhookTo,
} from './testing/channel-house.ts';
import { openReceiver, type Receiver } from './testing/receiver.ts';

let receivers: Receiver[] = [];
let house: ChannelHouse;
beforeEach(async () => {
  receivers = [await openReceiver(), await openReceiver()];
  house = await openChannelHouse(receivers.map(({ port }) => port));
});
afterEach(async () => {
  for (const one of receivers) one.close();
  await house.close();
});

const receiver = (place: 0 | 1 = 0) => receivers[place] as Receiver;
const promoted = (sentence = 'lb2 is active now.'): EventInput => {
  return { kind: 'pool.promoted', severity: 'critical', poolId, memberId, sentence, details: { epoch: 7 } };
};
const deliveries = (id: string) => listDeliveries(house.database.kysely, id, 100);
const states = async (id: string) => (await deliveries(id)).map(({ state, attempts }) => `${state} ${attempts}`);
const kindsIn = ({ received }: Receiver) => received.map(({ body }) => JSON.parse(body).kind as string);

test('a webhook gets what happened, signed as the standard’s own library verifies it', async () => {
  const id = await house.addChannel(webhookTo(receiver().url));
  const stop = house.carry();
  await house.tell(promoted());
  await vi.waitFor(async () => expect(await states(id)).toEqual(['delivered 1']), patience);
  await stop();
  const [got] = receiver().received;
  const verified = new Webhook(signingSecret).verify(got?.body ?? '', got?.headers as Record<string, string>);
  expect(verified).toMatchObject({
    kind: 'pool.promoted',
    severity: 'critical',
    poolId,
    memberId,
    pool: 'edge',
    member: 'lb1.example.com',
    sentence: 'lb2 is active now.',
    details: { epoch: 7 },
    runbook: 'https://plane.example.com/runbooks/pool-promoted.md',
  });
  const altered = got?.body.replace('lb2', 'lb3') ?? '';
  expect(() => new Webhook(signingSecret).verify(altered, got?.headers as Record<string, string>)).toThrow();
});

test('a refused notice is tried again under one id and a fresh signature, then given up', async () => {
  receiver().reply = () => ({ status: 500 });
  const id = await house.addChannel(webhookTo(receiver().url));
  const stop = house.carry();
  await house.tell(promoted());
  for (let attempt = 1; attempt <= 7; attempt += 1) {
    const state = attempt === 7 ? 'failed' : 'pending';
    await vi.waitFor(async () => {
      expect(await states(id)).toEqual([`${state} ${attempt}`]);
      expect((await deliveries(id))[0]?.answer).toMatch(/answered 500\.$/);
    }, patience);
    await house.hurry(id);
  }
  await stop();
  expect(receiver().received).toHaveLength(7);
  expect(new Set(receiver().received.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
  for (const { body, headers } of receiver().received)
    new Webhook(signingSecret).verify(body, headers as Record<string, string>);
});

test.each([
  [429, '300', 300],
  [503, '300', 300],
  [503, '999999', 3_600],
  [500, '300', 5],
  [429, 'Wed, 21 Oct 2037 07:28:00 GMT', 5],
])('status %i with Retry-After %s is tried again after about %i s', async (status, retryAfter, seconds) => {
  receiver().reply = () => ({ status, headers: { 'retry-after': retryAfter } });
  const id = await house.addChannel(webhookTo(receiver().url));
  const stop = house.carry();
  const begun = systemClock.wallTime().getTime();
  await house.tell(promoted());
  await vi.waitFor(async () => expect((await deliveries(id))[0]?.answer).not.toBeNull(), patience);
  await stop();
  const pauseMs = ((await deliveries(id))[0]?.next_attempt_at?.getTime() ?? 0) - begun;
  expect(pauseMs).toBeGreaterThan(seconds * 900 - 100);
  expect(pauseMs).toBeLessThan(seconds * 1_100 + 15_000);
});

test('a channel that fails three times is told to the others, and its recovery too', async () => {
  receiver(0).reply = (nth) => ({ status: nth <= 3 ? 500 : 204 });
  const failing = await house.addChannel(webhookTo(receiver(0).url), { name: 'first', kinds: ['pool.promoted'] });
  await house.addChannel(webhookTo(receiver(1).url), { name: 'second', leastSeverity: 'warning' });
  const stop = house.carry();
  await house.tell(promoted());
  for (let attempt = 1; attempt <= 4; attempt += 1) {
    await vi.waitFor(async () => expect((await deliveries(failing))[0]?.attempts).toBe(attempt), patience);
    await vi.waitFor(() => expect(receiver(0).received).toHaveLength(attempt), patience);
    if (attempt === 3) await vi.waitFor(() => expect(kindsIn(receiver(1))).toContain('channel.failing'), patience);
    await vi.waitFor(async () => expect((await deliveries(failing))[0]?.answer).not.toBeNull(), patience);
    await house.hurry(failing);
  }
  const told = ['pool.promoted', 'channel.failing', 'channel.recovered'];
  await vi.waitFor(() => expect(kindsIn(receiver(1))).toEqual(told), patience);
  await stop();
  expect(kindsIn(receiver(0))).toEqual(Array.from({ length: 4 }, () => 'pool.promoted'));
});

test('a channel that hangs delays no other, and has only so many under way', async () => {
  receiver(0).reply = () => null;
  await house.addChannel(webhookTo(receiver(0).url), { name: 'hangs' });
  const id = await house.addChannel(webhookTo(receiver(1).url), { name: 'works' });
  const stop = house.carry();
  for (let n = 0; n < 10; n += 1) await house.tell(promoted(`Promotion ${n}.`));
  await vi.waitFor(async () => expect(await states(id)).toEqual(Array.from({ length: 10 }, () => 'delivered 1')), {
    ...patience,
    timeout: 4_500, // the hanging one is not cut off before
  });
  expect(receiver(0).received.length).toBeLessThanOrEqual(mostUnderWay);
  await stop();
});

test('replicas share the work: each notice is delivered once', async () => {
  const id = await house.addChannel(webhookTo(receiver().url));
  for (let n = 0; n < 40; n += 1) await house.tell(promoted(`Promotion ${n}.`));
  const stop = house.carry(3);
  await vi.waitFor(async () => expect(new Set(await states(id))).toEqual(new Set(['delivered 1'])), patience);
  await stop();
  const ids = receiver().received.map(({ headers }) => headers['webhook-id']);
  expect([ids.length, new Set(ids).size]).toEqual([40, 40]);
});

test('what was told before a start is delivered after it, and what its carrier left behind too', async () => {
  const id = await house.addChannel(webhookTo(receiver().url));
  await house.tell(promoted());
  const taken = house.database.kysely.updateTable('notification_delivery');
  await taken
    .set({ attempts: 1, next_attempt_at: new Date(systemClock.wallTime().getTime() + 60_000), pause: '60 s' })
    .execute();
  const stop = house.carry();
  await house.tell(promoted('The next one.'));
  await vi.waitFor(async () => expect(await states(id)).toEqual(['delivered 1', 'pending 1']), patience);
  await house.hurry(id);
  await vi.waitFor(async () => expect(await states(id)).toEqual(['delivered 1', 'delivered 2']), patience);
  await stop();
});

test.each([
  ['5 s', 3_600_000, 'delivered 1'],
  ['2 h', 3_600_000, 'pending 0'],
])(
  'after a pause of %s what is due in %i ms is %s: further away it is the work of a clock that was put back',
  async (pause, leftMs, state) => {
    const id = await house.addChannel(webhookTo(receiver().url));
    await house.tell(promoted());
    const later = new Date(systemClock.wallTime().getTime() + leftMs);
    await house.database.kysely.updateTable('notification_delivery').set({ next_attempt_at: later, pause }).execute();
    const other = await house.addChannel(webhookTo(receiver(1).url));
    await house.tell({ ...promoted('The next one.'), kind: 'pool.changed' });
    const stop = house.carry();
    await vi.waitFor(async () => expect(await states(other)).toEqual(['delivered 1']), patience);
    await vi.waitFor(async () => expect((await states(id)).at(-1)).toEqual(state), patience);
    await stop();
  },
);

test('a channel whose secret does not open is tried as any other, told to fail, and holds up none', async () => {
  const broken = await house.addChannel(webhookTo(receiver(0).url), { name: 'broken', kinds: ['pool.promoted'] });
  const works = await house.addChannel(webhookTo(receiver(1).url), { name: 'works' });
  await house.database.kysely
    .updateTable('notification_channel')
    .set({ version: 2 })
    .where('id', '=', broken)
    .execute();
  const stop = house.carry();
  await house.tell(promoted());
  for (let attempt = 1; attempt <= 3; attempt += 1) {
    await vi.waitFor(async () => {
      expect(await states(broken)).toEqual([`pending ${attempt}`]);
      expect((await deliveries(broken))[0]?.answer).toMatch(/cannot be opened/);
    }, patience);
    if (attempt < 3) await house.hurry(broken);
  }
  await vi.waitFor(() => expect(kindsIn(receiver(1))).toEqual(['pool.promoted', 'channel.failing']), patience);
  await vi.waitFor(async () => expect(await states(works)).toEqual(['delivered 1', 'delivered 1']), patience);
  await stop();
});
