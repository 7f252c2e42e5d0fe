import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createFakeClock, type FakeClock } from '../../../../testkit/src/fake-clock.ts';
import { type TestDatabase, testDatabase } from '../db/testing.ts';
import { systemRandom as random } from '../platform/random.ts';
import { type AdminTokens, createAdminTokens, ensureAdminToken } from './admin-token.ts';

let database: TestDatabase;
let dataDir: string;
let clock: FakeClock;
let queries = 0;
let tokens: AdminTokens;

beforeAll(async () => {
  database = await testDatabase();
  dataDir = await mkdtemp(join(tmpdir(), 'sct-token-'));
});
afterAll(async () => {
  await database.close();
  await rm(dataDir, { recursive: true });
});
beforeEach(() => {
  clock = createFakeClock();
  queries = 0;
  const counted = database.kysely.withPlugin({
    transformQuery({ node }) {
      queries += 1;
      return node;
    },
    transformResult: async ({ result }) => result,
  });
  tokens = createAdminTokens(counted, clock);
});

const newToken = async () =>
  (await ensureAdminToken({ db: database.kysely, random, dataDir, renew: true }))?.token ?? '';

test('a flood of wrong tokens costs one query a second, and the right one is accepted all the while', async () => {
  const right = await newToken();
  const flood = () => Promise.all(Array.from({ length: 500 }, (_, n) => tokens.accepts(`wrong ${n}`)));
  for (let second = 0; second < 3; second += 1) {
    queries = 0;
    expect(new Set(await flood())).toEqual(new Set([false]));
    expect(queries).toBe(1);
    queries = 0;
    expect(new Set(await flood())).toEqual(new Set([false]));
    expect(queries).toBe(0);
    expect(await tokens.accepts(right)).toBe(true);
    await clock.advance(1_000);
  }
});

test('a revoked token ends at once, and the new one is known within a second', async () => {
  const old = await newToken();
  expect(await tokens.accepts(old)).toBe(true);
  const renewed = await newToken();
  expect(await tokens.accepts(old)).toBe(false);
  expect(await tokens.accepts(renewed)).toBe(true);
  const again = await newToken();
  await clock.advance(1_000);
  expect(await tokens.accepts(again)).toBe(true);
});
