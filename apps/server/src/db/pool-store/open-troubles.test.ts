import type { EventKind } from '@serverctl/core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type EventInput, writeEvent } from '../repositories/events.ts';
import { type TestDatabase, testDatabase } from '../testing.ts';
import { readOpenTroubles } from './open-troubles.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.close());

const write = (event: EventInput) => database.kysely.transaction().execute((trx) => writeEvent(trx, event));
const tell = (kind: EventKind, poolId: string | null = null, memberId: string | null = null, details = {}) =>
  write({ kind, severity: 'info', poolId, memberId, sentence: 'It happened.', details });
const open = async () =>
  (await readOpenTroubles(database.kysely)).map((one) => Object.values(one).join(' ')).toSorted();

test('what was told last of each thread is open, unless it was the end', async () => {
  expect(await open()).toEqual([]);
  await tell('member.heartbeat-lost', 'p1', 'm1');
  await tell('member.unheard', 'p1', 'm2');
  await tell('member.heartbeat-lost', 'p1', 'm2');
  await tell('member.healthy', 'p1', 'm1');
  await tell('pool.no-standby', 'p1', 'm1');
  await tell('pool.recovered', 'p1', 'm2');
  await tell('pool.held', 'p2', 'm3');
  await tell('pool.maintenance', 'p2');
  await tell('pool.maintenance-ending', 'p2');
  await tell('member.maintenance', 'p2', 'm3');
  await tell('fleet.nobody-heard');
  await tell('fleet.heard-again');
  await tell('fleet.velocity');
  await tell('pool.promoted', 'p1', 'm1');
  expect(await open()).toEqual([
    'fleet.velocity  ',
    'member.heartbeat-lost p1 m2',
    'member.maintenance p2 m3',
    'pool.held p2 m3',
    'pool.maintenance-ending p2 ',
  ]);
  // What is for the event log alone in a maintenance was told to nobody, and ends nothing either.
  await tell('member.healthy', 'p1', 'm2', { inMaintenance: true });
  await tell('member.heartbeat-lost', 'p1', 'm1', { inMaintenance: true });
  expect(await open()).toContain('member.heartbeat-lost p1 m2');
  expect(await open()).not.toContain('member.heartbeat-lost p1 m1');
});
