import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Client } from '@serverctl/contract';
import { isAppError, type PoolId } from '@serverctl/core';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type BuiltEdge, buildEdge, memberInput } from './testing/built-edge.ts';
import { type OperatorHouse, openOperatorHouse } from './testing/operator-house.ts';
import { addPerson, addToken } from './testing/people.ts';

/* lb1 is active, and both have one priority: 100. Whoever is put before lb1 gets its records by automatic failback (R12). */

let directory: string;
let house: OperatorHouse;
let edge: BuiltEdge;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sct-order-failback-'));
});
beforeEach(async () => {
  house = await openOperatorHouse(directory);
  edge = await buildEdge(house);
  return () => house.close();
});
afterAll(() => rm(directory, { recursive: true }));

type Patch = Parameters<Client['members']['set']>[2];
const automatic = (change: object = {}) =>
  house.client.pools.set('edge', {
    automaticFailover: true,
    confirmMove: true,
    failback: { policy: 'automatic', afterMinutes: 30, window: { from: '02:00', to: '04:00' } },
    ...change,
  });
const told = (act: Promise<unknown>) =>
  act.then(
    () => 'done',
    (error: unknown) => (isAppError(error) ? { code: error.code, details: error.details } : Promise.reject(error)),
  );
const set = (member: string, patch: Patch) => told(house.client.members.set('edge', member, patch));

test('a priority by which automatic failback takes the records elsewhere changes nothing until it is confirmed', async () => {
  await automatic();
  const before = await house.stored();
  const because =
    'Records go from lb1.example.com to lb2.example.com after 30 min of health from now, between 02:00 and 04:00 UTC: failback is automatic in this pool.';
  const refused = {
    code: 'order_would_fail_back',
    details: { because, from: 'lb1.example.com', to: 'lb2.example.com' },
  };
  expect(await set(edge.lb2, { priority: 50 })).toMatchObject(refused);
  expect(await set(edge.lb1, { priority: 150 })).toMatchObject(refused);
  expect(await set(edge.lb1, { priority: 150, confirmMove: true })).toMatchObject(refused);
  expect(await house.stored()).toBe(before);
  expect(await set(edge.lb2, { priority: 50, confirmFailback: true })).toBe('done');
});

test('a yes to one member is none to another', async () => {
  await automatic();
  expect(await set(edge.lb2, { priority: 50, confirmFailback: true, expectNext: edge.lb1 })).toMatchObject({
    code: 'pool_changed',
    details: { next: 'lb2.example.com' },
  });
  expect(await set(edge.lb2, { priority: 50, confirmFailback: true, expectNext: 'LB2.example.com' })).toBe('done');
});

test('a new member that is put before the active one is asked for as well', async () => {
  await automatic();
  const add = (change: object) => told(house.client.members.add('edge', { ...memberInput(3), ...change }));
  expect(await add({ priority: 5 })).toMatchObject({
    code: 'order_would_fail_back',
    details: { to: 'lb3.example.com' },
  });
  expect(await add({ priority: 5, confirmFailback: true, expectNext: 'lb3.example.com' })).toBe('done');
  expect(await told(house.client.members.add('edge', memberInput(4)))).toBe('done');
});

test('nothing is asked where nothing goes back, or what goes back is no news', async () => {
  expect(await set(edge.lb2, { priority: 50 })).toBe('done');
  await automatic();
  expect(await set(edge.lb2, { priority: 40, zone: 'dc2' })).toBe('done');
  expect(await set(edge.lb2, { priority: 100 })).toBe('done');
  expect(await set(edge.lb2, { priority: 110 })).toBe('done');
  await automatic({ automaticFailover: false });
  expect(await set(edge.lb2, { priority: 50 })).toBe('done');
});

test('who may change members and move no records may not confirm it', async () => {
  await automatic();
  const { id } = await addPerson(house, 'ops@example.com', [{ role: 'operator', poolId: edge.pool as PoolId }]);
  const narrow = house.clientAs(await addToken(house, id, { only: ['pool:read', 'member:write'] }));
  expect(await told(narrow.members.set('edge', edge.lb2, { priority: 50, confirmFailback: true }))).toMatchObject({
    code: 'permission_denied',
    details: { permission: 'promotion:write' },
  });
});
