import { minuteMs, secondMs } from '@serverctl/core';
import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { lockSealing, readSequencePoint } from '../../db/repositories/audit-seals.ts';
import { type TestDatabase, testDatabase } from '../../db/testing.ts';
import { createSealedFloor } from './sealed-floor.ts';
import { type LogHouse, openLogHouse, otherKey } from './testing/log-house.ts';

let house: LogHouse;
/** Keeps the server between the tests. */
let keeper: TestDatabase;

/** For a loaded machine: what is awaited takes milliseconds. */
const patience = { interval: 10, timeout: 30_000 };

beforeAll(async () => {
  keeper = await testDatabase();
});
afterAll(() => keeper.close());
beforeEach(async () => {
  house = await openLogHouse();
});
afterEach(() => house.close());

const seals = () =>
  house.database.kysely
    .selectFrom('audit_seal')
    .select(['position', 'seq', sql<number>`xmin::text::bigint`.as('made_by')])
    .orderBy('position')
    .execute();
const events = () => house.database.kysely.selectFrom('event').select(['kind', 'severity', 'sentence']).execute();
const said = (words: string) => vi.waitFor(() => expect(house.logged).toContainEqual(words), patience);

test('an entry that is committed late, with a smaller number, is sealed behind those that came before it', async () => {
  house.seal();
  const late = Promise.withResolvers<void>();
  const begun = Promise.withResolvers<number>();
  const writing = house.database.kysely.transaction().execute(async (trx) => {
    begun.resolve(await house.writeIn(trx, { target: 'late' }));
    await late.promise;
  });
  const lateSeq = await begun.promise;
  for (let n = 0; n < 5; n += 1) await house.write();
  await house.sealed();
  expect((await seals()).map(({ seq }) => seq)).toEqual([2, 3, 4, 5, 6]);
  late.resolve();
  await writing;
  await house.sealed();
  expect((await seals()).at(-1)).toMatchObject({ position: 6, seq: lateSeq });
  expect(await house.verify()).toMatchObject({ holds: true, entries: 6 });
});

test('an entry that is rolled back leaves no gap in the chain', async () => {
  house.seal();
  await house.write();
  const refused = house.database.kysely.transaction().execute(async (trx) => {
    await house.writeIn(trx);
    throw new Error('refused');
  });
  await expect(refused).rejects.toThrow('refused');
  await house.write();
  await house.sealed();
  expect(await seals()).toMatchObject([
    { position: 1, seq: 1 },
    { position: 2, seq: 3 },
  ]);
});

test('three sealers side by side make one chain of what eight writers write at once', async () => {
  for (let n = 0; n < 3; n += 1) house.seal();
  await Promise.all(
    Array.from({ length: 8 }, async () => {
      for (let n = 0; n < 40; n += 1) await house.write();
    }),
  );
  await house.sealed();
  expect((await seals()).map(({ position }) => position)).toEqual(Array.from({ length: 320 }, (_, n) => n + 1));
  expect(await house.verify()).toMatchObject({ holds: true, entries: 320, unsealed: 0 });
  expect(house.logged).toEqual([]);
});

test('who seals keeps no writer waiting, and a second one leaves it to the first', async () => {
  const release = Promise.withResolvers<void>();
  const holds = Promise.withResolvers<boolean>();
  const holding = house.database.kysely.transaction().execute(async (trx) => {
    holds.resolve(await lockSealing(trx));
    await release.promise;
  });
  expect(await holds.promise).toBe(true);
  await house.write();
  await house.seal()(); // its turn ended though it did not get the lock
  const sealedMeanwhile = await seals();
  release.resolve();
  await holding;
  expect(sealedMeanwhile).toEqual([]);
  house.seal();
  await house.sealed();
  expect(await seals()).toHaveLength(1);
});

test('a long queue is sealed in bounded batches', async () => {
  await sql`INSERT INTO audit_entry (actor, action, target) SELECT 'a', 'b', n::text FROM generate_series(1, 900) AS n`.execute(
    house.database.kysely,
  );
  house.seal();
  await house.sealed();
  const batches = Map.groupBy(await seals(), ({ made_by }) => made_by);
  expect([...batches.values()].map(({ length }) => length)).toEqual([200, 200, 200, 200, 100]);
  expect(await house.verify()).toMatchObject({ holds: true, entries: 900 });
});

test.each([
  ['entry-changed', `UPDATE audit_entry SET reason = 'x' WHERE seq = 12`, 'The audit entry at position 12 was changed'],
  ['entry-removed', `DELETE FROM audit_entry WHERE seq = 12`, 'The audit entry at position 12 was removed'],
  [
    'link-broken',
    `UPDATE audit_seal SET hash = sha256('x') WHERE position = 12`,
    'does not follow from the one before',
  ],
  ['seal-missing', `DELETE FROM audit_seal WHERE position = 11`, 'The seal before position 12'],
])(
  'a head that does not hold (%s) is told once, by whoever seals, and the chain goes on behind it',
  async (_fault, tampering, sentence) => {
    for (let n = 0; n < 12; n += 1) await house.write();
    const stop = house.seal();
    await house.sealed();
    await stop();
    await house.tamper(tampering);
    const finder = house.seal();
    await said(expect.stringContaining(sentence));
    await finder();
    expect(house.logged).toHaveLength(1);
    await house.seal()(); // another process has its turn, and may find the same
    house.seal();
    await house.write();
    await house.sealed();
    expect(await events()).toMatchObject([
      { kind: 'audit.chain-broken', severity: 'critical', sentence: expect.stringContaining(sentence) },
    ]);
    expect(await house.verify()).toMatchObject({ holds: false });
  },
);

test('an event that somebody else has put there does not keep the sealer from saying what it found', async () => {
  await house.write();
  const stop = house.seal();
  await house.sealed();
  await stop();
  await house.tamper(
    `UPDATE audit_entry SET reason = 'x' WHERE seq = 1`,
    `INSERT INTO event (kind, severity, sentence, details)
     VALUES ('audit.chain-broken', 'critical', '', '{"because": "entry-changed", "position": 1}')`,
  );
  house.seal();
  await said(expect.stringContaining('The audit entry at position 1 was changed'));
});

test('seals that vanish, or become others, below a sealer that has seen them are told', async () => {
  for (let n = 0; n < 12; n += 1) await house.write();
  house.seal();
  await house.sealed();
  await house.tamper(
    'DELETE FROM audit_seal WHERE position > 10',
    `UPDATE audit_entry SET reason = 'x' WHERE seq > 10`,
  );
  await said(expect.stringContaining('no longer holds what was in it a moment ago'));
});

test('a key that has fitted is right: whatever is overwritten, the chain goes on', async () => {
  for (let n = 0; n < 30; n += 1) await house.write();
  const before = house.seal();
  await house.sealed();
  await before();
  house.seal();
  await house.write();
  await house.sealed();
  await house.tamper(
    `UPDATE audit_seal SET hash = sha256('x'), entry_mac = sha256('y') WHERE position <= 10 OR position > 20`,
  );
  await house.write();
  await house.sealed();
  await said(expect.stringContaining('The seal at position 31'));
  expect((await seals()).length).toBe(32);
});

/** Somebody else has the sealers' lock until the returned function is called. */
async function holdLock(): Promise<() => Promise<void>> {
  const release = Promise.withResolvers<void>();
  const holds = Promise.withResolvers<boolean>();
  const holding = house.database.kysely.transaction().execute(async (trx) => {
    holds.resolve(await lockSealing(trx));
    await release.promise;
  });
  await holds.promise;
  return async () => {
    release.resolve();
    await holding;
  };
}

/** Turns are as slow as it takes until that holds. */
const whileSlow = (holds: () => Promise<unknown>) =>
  vi.waitFor(
    async () => {
      house.pass(10 * secondMs);
      await holds();
    },
    { interval: 300, timeout: 30_000 },
  );
const unsealed = { kind: 'audit.unsealed', severity: 'critical' };
const sealedAgain = { kind: 'audit.sealed', severity: 'info' };

test('a lock that somebody else holds is told after 30 s in which something waited, and so is its end', async () => {
  const release = await holdLock();
  const idle = house.seal();
  house.pass(minuteMs);
  await idle();
  expect(house.logged).toEqual([]); // nothing waited
  await house.write();
  const sealing = house.seal();
  await house.write();
  await whileSlow(async () => expect(await events()).toMatchObject([unsealed]));
  expect(house.logged).toEqual([expect.stringContaining('For 30 s nothing was sealed in the audit log')]);
  await release();
  await vi.waitFor(async () => expect(await events()).toMatchObject([unsealed, sealedAgain]), patience);
  await sealing();
  expect(house.notices).toEqual([]);
});

test('of several processes one tells a standstill, and after a restart in it its end is told all the same', async () => {
  const release = await holdLock();
  await house.write();
  const before = [house.seal(), house.seal()];
  await whileSlow(async () => expect(house.logged).toHaveLength(2));
  await Promise.all(before.map((stop) => stop()));
  expect(await events()).toMatchObject([unsealed]);
  await release();
  for (let n = 0; n < 2; n += 1) house.seal();
  await vi.waitFor(async () => expect(await events()).toMatchObject([unsealed, sealedAgain]), patience);
  expect(house.notices).toEqual([]);
});

test('a database that does not keep a standstill either is told past, and so is its end', async () => {
  const release = await holdLock();
  const { schema } = house.database.kysely;
  await schema.alterTable('setting').renameTo('setting_away').execute();
  await house.write();
  house.seal();
  await whileSlow(async () => expect(house.notices).toMatchObject([unsealed]));
  await release();
  await vi.waitFor(() => expect(house.notices).toMatchObject([unsealed, sealedAgain]), patience);
  await schema.alterTable('setting_away').renameTo('setting').execute();
  await house.write();
  await house.sealed();
  expect(await events()).toEqual([]);
});

test('who cannot seal finds a head that was changed all the same', async () => {
  await house.write();
  const before = house.seal();
  await house.sealed();
  await before();
  const release = Promise.withResolvers<void>();
  const holds = Promise.withResolvers<boolean>();
  const holding = house.database.kysely.transaction().execute(async (trx) => {
    holds.resolve(await lockSealing(trx));
    await release.promise;
  });
  await holds.promise;
  await house.tamper(`UPDATE audit_seal SET hash = sha256('x')`);
  const stop = house.seal();
  await said(expect.stringContaining('position 1'));
  release.resolve();
  await holding;
  await stop();
});

test('a table that cannot be written is told after 30 s, though the database answers', async () => {
  const { schema } = house.database.kysely;
  await schema.alterTable('audit_seal').renameTo('seal_away').execute();
  house.seal();
  await house.write();
  await whileSlow(async () => expect(await events()).toMatchObject([unsealed]));
});

test('the floor stays below an open transaction that began behind the last one that has ended', async () => {
  const { kysely } = house.database;
  const floor = createSealedFloor();
  const release = Promise.withResolvers<void>();
  const begun = Promise.withResolvers<number>();
  const writing = kysely.transaction().execute(async (trx) => {
    begun.resolve(await house.writeIn(trx));
    await release.promise;
  });
  await begun.promise;
  const look = async (now: number) => {
    const point = await kysely.transaction().execute(readSequencePoint);
    floor.at(50);
    floor.rise({ ...point, lastSeq: 50 }, now);
    return floor.at(50);
  };
  const whileOpen = [await look(0), await look(6_000), await look(12_000)];
  release.resolve();
  await writing;
  const after = await look(18_000);
  expect({ whileOpen, after }).toEqual({ whileOpen: [0, 0, 0], after: 50 });
});

test('entries far below the newest are found by the sweep, in ranges of what is there', async () => {
  await sql`INSERT INTO audit_entry (seq, actor, action, target) OVERRIDING SYSTEM VALUE
    SELECT n, 'a', 'b', 'c' FROM unnest(ARRAY[1, 2, 900000000000, 900000000001]) AS n`.execute(house.database.kysely);
  house.seal();
  await house.sealed();
  expect(await house.verify()).toMatchObject({ holds: true, entries: 4, unsealed: 0 });
  expect((await seals()).map(({ seq }) => seq)).toEqual([1, 2, 900000000000, 900000000001]);
});

test('with another master key nothing is sealed and it is said; with the right one the chain goes on unspoilt', async () => {
  await house.write();
  const first = house.seal();
  await house.sealed();
  await first();
  const wrong = house.seal(otherKey);
  await house.write();
  await said(expect.stringContaining('it is another one than the chain was made with'));
  await wrong();
  expect(await events()).toMatchObject([{ kind: 'audit.chain-broken' }]);
  expect(await seals()).toHaveLength(1);
  house.seal();
  await house.sealed();
  expect(await house.verify()).toMatchObject({ holds: true, entries: 2 });
});

test('a chain that is begun anew as the runbook says has every entry, with the present key', async () => {
  for (let n = 0; n < 12; n += 1) await house.write();
  const lost = house.seal(otherKey);
  await house.sealed();
  await lost();
  await house.tamper('CREATE TABLE audit_seal_until_2026_01 AS TABLE audit_seal', 'TRUNCATE audit_seal');
  house.seal();
  await house.sealed();
  expect(await house.verify()).toMatchObject({ holds: true, entries: 12 });
});

test('a database that fails is tried again, and said once', async () => {
  const { schema } = house.database.kysely;
  await schema.alterTable('audit_seal').renameTo('seal_away').execute();
  house.seal();
  await house.write();
  await vi.waitFor(() => expect(house.logged).toHaveLength(1), patience);
  await schema.alterTable('seal_away').renameTo('audit_seal').execute();
  await house.sealed();
  await vi.waitFor(() => expect(house.logged).toHaveLength(2), patience);
  expect(house.logged).toEqual([
    expect.stringContaining('could not be sealed; tried again'),
    'the audit log is sealed again',
  ]);
});
