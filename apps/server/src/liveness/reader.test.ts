import type { Transaction } from 'kysely';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { createFakeClock } from '../../../../testkit/src/fake-clock.ts';
import type { Database } from '../db/schema.ts';
import { type TestDatabase, testDatabase } from '../db/testing.ts';
import { type Clock, systemClock } from '../platform/clock.ts';
import { newId, systemRandom } from '../platform/random.ts';
import type { Liveness } from '../worker/ports.ts';
import { flushChannel } from './channels.ts';
import { createListener, type Listener } from './listener.ts';
import { createLiveness } from './reader.ts';
import { livenessStorage } from './storage.ts';
import { createBeatStore } from './store-beats.ts';
import { beatOf, reportOf } from './testing/beats.ts';

let database: TestDatabase;
let running: Listener[] = [];

beforeAll(async () => {
  database = await testDatabase();
});
afterEach(async () => {
  await Promise.all(running.map((listener) => listener.stop()));
  running = [];
});
afterAll(() => database.close());

function startListener(clock: Clock = systemClock): Listener {
  const listener = createListener({
    ...livenessStorage(database.kysely, database.listen),
    clock,
    listenerId: newId(systemRandom),
  });
  listener.start();
  running.push(listener);
  return listener;
}

/** For a loaded machine: what is awaited takes milliseconds. */
const patience = { interval: 5, timeout: 20_000 };
const readerOf = (own: Listener | null) => createLiveness(database.kysely, database.listen, own);
const seqs = (news: Awaited<ReturnType<Liveness['news']>>) =>
  Object.fromEntries(news.heard.map((one) => [one.memberId, one.seq]));

/** Resolves with the next notice of a stored change, once the subscription is known to work. */
async function nextChange(liveness: Liveness, cause: () => void): Promise<void> {
  const subscribed = Promise.withResolvers<void>();
  const changed = Promise.withResolvers<void>();
  let awaited = subscribed;
  const unsubscribe = liveness.onChange(() => awaited.resolve());
  await database.kysely.selectFrom('listener').select('id').execute();
  await subscribed.promise;
  awaited = changed;
  cause();
  await changed.promise;
  unsubscribe();
}

test('the first news is everything known, the next only what was stored since, with the watermarks of all', async () => {
  const [one, two] = [startListener(), startListener()];
  const liveness = readerOf(one);
  one.hear(beatOf('first-a', 1, 1));
  two.hear(beatOf('first-b', 1, 1));
  await Promise.all([one.flush(), two.flush()]);
  const first = await liveness.news(null);
  expect(seqs(first)).toMatchObject({ 'first-a': 1, 'first-b': 1 });
  expect(first.watermarks.map(({ listenerId }) => listenerId)).toEqual(
    expect.arrayContaining([one.listenerId, two.listenerId]),
  );
  two.hear(beatOf('first-b', 1, 2));
  await two.flush();
  const second = await liveness.news(first.cursor);
  expect(seqs(second)).toEqual({ 'first-b': 2 });
  expect(seqs(await liveness.news(second.cursor))).toEqual({});
});

test('a beat is never newer than the watermark of its listener in the same news (I7)', async () => {
  const listener = startListener();
  const liveness = readerOf(listener);
  let cursor: string | null = null;
  for (let seq = 1; seq <= 30; seq++) {
    listener.hear(beatOf('marked', 1, seq, { report: reportOf(seq % 2 === 0 ? 'active' : 'failed') }));
    if (seq % 3 === 0) await listener.flush();
    const news = await liveness.news(cursor);
    cursor = news.cursor;
    const mark = news.watermarks.find(({ listenerId }) => listenerId === listener.listenerId);
    for (const heard of news.heard.filter(({ memberId }) => memberId === 'marked')) {
      expect(heard.heardAtMs).toBeLessThanOrEqual(mark?.atMs ?? 0);
    }
  }
});

test('a slower transaction with smaller numbers is not passed over', async () => {
  const liveness = readerOf(null);
  const began = await liveness.news(null);
  const slow = await openTransaction();
  await createBeatStore(slow.trx).store(batch('slow-listener', 'slow-member'));
  await createBeatStore(database.kysely).store(batch('fast-listener', 'fast-member'));
  const meanwhile = await liveness.news(began.cursor);
  expect(Object.keys(seqs(meanwhile))).toEqual(['fast-member']);
  await slow.commit();
  const after = await liveness.news(meanwhile.cursor);
  expect(Object.keys(seqs(after))).toEqual(['slow-member']);
});

test('a change reaches a reader elsewhere by the write that stores it', async () => {
  const listener = startListener();
  const liveness = readerOf(null);
  listener.hear(beatOf('changing', 1, 1));
  await listener.flush();
  const { cursor } = await liveness.news(null);
  const statements = listener.statistics().changeStatements;
  await nextChange(liveness, () => listener.hear(beatOf('changing', 1, 2, { report: reportOf('failed') })));
  const news = await liveness.news(cursor);
  expect(seqs(news)).toEqual({ changing: 2 });
  expect(news.heard[0]?.report).toEqual(reportOf('failed'));
  expect(listener.statistics().changeStatements).toBe(statements + 1);
});

test('a flush asked for here makes the other processes write too, not only in their turn (R2)', async () => {
  const clock = createFakeClock();
  const own = startListener();
  const other = startListener(clock);
  const liveness = readerOf(own);
  // A new subscription is called back once; this one's turn comes after that of `other`.
  await new Promise<unknown>((resolve) => database.listen(flushChannel, resolve));
  await clock.advance(100);
  await other.flush();
  await clock.advance(100);
  other.hear(beatOf('flushed', 1, 1));
  await other.flush();
  const { cursor } = await liveness.news(null);
  await clock.advance(30);
  other.hear(beatOf('flushed', 1, 2));
  await liveness.flush();
  await expect.poll(async () => seqs(await liveness.news(cursor)), patience).toEqual({ flushed: 2 });
});

function batch(listenerId: string, memberId: string) {
  const beat = beatOf(memberId, 1, 1);
  return {
    listenerId,
    watermarkMs: 10,
    beats: [{ beat, heardAtMs: 5, reportJson: JSON.stringify(beat.report), traffic: null }],
    changed: false,
  };
}

async function openTransaction(): Promise<{ trx: Transaction<Database>; commit(): Promise<void> }> {
  const opened = Promise.withResolvers<Transaction<Database>>();
  const release = Promise.withResolvers<void>();
  const done = database.kysely.transaction().execute(async (trx) => {
    opened.resolve(trx);
    await release.promise;
  });
  return {
    trx: await opened.promise,
    async commit() {
      release.resolve();
      await done;
    },
  };
}
