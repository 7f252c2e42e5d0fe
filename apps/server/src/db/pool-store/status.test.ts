import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type TestDatabase, testDatabase } from '../testing.ts';
import { statusChannel, storeStatus } from './status.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.close());

test('judgements with news ring for whoever shows pools, others do not', async () => {
  const told = vi.fn();
  const unlisten = database.listen(statusChannel, (payload) => payload !== null && told());
  const judgement = {
    decision: { kind: 'keep' },
    health: {},
    standings: [],
    nextInLine: null,
    sentence: 'calm',
    judgeAgainInMs: null,
  };
  const rows = [{ poolId: 'a', judgement, evidence: {}, frozenTicks: 0 }] as never;
  await vi.waitFor(async () => {
    await storeStatus(database.kysely, rows, true);
    expect(told).toHaveBeenCalled();
  });
  await database.settled();
  const before = told.mock.calls.length;
  await storeStatus(database.kysely, rows);
  await storeStatus(database.kysely, rows, true);
  await database.settled();
  expect(told).toHaveBeenCalledTimes(before + 1);
  expect(await database.kysely.selectFrom('pool_status').select('pool_id').execute()).toEqual([{ pool_id: 'a' }]);
  unlisten();
});
