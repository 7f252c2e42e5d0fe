import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { openDatabase } from '../../db/connection.ts';
import { silentLog, type TestDatabase, testDatabase } from '../../db/testing.ts';
import { systemClock } from '../../platform/clock.ts';
import { createSecretBox } from '../../platform/secrets.ts';
import { type LogHouse, openLogHouse, otherKey, rightKey } from './testing/log-house.ts';
import { verifyAudit } from './verify.ts';

/*
 * Every way to tamper that we can think of, by somebody who may do anything in the database and has not the master key. No sealer runs
 * while it happens: it would seal anew what lost its seal.
 */

let house: LogHouse;

/** Keeps the server between the tests. */
let keeper: TestDatabase;

beforeAll(async () => {
  keeper = await testDatabase();
});
afterAll(() => keeper.close());
beforeEach(async () => {
  house = await openLogHouse();
  const stop = house.seal();
  for (let n = 1; n <= 6; n += 1)
    await house.write({ target: `t${n}`, reason: `r${n}`, details: { n, of: { six: 6 } } });
  await house.sealed();
  await stop();
});
afterEach(() => house.close());

const found = async (options?: Parameters<LogHouse['verify']>[0]) => {
  const { holds, problems } = await house.verify(options);
  return { holds, problems: problems.map(({ position, seq, sentence }) => [position, seq, sentence] as const) };
};

test('a log that nobody touched holds, and says where it ends', async () => {
  const verified = await house.verify();
  expect(verified).toMatchObject({ holds: true, entries: 6, retired: 0, unsealed: 0, problems: [] });
  expect(verified.head).toEqual({ position: 6, hash: expect.stringMatching(/^[0-9a-f]{64}$/) });
  expect(verified.sentence).toContain('The chain holds: 6 entries');
});

test('an empty log holds, and has no head', async () => {
  await house.tamper('DELETE FROM audit_seal', 'DELETE FROM audit_entry');
  expect(await house.verify()).toMatchObject({ holds: true, entries: 0, head: null });
});

test.each([
  `actor = 'user:b@example.com'`,
  `action = 'pool.remove'`,
  `target = 't'`,
  `pool_id = 'p'`,
  `reason = NULL`,
  `reason = ''`,
  `request_id = 'r'`,
  `at = at + interval '1 microsecond'`,
  `at = 'infinity'`,
  `details = details || '{"n": 33}'`,
  `details = details || '{"n": 3.0}'`,
  `details = jsonb_set(details, '{of,six}', '9007199254740993')`,
  // What stands in one field is moved into the next: the same text in the same order.
  `target = '', reason = target || reason`,
])('an entry that was changed is named: SET %s', async (change) => {
  await house.tamper(`UPDATE audit_entry SET ${change} WHERE seq = 3`);
  expect(await found()).toEqual({
    holds: false,
    problems: [[3, 3, expect.stringContaining('Entry 3 (position 3) is not as it was sealed')]],
  });
});

test('an entry that was removed is named, the newest and the oldest too', async () => {
  await house.tamper('DELETE FROM audit_entry WHERE seq IN (1, 4, 6)');
  const removed = (seq: number) => [seq, seq, expect.stringContaining(`Entry ${seq} (position ${seq}) was removed`)];
  expect(await found()).toEqual({ holds: false, problems: [removed(1), removed(4), removed(6)] });
});

test('an entry that got another number is missing under its own', async () => {
  await house.tamper(
    'ALTER TABLE audit_entry ALTER seq DROP IDENTITY',
    'UPDATE audit_entry SET seq = 60 WHERE seq = 3',
  );
  expect((await found()).problems).toContainEqual([3, 3, expect.stringContaining('was removed')]);
});

test('what retention removed leaves its seals, and the chain holds through them', async () => {
  await house.tamper('DELETE FROM audit_seal', 'DELETE FROM audit_entry');
  await house.tamper(
    `INSERT INTO audit_entry (at, actor, action, target)
     SELECT clock_timestamp() - interval '400 days 1 second', 'a', 'b', n::text FROM generate_series(1, 3) AS n`,
  );
  await house.write();
  house.seal();
  await house.sealed();
  expect(await house.verify()).toMatchObject({ holds: true, entries: 4, retired: 0 });
  await sql`DELETE FROM audit_entry WHERE at < clock_timestamp() - interval '400 days'`.execute(house.database.kysely);
  expect(await house.verify()).toMatchObject({ holds: true, entries: 1, retired: 3 });
});

test('an entry that was removed is no older for what the database says the time is', async () => {
  const { kysely, url } = house.database;
  await house.tamper(
    'DELETE FROM audit_entry WHERE seq = 3',
    `CREATE FUNCTION public.clock_timestamp() RETURNS timestamptz LANGUAGE sql AS 'SELECT pg_catalog.now() + interval ''401 days'''`,
  );
  const { rows } = await sql<{ name: string }>`SELECT current_database() AS name`.execute(kysely);
  await sql`ALTER DATABASE ${sql.id(rows[0]?.name ?? '')} SET search_path = public, pg_catalog`.execute(kysely);
  // As a session opens itself, and as one whose own options put the function before PostgreSQL's.
  for (const connectionString of [url, `${url}&options=${encodeURIComponent('-c search_path=public,pg_catalog')}`]) {
    const later = openDatabase({ connection: { connectionString }, clock: systemClock, log: silentLog });
    const deps = { db: later.kysely, clock: systemClock, secrets: createSecretBox(rightKey) };
    const verified = await verifyAudit(deps, {}, new AbortController().signal);
    await later.close();
    expect(verified.problems).toEqual([{ position: 3, seq: 3, sentence: expect.stringContaining('was removed') }]);
  }
});

test('an entry that was removed does not become old by setting the time in its seal', async () => {
  await house.tamper(
    'DELETE FROM audit_entry WHERE seq = 1',
    `UPDATE audit_seal SET entry_at = now() - interval '2 years', sealed_at = now() - interval '2 years' WHERE seq = 1`,
  );
  expect(await found()).toEqual({
    holds: false,
    problems: [[1, 1, expect.stringContaining('The seal at position 1 (entry 1) does not follow')]],
  });
});

test('a seal that was removed is named; so are several', async () => {
  await house.tamper('DELETE FROM audit_seal WHERE position = 1 OR position IN (3, 4)');
  const { holds, problems } = await found();
  expect(holds).toBe(false);
  expect(problems.map(([, , sentence]) => sentence)).toEqual([
    expect.stringContaining('The seal at position 1 is missing'),
    expect.stringContaining('The seals at positions 3 to 4 are missing'),
  ]);
});

test('a seal and its entry that are gone together leave a gap', async () => {
  await house.tamper('DELETE FROM audit_seal WHERE seq = 3', 'DELETE FROM audit_entry WHERE seq = 3');
  expect((await found()).problems).toEqual([[3, null, expect.stringContaining('The seal at position 3 is missing')]]);
});

test('a gap that was closed by moving the later seals up breaks their links', async () => {
  await house.tamper(
    'DELETE FROM audit_seal WHERE seq = 3',
    'DELETE FROM audit_entry WHERE seq = 3',
    'UPDATE audit_seal SET position = position + 100 WHERE position > 3',
    'UPDATE audit_seal SET position = position - 101 WHERE position > 100',
  );
  const { problems } = await found();
  expect(problems.map(([position]) => position)).toEqual([3, 4, 5]);
  expect(problems[0]?.[2]).toContain('does not follow');
});

test('a seal that was put in, at the end or in the middle, breaks its link', async () => {
  const seal = (position: number, seq: number) =>
    `INSERT INTO audit_seal (position, seq, entry_at, entry_mac, hash) SELECT ${position}, ${seq}, now(), sha256('x'), sha256('y')`;
  await house.tamper(seal(7, 7));
  expect((await found()).problems).toContainEqual([7, 7, expect.stringContaining('does not follow')]);
  await house.tamper(
    'DELETE FROM audit_seal WHERE position = 7',
    'UPDATE audit_seal SET position = position + 100 WHERE position > 2',
    'UPDATE audit_seal SET position = position - 99 WHERE position > 100',
    seal(3, 7),
  );
  const { problems } = await found();
  expect(problems.map(([position]) => position)).toEqual(expect.arrayContaining([3, 4, 5, 6, 7]));
});

test('seals that changed places break their links', async () => {
  await house.tamper(
    'UPDATE audit_seal SET position = 100 WHERE position = 2',
    'UPDATE audit_seal SET position = 2 WHERE position = 4',
    'UPDATE audit_seal SET position = 4 WHERE position = 100',
  );
  const { problems } = await found();
  expect(problems.map(([position]) => position)).toEqual([2, 3, 4, 5]);
});

test('entries that changed places under their seals are named both', async () => {
  await house.tamper(
    'UPDATE audit_seal SET seq = 100 WHERE seq = 2',
    'UPDATE audit_seal SET seq = 2 WHERE seq = 4',
    'UPDATE audit_seal SET seq = 4 WHERE seq = 100',
  );
  const { problems } = await found();
  expect(problems.map(([position]) => position)).toEqual([2, 2, 4, 4]);
});

test.each(['hash', 'entry_mac'])('a seal whose %s was changed breaks', async (column) => {
  await house.tamper(`UPDATE audit_seal SET ${column} = sha256('x') WHERE position = 3`);
  const { problems } = await found();
  expect(problems[0]).toMatchObject([3, 3, expect.stringContaining('does not follow')]);
});

test('an entry that stays unsealed for more than 10 s is named; a younger one is only counted', async () => {
  await house.write();
  expect(await house.verify()).toMatchObject({ holds: true, unsealed: 1 });
  await house.tamper(
    `INSERT INTO audit_entry (at, actor, action, target) VALUES (clock_timestamp() - interval '11 seconds', 'a', 'b', 'c')`,
  );
  const verified = await house.verify();
  expect(verified).toMatchObject({ holds: false, unsealed: 2 });
  expect(verified.problems).toEqual([
    { position: null, seq: 8, sentence: expect.stringContaining('Entry 8 is older than 10 s and not in the chain') },
  ]);
});

test('an entry that was written long before its commit is no alarm', async () => {
  await house.tamper(
    `INSERT INTO audit_entry (at, actor, action, target) VALUES (clock_timestamp() - interval '11 seconds', 'a', 'b', 'c')`,
  );
  const verifying = house.verify();
  house.seal();
  expect(await verifying).toMatchObject({ holds: true });
});

test('a head that was noted is found again; an end that was cut off is found by it alone', async () => {
  const { head } = await house.verify();
  const noted = `${head?.position}:${head?.hash}`;
  expect(await found({ expect: noted })).toMatchObject({ holds: true });
  await house.tamper('DELETE FROM audit_seal WHERE position > 4', 'DELETE FROM audit_entry WHERE seq > 4');
  expect(await found()).toMatchObject({ holds: true });
  expect(await found({ expect: noted })).toEqual({
    holds: false,
    problems: [[6, null, expect.stringContaining('The chain ends at position 4, before position 6 that was noted')]],
  });
});

test('an end that was made anew by the sealer itself is found by the head that was noted', async () => {
  const { head } = await house.verify();
  await house.tamper('DELETE FROM audit_seal WHERE position > 4', `UPDATE audit_entry SET reason = 'x' WHERE seq > 4`);
  house.seal();
  await house.sealed();
  expect(await found()).toMatchObject({ holds: true });
  expect(await found({ expect: `${head?.position}:${head?.hash}` })).toEqual({
    holds: false,
    problems: [[6, null, expect.stringContaining('Position 6 has another hash than the one that was noted')]],
  });
});

test('another master key is called that, in one sentence', async () => {
  const { holds, problems } = await found({ masterKey: otherKey });
  expect({ holds, count: problems.length }).toEqual({ holds: false, count: 1 });
  expect(problems[0]?.[2]).toContain('Nothing in the chain fits the present master key');
});

test('a chain that is broken everywhere is told in a hundred problems and a number', async () => {
  await house.tamper(
    `INSERT INTO audit_seal (position, seq, entry_at, entry_mac, hash)
     SELECT n, n, now(), sha256('x'), sha256('y') FROM generate_series(7, 1206) AS n`,
  );
  const verified = await house.verify();
  expect(verified.problems).toHaveLength(101);
  expect(verified.problems.at(-1)?.sentence).toBe('2300 more problems like these are not listed.');
  expect(verified.sentence).toBe('The chain does not hold: 2400 problems.');
});
