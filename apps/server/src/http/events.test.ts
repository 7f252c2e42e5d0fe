import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Grant, Role } from '@serverctl/core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type EventInput, writeEvent } from '../db/repositories/events.ts';
import { type OperatorHouse, openOperatorHouse } from './testing/operator-house.ts';
import { addPerson, addSession, addToken } from './testing/people.ts';

let directory: string;
let house: OperatorHouse;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sct-events-'));
  house = await openOperatorHouse(directory);
});
afterAll(async () => {
  await house.close();
  await rm(directory, { recursive: true });
});

const write = (one: EventInput) => house.deps.db.transaction().execute((trx) => writeEvent(trx, one));
const event = (sentence: string) => ({ kind: 'pool.changed' as const, severity: 'info' as const, sentence });

test('without a cursor the newest come, oldest first; with it the following ones', async () => {
  for (const word of ['one', 'two', 'three']) await write(event(word));
  const newest = await house.client.events({ limit: 2 });
  expect(newest.events.map(({ sentence }) => sentence)).toEqual(['two', 'three']);
  expect(newest.next).toBe(newest.events[1]?.seq);
  await write(event('four'));
  const following = await house.client.events({ after: newest.next });
  expect(following.events.map(({ sentence }) => sentence)).toEqual(['four']);
  expect(await house.client.events({ after: following.next })).toEqual({ events: [], next: following.next });
});

test('one pages back by the oldest number one has, and can begin at an instant', async () => {
  for (const word of ['five', 'six', 'seven']) await write(event(word));
  const newest = await house.client.events({ limit: 1 });
  const [seven] = newest.events;
  const older = await house.client.events({ before: seven?.seq ?? 0, limit: 2 });
  expect(older.events.map(({ sentence }) => sentence)).toEqual(['five', 'six']);
  const since = older.events[1]?.at ?? '';
  const from = await house.client.events({ after: 0, since, limit: 5 });
  expect(from.events.map(({ sentence }) => sentence)).toEqual(['six', 'seven']);
});

test('who waits is woken by the next event, long before the time is up', async () => {
  const { next } = await house.client.events({});
  const began = performance.now();
  const waiting = house.client.events({ after: next, waitSeconds: 25 });
  await house.client.pools.add({ name: 'noisy' });
  expect((await waiting).events).toMatchObject([{ kind: 'pool.added', sentence: 'Pool noisy was added.' }]);
  expect(performance.now() - began).toBeLessThan(5_000);
});

test('who waits for one pool is not answered by another’s events', async () => {
  const pool = await house.client.pools.add({ name: 'quiet' });
  const { next } = await house.client.events({});
  const waiting = house.client.events({ after: next, poolId: 'quiet', waitSeconds: 25 });
  await house.client.pools.add({ name: 'loud' });
  await house.client.pools.set('quiet', { haproxyGraceSeconds: 2 });
  expect((await waiting).events.map(({ poolId }) => poolId)).toEqual([pool.id]);
});

test('a wait that nothing ends comes back empty with the same cursor', async () => {
  const { next } = await house.client.events({});
  expect(await house.client.events({ after: next, waitSeconds: 0.2 })).toEqual({ events: [], next });
});

test('an event whose transaction commits late is not passed over by the cursor', async () => {
  const { next } = await house.client.events({});
  const written = Promise.withResolvers<void>();
  const commit = Promise.withResolvers<void>();
  const late = house.deps.db.transaction().execute(async (trx) => {
    await writeEvent(trx, event('written first, committed last'));
    written.resolve();
    await commit.promise;
  });
  await written.promise;
  await write(event('written last, committed first'));
  expect((await house.client.events({ after: next })).events).toEqual([]);
  const waiting = house.client.events({ after: next, waitSeconds: 25 });
  commit.resolve();
  await late;
  expect((await waiting).events.map(({ sentence }) => sentence)).toEqual([
    'written first, committed last',
    'written last, committed first',
  ]);
});

test('when the server stops nobody waits any longer', async () => {
  const own = await openOperatorHouse(directory);
  const waiting = own.client.events({ after: 0, waitSeconds: 25 });
  const before = performance.now();
  await own.app.close();
  await waiting.catch(() => {});
  expect(performance.now() - before).toBeLessThan(5_000);
  await own.database.close();
});

test('who may not see users, channels or the audit log does not see their events, which tell addresses and who came', async () => {
  const { next } = await house.client.events({});
  const told: readonly EventInput['kind'][] = [
    'user.joined',
    'link.made',
    'token.created',
    'channel.added',
    'audit.chain-broken',
  ];
  for (const kind of told) await write({ ...event(`${kind} told of jane@example.com`), kind });
  await write(event('a pool was changed'));
  const everywhere = (role: Role): Grant => ({ role, poolId: null });
  const kindsFor = async (secret: string) => {
    const { events } = await house.clientAs(secret).events({ after: next });
    return events.map(({ kind }) => kind);
  };
  const root = await addPerson(house, 'root@example.com', [everywhere('administrator')]);
  expect(await kindsFor(await addSession(house, root.id))).toEqual([...told, 'pool.changed']);
  for (const role of ['viewer', 'operator'] as const) {
    const person = await addPerson(house, `${role}@example.com`, [everywhere(role)]);
    expect(await kindsFor(await addSession(house, person.id)), role).toEqual(['pool.changed']);
  }
  const narrowed = await addToken(house, root.id, { only: ['event:read', 'audit:read'] });
  expect(await kindsFor(narrowed)).toEqual(['audit.chain-broken', 'pool.changed']);
});

test('who waits is not woken by what they may not see', async () => {
  const viewer = await addPerson(house, 'waits@example.com', [{ role: 'viewer', poolId: null }]);
  const client = house.clientAs(await addSession(house, viewer.id));
  const { next } = await client.events({});
  const waiting = client.events({ after: next, waitSeconds: 25 });
  await write({ ...event('jane@example.com has joined'), kind: 'user.joined' });
  await write(event('seen'));
  expect((await waiting).events.map(({ sentence }) => sentence)).toEqual(['seen']);
});
