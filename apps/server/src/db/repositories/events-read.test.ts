import { setImmediate as nextTurn } from 'node:timers/promises';
import { sql, type Transaction } from 'kysely';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Database } from '../schema.ts';
import { type TestDatabase, testDatabase } from '../testing.ts';
import { completeUpTo } from './event-order.ts';
import { writeEvent } from './events.ts';
import { newestEvent, readEvents } from './events-read.ts';

/* A cursor passes over nothing: told are only events below which nobody can still commit another one (ADR 0023). */

let database: TestDatabase;
const open: Open[] = [];
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.close());
beforeEach(async () => {
  await sql`TRUNCATE event RESTART IDENTITY`.execute(database.kysely);
});
afterEach(async () => {
  for (const one of open.splice(0)) await one.rollBack();
});

/** A transaction on a connection of its own, which ends when it is told to. */
interface Open {
  readonly trx: Transaction<Database>;
  /** Writes without an event: from here on it has its number among transactions. */
  change(): Promise<void>;
  /** Returns the event's number. */
  write(sentence: string): Promise<number>;
  commit(): Promise<void>;
  rollBack(): Promise<void>;
}

async function begin(on = database.kysely): Promise<Open> {
  const ending = Promise.withResolvers<void>();
  const begun = Promise.withResolvers<Transaction<Database>>();
  const done = on.transaction().execute((trx) => {
    begun.resolve(trx);
    return ending.promise;
  });
  done.catch(begun.reject);
  const trx = await begun.promise;
  const made: Open = {
    trx,
    change: async () => void (await sql`SELECT pg_current_xact_id()`.execute(trx)),
    write: (sentence) => writeEvent(trx, { kind: 'pool.changed', severity: 'info', sentence }),
    async commit() {
      ending.resolve();
      await done;
    },
    async rollBack() {
      ending.reject(new Error('rolled back'));
      await done.catch(() => undefined);
    },
  };
  open.push(made);
  return made;
}

async function write(sentence: string): Promise<void> {
  const one = await begin();
  await one.write(sentence);
  await one.commit();
}

const all = { pools: 'all', kinds: 'all', limit: 500 } as const;
const noWait = { idleSeconds: 0, unknownSeconds: 0 };
const told = async (after: number | null = 0) =>
  (await readEvents(database.kysely, { ...all, after })).map(({ sentence }) => sentence);

describe('an event is told when all below it are', () => {
  test('also where the one below it is of the younger transaction', async () => {
    const [older, younger] = [await begin(), await begin()];
    await older.change();
    expect([await younger.write('one'), await older.write('two')]).toEqual([1, 2]);
    await older.commit();
    expect([await told(), await told(null)]).toEqual([[], []]);
    await younger.commit();
    expect([await told(), await told(null)]).toEqual([
      ['one', 'two'],
      ['one', 'two'],
    ]);
  });

  test('also among those that one transaction writes, and the ones before are not held back', async () => {
    await write('one');
    const long = await begin();
    await long.write('two');
    await write('three');
    await long.write('four');
    await write('five');
    expect(await told()).toEqual(['one']);
    await long.commit();
    expect(await told()).toEqual(['one', 'two', 'three', 'four', 'five']);
  });

  test('and a number that was rolled back is waited for by nobody', async () => {
    const gone = await begin();
    await gone.write('never');
    await write('two');
    expect(await told()).toEqual([]);
    await gone.rollBack();
    expect(await told()).toEqual(['two']);
  });

  test('and no longer than a minute where its transaction stands still', async () => {
    const stopped = await begin();
    await stopped.write('stopped');
    await write('two');
    expect([await completeUpTo(database.kysely), await completeUpTo(database.kysely, noWait)]).toEqual([0, 2]);
  });

  test('however long its transaction takes while it is at work: it may end with a commit', async () => {
    const slow = await begin();
    await slow.write('slow');
    await write('two');
    const { rows } = await sql<{ pid: number }>`SELECT pg_backend_pid() AS pid`.execute(slow.trx);
    const working = sql`SELECT pg_sleep(60)`.execute(slow.trx).catch(() => undefined);
    const isWorking = async () =>
      (
        await sql`SELECT FROM pg_stat_activity WHERE pid = ${rows[0]?.pid} AND wait_event = 'PgSleep'`.execute(
          database.kysely,
        )
      ).rows.length > 0;
    while (!(await isWorking())) await nextTurn();
    expect(await completeUpTo(database.kysely, noWait)).toBe(0);
    await sql`SELECT pg_cancel_backend(${rows[0]?.pid})`.execute(database.kysely);
    await working;
  });

  test('and for ten minutes where nobody may know what its transaction does', async () => {
    const hidden = await begin();
    await hidden.write('hidden');
    await write('two');
    const asAnother = (wait = {}) =>
      database.kysely.transaction().execute(async (trx) => {
        await sql`CREATE ROLE another`.execute(trx);
        await sql`GRANT SELECT ON event TO another`.execute(trx);
        await sql`SET LOCAL ROLE another`.execute(trx);
        const upTo = await completeUpTo(trx, wait);
        await sql`RESET ROLE`.execute(trx);
        await sql`REVOKE ALL ON event FROM another`.execute(trx);
        await sql`DROP ROLE another`.execute(trx);
        return upTo;
      });
    expect([await asAnother({ idleSeconds: 0 }), await asAnother(noWait)]).toEqual([0, 2]);
  });
});

describe('a long transaction that writes no event holds nothing back', () => {
  test('of this database', async () => {
    const other = await begin();
    await other.change();
    await write('one');
    expect(await told()).toEqual(['one']);
  });

  test('of another database of the same server, whatever it locks', async () => {
    const { host, user } = database.connection;
    const client = new pg.Client({ host, user, database: 'postgres' });
    await client.connect();
    try {
      const sequence = await begin();
      await sequence.write('its lock is copied');
      await client.query(`
        BEGIN; SELECT pg_current_xact_id();
        SELECT pg_advisory_xact_lock_shared(classid::bigint << 32 | objid::bigint) FROM pg_locks WHERE locktype = 'advisory'`);
      await sequence.commit();
      expect(await told()).toEqual(['its lock is copied']);
    } finally {
      await client.end();
    }
  });
});

describe('whoever names an end is told all below it, also while the end seems to be lower for a moment:', () => {
  test.each([
    ['forwards', 0],
    ['backwards', null],
  ])('%s', async (_way, after) => {
    for (const sentence of ['one', 'two', 'three']) await write(sentence);
    const slow = await begin();
    // A floor that was read before the others had their numbers, and is held only now.
    await sql`SELECT pg_advisory_xact_lock_shared((4543061::bigint << 40) + 1)`.execute(slow.trx);
    expect(await told()).toEqual(['one']);
    const rows = await readEvents(database.kysely, { ...all, after, before: 4 });
    expect(rows.map(({ sentence }) => sentence)).toEqual(['one', 'two', 'three']);
  });
});

test('many who read at the same moment look for the end once', async () => {
  await write('one');
  let statements = 0;
  const counting = database.kysely.withPlugin({
    transformQuery: ({ node }) => {
      statements += 1;
      return node;
    },
    transformResult: async ({ result }) => result,
  });
  const read = await Promise.all(Array.from({ length: 20 }, () => readEvents(counting, { ...all, after: 0 })));
  expect([read.flat().length, statements]).toEqual([20, 21]);
});

test('whoever is about to take a number is waited for already: it may be a small one by the time it has it', async () => {
  await write('one');
  const holder = new pg.Client({ connectionString: database.url });
  await holder.connect();
  try {
    await holder.query('BEGIN; ALTER SEQUENCE event_seq_seq CACHE 1'); // nobody takes a number until it ends
    const slow = await begin();
    const writing = slow.write('two');
    const floors = async () =>
      (
        await sql<{ held: boolean }>`SELECT true AS held FROM pg_locks WHERE locktype = 'advisory'`.execute(
          database.kysely,
        )
      ).rows.length;
    while ((await floors()) === 0) await nextTurn();
    await holder.query('ROLLBACK');
    expect(await writing).toBe(2);
    await slow.commit();
    expect(await told()).toEqual(['one', 'two']);
  } finally {
    await holder.end();
  }
});

test('the newest number is that of an event that is not told yet, too', async () => {
  expect(await newestEvent(database.kysely)).toBe(0);
  const slow = await begin();
  await slow.write('one');
  await write('two');
  expect([await told(), await newestEvent(database.kysely)]).toEqual([[], 2]);
});

test('readers that follow many writers are told each event once, in order', async () => {
  const writers = 6;
  const each = 40;
  const left = { writers };
  async function writeMany(writer: number): Promise<void> {
    for (let count = 0; count < each; count += 1) {
      const one = await begin();
      if ((writer + count) % 2 === 0) await one.change();
      await one.write(`${writer}.${count}`);
      if (count % 3 === 0) await one.write(`${writer}.${count} again`);
      if (count % 7 === 6) await one.rollBack();
      else await one.commit();
    }
    left.writers -= 1;
  }
  async function follow(): Promise<readonly number[]> {
    const seen: number[] = [];
    for (let isOver = false; !isOver; ) {
      isOver = left.writers === 0; // one more look after the last
      const rows = await readEvents(database.kysely, { ...all, after: seen.at(-1) ?? 0 });
      seen.push(...rows.map(({ seq }) => seq));
    }
    return seen;
  }
  const [followed, again] = await Promise.all([
    follow(),
    follow(),
    ...Array.from({ length: writers }, (_, n) => writeMany(n)),
  ]);
  const there = await database.kysely.selectFrom('event').select('seq').orderBy('seq').execute();
  expect(followed).toEqual(there.map(({ seq }) => seq));
  expect(again).toEqual(followed);
  expect(there.length).toBeGreaterThan(writers * each);
});
