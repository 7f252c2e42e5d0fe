import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type TestDatabase, testDatabase } from '../testing.ts';
import { decisionLines, decisionOf } from './decisions.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
  for (const [pool, at, sentence] of [
    ['pool', '2026-11-01T12:00:00Z', 'calm'],
    ['pool', '2026-11-01T12:00:30Z', 'silent'],
    ['pool', '2026-11-01T12:00:30Z', 'moved'],
    ['other', '2026-11-01T12:00:40Z', 'another pool'],
  ])
    await sql`INSERT INTO decision (pool_id, at, decision, sentence, evidence)
      VALUES (${pool}, ${at}, '{}', ${sentence}, '{}')`.execute(database.kysely);
});
afterAll(() => database.close());

test.each([
  ['2026-11-01T11:59:59Z', undefined],
  ['2026-11-01T12:00:00Z', 'calm'],
  ['2026-11-01T12:00:29Z', 'calm'],
  ['2026-11-01T12:00:30Z', 'moved'],
  ['2026-12-01T00:00:00Z', 'moved'],
])('at %s the decision in force is: %s', async (at, sentence) => {
  const [line] = await decisionLines(database.kysely, 'pool', { upTo: new Date(at), after: undefined, limit: 1 });
  expect(line?.sentence).toBe(sentence);
  if (line !== undefined) expect((await decisionOf(database.kysely, line))?.sentence).toBe(sentence);
});
