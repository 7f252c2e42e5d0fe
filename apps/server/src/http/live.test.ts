import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Grant, PoolId, Role } from '@serverctl/core';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { writeEvent } from '../db/repositories/events.ts';
import { writeGrants } from '../db/repositories/grants.ts';
import { systemClock } from '../platform/clock.ts';
import { makeUser, signInAs } from '../services/accounts/testing/accounts.ts';
import { mostOfOne } from '../services/live/live-desk.ts';
import { openSiege } from './attacks/testing/siege.ts';
import { stoppable } from './stop-server.ts';
import { buildEdge } from './testing/built-edge.ts';
import { type LiveReader, portOf, type ReaderOptions, readLive } from './testing/live-reader.ts';
import { type OperatorHouse, openOperatorHouse } from './testing/operator-house.ts';
import { addPerson, addSession, addToken } from './testing/people.ts';

let directory: string;
let house: OperatorHouse;
let port: number;
const open: LiveReader[] = [];

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sct-live-'));
  house = await openOperatorHouse(directory);
  port = await portOf(house.app);
});
afterEach(() => {
  for (const one of open.splice(0)) one.close();
});
afterAll(async () => {
  await house.close();
  await rm(directory, { recursive: true });
});

async function watch(secret: string | null = house.token, options: ReaderOptions = {}): Promise<LiveReader> {
  const reader = await readLive(port, secret, options);
  open.push(reader);
  return reader;
}

const grant = (role: Role, poolId: string | null = null): Grant => ({ role, poolId: poolId as PoolId | null });
const say = (sentence: string, poolId: string | null = null) =>
  house.deps.db
    .transaction()
    .execute((trx) => writeEvent(trx, { kind: 'pool.changed', severity: 'info', poolId, sentence }));
const sentences = (reader: LiveReader) =>
  reader.told.flatMap((one) => (one.name === 'event' ? [one.data.event.sentence] : []));
const patience = { timeout: 30_000, interval: 20 };

test('a stream begins with all pools, and goes on with ages and how the control plane is', async () => {
  const pool = await house.client.pools.add({ name: 'first' });
  const reader = await watch();
  expect(reader.status).toBe(200);
  expect(reader.headers).toMatchObject({
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
    'x-accel-buffering': 'no',
    'x-content-type-options': 'nosniff',
  });
  const { pools } = await reader.next('snapshot');
  const [listed] = (await house.client.pools.list()).pools;
  expect(pools).toMatchObject([{ ...listed, status: { ...listed?.status, at: expect.any(String) } }]);
  expect(Object.keys((await reader.next('beats')).pools)).toContain(pool.id);
  expect(await reader.next('plane')).toMatchObject({ version: '0.0.0' });
});

test('everybody who watches is told of a change without asking again', async () => {
  const readers = [await watch(), await watch(), await watch()];
  for (const reader of readers) await reader.next('snapshot');
  const pool = await house.client.pools.add({ name: 'second' });
  for (const reader of readers) await reader.next('pool', (told) => told.pool.id === pool.id);
  await house.client.pools.set(pool.id, { haproxyGraceSeconds: 7 });
  for (const reader of readers) await reader.next('pool', (told) => told.pool.haproxyGraceSeconds === 7);
  for (const reader of readers) await reader.next('event', ({ event }) => event.poolId === pool.id);
});

test('a promotion, and then what the name servers answer, are told by notice: no second passes on the desk’s clock', async () => {
  const siege = await openSiege();
  const edge = await buildEdge(siege.house);
  const reader = await readLive(await portOf(siege.app), siege.house.token);
  const turns = () => reader.told.filter(({ name }) => name === 'beats').length;
  const beganAtMs = siege.clock.now();
  /** The desk rests 50 ms after each turn; whatever it tells after that was asked for by a notice. */
  async function untilTold(isThere: () => boolean): Promise<void> {
    while (!isThere()) {
      const before = turns();
      await siege.clock.advance(50);
      await vi.waitFor(() => expect(turns()).toBeGreaterThan(before), patience);
    }
  }
  const isTold = (what: (pool: { epoch: number; status: { bindings: { state: string }[] } }) => boolean) => () =>
    reader.told.some((one) => one.name === 'pool' && what(one.data.pool));
  try {
    await reader.next('snapshot');
    await siege.house.client.promotions.promote(edge.pool, { to: edge.lb2, reason: 'test', confirmNotReady: true });
    await untilTold(isTold(({ epoch }) => epoch === 2));
    const verified = { state: 'published', published_epoch: 2 };
    await siege.deps.db.updateTable('dns_binding').set(verified).where('id', '=', edge.binding).execute();
    await untilTold(isTold(({ status }) => status.bindings[0]?.state === 'published'));
    expect(siege.clock.now() - beganAtMs).toBeLessThan(1_000);
  } finally {
    reader.close();
    await siege.close();
  }
});

test('a browser watches by its session’s cookie until that ends; another goes on', async () => {
  const user = await makeUser(house.deps, { email: 'watcher@example.com' });
  await house.deps.db.transaction().execute((trx) => writeGrants(trx, user.id, [grant('viewer')]));
  const { headers } = await signInAs(house.deps, user, 'browser');
  const other = await signInAs(house.deps, user, 'browser');
  const reader = await watch(null, { headers });
  const second = await watch(null, { headers: other.headers });
  await reader.next('snapshot');
  const signOut = {
    method: 'DELETE' as const,
    url: '/api/v1/session',
    headers: { ...headers, 'sec-fetch-site': 'same-origin' },
  };
  expect((await house.app.inject(signOut)).statusCode).toBe(200);
  expect(await reader.next('bye')).toMatchObject({ because: 'session-ended' });
  await reader.ended;
  expect((await watch(null, { headers })).status).toBe(401);
  const seen = second.told.length;
  await second.next('beats', () => true, seen);
});

test('to watch is no use of a session: it idles on', async () => {
  const siege = await openSiege();
  const { db, lookUps } = siege.deps;
  const { id } = await addPerson(siege.house, 'idle@example.com', [grant('viewer')]);
  const reader = await readLive(await portOf(siege.app), await addSession(siege.house, id));
  try {
    await reader.next('snapshot');
    const long = new Date(systemClock.wallTime().getTime() - 60 * 60_000);
    await db.updateTable('session').set({ last_seen_at: long }).where('user_id', '=', id).execute();
    const proofs = vi.spyOn(lookUps, 'run');
    await siege.clock.advance(61_000); // a use is noted once a minute
    await vi.waitFor(() => expect(proofs).toHaveBeenCalled(), patience);
    await Promise.all(proofs.mock.results.map(({ value }) => value));
    const session = db.selectFrom('session').select('last_seen_at').where('user_id', '=', id);
    expect(await session.executeTakeFirst()).toEqual({ last_seen_at: long });
  } finally {
    reader.close();
    await siege.close();
  }
});

test('who may read one pool sees that one alone; what is taken away goes, and with the last pool the stream', async () => {
  const mine = await house.client.pools.add({ name: 'mine' });
  const theirs = await house.client.pools.add({ name: 'theirs' });
  const { id } = await addPerson(house, 'narrow@example.com', [grant('viewer', mine.id)]);
  const give = (...grants: readonly Grant[]) =>
    house.deps.db.transaction().execute((trx) => writeGrants(trx, id, grants));
  const reader = await watch(await addSession(house, id));
  expect((await reader.next('snapshot')).pools.map((pool) => pool.id)).toEqual([mine.id]);
  await say('not yours', theirs.id);
  await say('of none');
  await house.client.pools.set(theirs.id, { haproxyGraceSeconds: 9 });
  await say('yours', mine.id);
  await reader.next('event', ({ event }) => event.sentence === 'yours');
  expect(sentences(reader)).toEqual(['yours']);
  expect(reader.told.filter(({ name }) => name === 'pool')).toEqual([]);
  await give(grant('viewer', theirs.id));
  expect(await reader.next('gone')).toMatchObject({ poolId: mine.id });
  expect(await reader.next('pool')).toMatchObject({ pool: { id: theirs.id } });
  await give();
  expect(await reader.next('bye')).toMatchObject({ because: 'permission-denied' });
  await reader.ended;
  expect(JSON.stringify(reader.told)).not.toContain('not yours');
});

test('an API token that is revoked ends its stream', async () => {
  const { id } = await addPerson(house, 'maker@example.com', [grant('administrator')]);
  const reader = await watch(await addToken(house, id));
  await reader.next('snapshot');
  await house.deps.db.deleteFrom('api_token').where('user_id', '=', id).execute();
  expect(await reader.next('bye')).toMatchObject({ because: 'session-ended' });
  await reader.ended;
});

test('after a break it goes on with the events that followed, each once and none left out', async () => {
  const first = await watch();
  await first.next('snapshot');
  await say('one');
  await say('two');
  await first.next('event', ({ event }) => event.sentence === 'two');
  const last = first.told.findLast(({ id }) => id !== null)?.id ?? '';
  first.close();
  await say('three');
  await say('four');
  const second = await watch(house.token, { headers: { 'last-event-id': last }, query: '?after=0' });
  await say('five');
  await second.next('event', ({ event }) => event.sentence === 'five');
  expect(sentences(second)).toEqual(['three', 'four', 'five']);
  const begin = second.told.find(({ name }) => name === 'snapshot');
  expect(begin).toMatchObject({ id: last, data: { eventsMissed: false } });
  const third = await watch(house.token, { query: `?after=${last}` });
  await third.next('event', ({ event }) => event.sentence === 'five');
  expect(sentences(third)).toEqual(['three', 'four', 'five']);
});

test('a number of another log begins anew and says so; one that is none is refused', async () => {
  const reader = await watch(house.token, { query: '?after=999999999' });
  expect(await reader.next('snapshot')).toMatchObject({ eventsMissed: true });
  const refused = await watch(house.token, { query: '?after=soon' });
  expect([refused.status, JSON.parse(await refused.body()).error.code]).toEqual([422, 'request_invalid']);
});

test('too many streams of one user are refused in words; another user has room', async () => {
  const person = await addPerson(house, 'many@example.com', [grant('viewer')]);
  const other = await addPerson(house, 'few@example.com', [grant('viewer')]);
  const secret = await addSession(house, person.id);
  for (let n = 0; n < mostOfOne; n += 1) expect((await watch(secret)).status).toBe(200);
  const refused = await watch(secret);
  expect(refused.status).toBe(429);
  expect(refused.headers).toMatchObject({ 'retry-after': '5' });
  expect(JSON.parse(await refused.body()).error).toMatchObject({
    code: 'live_streams_of_one',
    details: { most: mostOfOne },
  });
  expect((await watch(await addSession(house, other.id))).status).toBe(200);
  open[0]?.close();
  await vi.waitFor(async () => expect((await watch(secret)).status).toBe(200), patience);
});

test('a server that stops says good-bye to those who read, and waits for nobody who does not', async () => {
  const own = await openOperatorHouse(directory);
  const stop = stoppable(own.app, systemClock);
  const ownPort = await portOf(own.app);
  const readers = [await readLive(ownPort, own.token), await readLive(ownPort, own.token)];
  for (const reader of readers) await reader.next('snapshot');
  readers[1]?.stall();
  await stop();
  expect(await readers[0]?.next('bye')).toMatchObject({ because: 'server-stops' });
  await readers[0]?.ended;
  readers[1]?.close();
  await own.database.close();
});
