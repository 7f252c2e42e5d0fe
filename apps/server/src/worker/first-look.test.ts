import type { BindingId, PoolId } from '@serverctl/core';
import { afterEach, expect, test } from 'vitest';
import { addressOf, buildBinding, buildPool, createFakeClock, id } from '../../../../testkit/src/index.ts';
import { createFirstLook } from './first-look.ts';
import type { PoolWithMembers } from './ports.ts';
import { openScene, type PublisherScene, us } from './testing/publisher-scene.ts';

/* R25: after a restore the newest mark may stand beside another name of the pool than the one that would be written first. */

let scene: PublisherScene | undefined;
afterEach(async () => {
  await scene?.close();
  scene = undefined;
});

const never = new AbortController().signal;
const names = [1, 2].map((number) => id<BindingId>('b', number)) as [BindingId, BindingId];
const row = (pool = 1) =>
  ({
    pool: buildPool({ id: id<PoolId>('p', pool) }),
    bindings: names.map((name) => buildBinding({ id: name })),
  }) as unknown as PoolWithMembers;

const under = (term: number, epoch = 3) => ({ term, epoch });

test('a pool’s names may be written when each was read once in this term, and again in the next one', async () => {
  const firstLook = createFirstLook(createFakeClock());
  let isOver = false;
  firstLook.looked(under(1), row(), names[0]);
  const turn = firstLook.turn(under(1), row(), never)?.then(() => {
    isOver = true;
  });
  firstLook.looked(under(1), row(2), names[1]); // another pool's
  await Promise.resolve();
  expect(isOver).toBe(false);
  firstLook.looked(under(1), row(), names[1]);
  await turn;
  expect([isOver, firstLook.turn(under(1), row(), never)]).toEqual([true, null]);
  expect(firstLook.turn(under(1, 4), row(), never)).toBeNull();
  expect(firstLook.turn(under(2), row(), never)).not.toBeNull();
});

test('a name that cannot be read holds up the others until that is known, under each epoch anew', async () => {
  const firstLook = createFirstLook(createFakeClock());
  firstLook.looked(under(1), row(), names[0]);
  firstLook.missed(under(1), row(), names[1]);
  expect(firstLook.turn(under(1), row(), never)).toBeNull();
  const turn = firstLook.turn(under(1, 4), row(), never);
  expect(turn).not.toBeNull();
  firstLook.missed(under(1, 4), row(), names[1]);
  await turn;
  const before = firstLook.turn(under(1, 5), row(), never);
  firstLook.looked(under(1, 6), row(), names[1]); // what waited under an epoch before goes on, too
  await before;
});

test('a name of which nothing is heard holds up the others for 5 s, under each epoch once', async () => {
  const clock = createFakeClock();
  const firstLook = createFirstLook(clock);
  let isOver = false;
  void firstLook.turn(under(1), row(), never)?.then(() => {
    isOver = true;
  });
  await clock.advance(4_999);
  expect(isOver).toBe(false);
  await clock.advance(101);
  expect([isOver, firstLook.turn(under(1), row(), never)]).toEqual([true, null]);
  expect(firstLook.turn(under(1, 4), row(), never)).not.toBeNull();
});

test('of a database that was put back nothing is written before a slow name’s newer mark was read: the pool is paused', async () => {
  scene = await openScene({ names: 2 });
  scene.lease.lose();
  const { house } = scene.store;
  for (const pool of house.pools.values()) house.pools.set(pool.id, { ...pool, epoch: 1, activeMemberId: id('m', 1) });
  for (const binding of house.bindings.values())
    house.bindings.set(binding.id, { ...binding, publishedEpoch: 1, publishedAddress: addressOf(1) });
  for (const number of [1, 2]) scene.putAddress(addressOf(2), number);
  scene.putMark(`v=1 cp=${us} pool=${scene.poolId} epoch=9`, 1);
  const slow = Promise.withResolvers<void>();
  scene.zone.inject({ kind: 'delay', until: slow.promise }, { verbs: ['read'] }); // the first name's
  await scene.promote(3);
  scene.lease.grant();
  await scene.clock.advance(1_000);
  expect([scene.held(2), scene.count('read')]).toEqual([[addressOf(2)], 2]);
  slow.resolve();
  await scene.clock.advance(5_000);
  expect([scene.pool()?.paused, scene.held(1), scene.held(2)]).toEqual(['newer-epoch', [addressOf(2)], [addressOf(2)]]);
});
