import type { PromotionId } from '@serverctl/core';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { addressOf } from '../../../../testkit/src/index.ts';
import { openScene, type PublisherScene, us } from './testing/publisher-scene.ts';

/* A database that is put back while the control plane runs (R25), by a credential whose records bear no marks: only the epochs tell it. */

let scene: PublisherScene;
beforeEach(async () => {
  scene = await openScene({ canMark: false });
  await scene.promote(1, 'first-publish');
  await scene.promote(2);
  await scene.promote(3);
  await scene.clock.advance(1_000);
  expect([scene.epoch(), scene.held()]).toEqual([3, [addressOf(3)]]);
});
afterEach(() => scene.close());

const hour = 3_600_000;

/** The pool and its name are as they were after the first publish. */
function putBack(): void {
  const { house, changed } = scene.store;
  for (const pool of house.pools.values()) {
    const activeMemberId = house.promotions[0]?.to ?? null;
    house.pools.set(pool.id, { ...pool, epoch: 1, activeMemberId });
  }
  for (const binding of house.bindings.values())
    house.bindings.set(binding.id, { ...binding, publishedEpoch: 1, publishedAddress: addressOf(1) });
  changed();
}

test('an epoch that falls pauses the pool, pages once and writes nothing; the next promotion is above it and is written', async () => {
  putBack();
  await scene.clock.advance(hour);
  expect([scene.pool()?.paused, scene.told('pool.paused'), scene.held()]).toEqual(['newer-epoch', 1, [addressOf(3)]]);
  expect([scene.lastError(), scene.count('replace')]).toEqual(['dns_epoch_superseded', 3]);
  await scene.promote(2, 'switchover');
  expect([scene.epoch(), scene.held()]).toEqual([4, [addressOf(2)]]);
});

test('it is told once: a person who resumes has the last word', async () => {
  putBack();
  await scene.clock.advance(1_000);
  scene.store.operator.resume(scene.poolId);
  await scene.clock.advance(hour);
  expect([scene.pool()?.paused, scene.told('pool.paused')]).toEqual([null, 1]);
});

test('a promotion under an epoch that was used before is no acknowledged one: it is written once a person resumes', async () => {
  putBack();
  await scene.promote(2);
  await scene.clock.advance(hour);
  expect([scene.epoch(), scene.pool()?.paused, scene.held()]).toEqual([2, 'newer-epoch', [addressOf(3)]]);
  scene.store.operator.resume(scene.poolId);
  await scene.clock.advance(100);
  expect(scene.held()).toEqual([addressOf(2)]);
});

test('the same epoch of another promotion is a database that was put back as well', async () => {
  scene.lease.lose();
  putBack();
  await scene.promote(1);
  await scene.promote(2);
  scene.lease.grant();
  await scene.clock.advance(1_000);
  expect([scene.epoch(), scene.pool()?.paused]).toEqual([3, 'newer-epoch']);
  await scene.promote(1, 'switchover');
  expect([scene.epoch(), scene.held()]).toEqual([4, [addressOf(1)]]);
});

/** The store has the present epoch by another promotion, to the same address, by the next time it is asked for a wish. */
function madeAnew(onAsk: number): void {
  const { desired } = scene.store;
  let asked = 0;
  scene.store.desired = async (bindingId) => {
    asked += 1;
    const wish = await desired(bindingId);
    return wish === null || asked < onAsk ? wish : { ...wish, promotionId: 'f00000000099' as PromotionId };
  };
}

test('nor is one that comes between a name’s read and its write written on: the wish is another (R16, R25)', async () => {
  madeAnew(2);
  await scene.promote(1);
  await scene.clock.advance(1_000);
  expect([scene.count('replace'), scene.held(), scene.pool()?.paused]).toEqual([3, [addressOf(3)], 'newer-epoch']);
});

test('nor does a mark that was read under the promotion before pause the pool for what the mark says (R21, R25)', async () => {
  scene.putMark('v=1 cp=cp0000000099 pool=p00000000001 epoch=9');
  madeAnew(2);
  await scene.promote(1);
  await scene.clock.advance(1_000);
  const reasons = scene.notices.filter(({ kind }) => kind === 'pool.paused').map(({ details }) => details['because']);
  expect([reasons[0], scene.count('replace')]).toEqual(['newer-epoch', 3]);
});

test('an epoch above what was known before needs no pause', async () => {
  scene.lease.lose();
  putBack();
  for (const member of [2, 1, 2]) await scene.promote(member);
  scene.lease.grant();
  await scene.clock.advance(1_000);
  expect([scene.epoch(), scene.pool()?.paused, scene.held()]).toEqual([4, null, [addressOf(2)]]);
});

test('a store that does not take the pause is asked again', async () => {
  const { pause } = scene.store;
  let refused = 0;
  scene.store.pause = async (...given) => {
    refused += 1;
    if (refused === 1) throw new Error('away');
    return pause(...given);
  };
  putBack();
  await scene.clock.advance(5_000);
  expect([scene.pool()?.paused, refused, scene.count('replace')]).toEqual(['newer-epoch', 2, 3]);
});

test('in a pool that stands still already the greater epoch is kept, and people are told of it', async () => {
  putBack();
  scene.store.operator.pause(scene.poolId);
  await scene.clock.advance(1_000);
  await scene.promote(2, 'switchover');
  expect([scene.epoch(), scene.held(), scene.told('pool.paused')]).toEqual([4, [addressOf(2)], 1]);
});

test('a greater epoch in a mark is told again to a store that has forgotten it', async () => {
  await scene.close();
  scene = await openScene();
  for (const member of [1, 2]) await scene.promote(member);
  scene.putMark(`v=1 cp=${us} pool=${scene.poolId} epoch=41`);
  await scene.clock.advance(35_000);
  scene.store.house.seenEpoch.clear();
  putBack();
  await scene.clock.advance(70_000);
  await scene.promote(2, 'switchover');
  expect([scene.epoch(), scene.held(), scene.told('pool.paused')]).toEqual([42, [addressOf(2)], 1]);
});
