import { AppError } from '@serverctl/core';
import { afterEach, expect, test } from 'vitest';
import { addressOf, createWorld, type World } from '../../../../testkit/src/index.ts';

let world: World;
async function begin(): Promise<void> {
  world = createWorld({ members: 3, pool: { failoverDelayMs: 10_000 } });
  await world.start();
}
afterEach(() => world.stop());

/** What the store knows of the member's address changes without a notice. */
function setAddress(number: number, publicIpv4: string | null): void {
  const { members } = world.store.house;
  const member = members.get(world.member(number));
  if (member !== undefined) members.set(member.id, { ...member, publicIpv4 });
}

test('a standby that beats but has no stored address is no candidate: the next one is promoted at once', async () => {
  await begin();
  setAddress(2, null);
  world.store.changed();
  world.kill(1);
  await world.clock.advance(10_300);
  expect([world.active(), world.published(), world.told('pool.target-refused')]).toEqual([3, 3, 0]);
});

test('a target that the store refuses is told once, and the next turn tries the next one', async () => {
  await begin();
  const { promote } = world.store;
  let attempts = 0;
  world.store.promote = async (promotion, fence) => {
    if (promotion.to !== world.member(2)) return promote(promotion, fence);
    attempts += 1;
    if (attempts > 2) setAddress(2, null);
    throw new AppError('target_has_no_address', { member: promotion.to });
  };
  world.kill(1);
  await world.clock.advance(12_000);
  expect([world.active(), world.published(), attempts]).toEqual([3, 3, 3]);
  expect(world.notices.filter(({ kind }) => kind === 'pool.target-refused')).toMatchObject([
    { severity: 'warning', memberId: world.member(2), details: { code: 'target_has_no_address' } },
  ]);
});

test('an address that changes after the decision moves no record; the next promotion uses it', async () => {
  await begin();
  setAddress(1, '198.51.100.77');
  world.store.changed();
  await world.clock.advance(60_000);
  expect([world.published(), world.store.house.promotions.length]).toEqual([1, 1]);
  setAddress(2, addressOf(9));
  world.store.changed();
  world.kill(1);
  await world.clock.advance(10_300);
  expect([world.active(), world.published()]).toEqual([2, 9]);
  expect(world.store.house.promotions.at(-1)?.sentence).toMatch(/was made active: \S+ had sent no heartbeat/);
});

test('a promotion that was given up and is recorded all the same is told once, when a read shows it', async () => {
  await begin();
  const { promote } = world.store;
  const late: (() => Promise<unknown>)[] = [];
  world.store.promote = (promotion, fence) => {
    if (late.length > 0) return Promise.reject(new AppError('database_unavailable'));
    late.push(() => promote(promotion, fence));
    return new Promise(() => {});
  };
  world.kill(1);
  await world.clock.advance(20_000);
  expect([late.length, world.active(), world.told('pool.promoted')]).toEqual([1, 1, 0]);
  await late[0]?.();
  await world.clock.advance(20_000);
  expect([world.active(), world.published(), world.told('pool.promoted')]).toEqual([2, 2, 1]);
});

test('the epoch that is told is the one the store gave: above any that was ever seen in a mark (R25)', async () => {
  await begin();
  world.store.house.seenEpoch.set(world.poolId, 40);
  world.kill(1);
  await world.clock.advance(12_000);
  expect(world.notices.find(({ kind }) => kind === 'pool.promoted')?.details['epoch']).toBe(41);
  expect(world.store.house.pools.get(world.poolId)?.epoch).toBe(41);
});

test('a commit that the fence refuses is made anew by the next turn, and told once (R15)', async () => {
  await begin();
  const { promote } = world.store;
  let refusals = 0;
  world.store.promote = (promotion, fence) => {
    if (refusals === 2) return promote(promotion, fence);
    refusals += 1;
    return Promise.reject(new AppError('not_leader'));
  };
  world.kill(1);
  await world.clock.advance(12_000);
  expect([refusals, world.active(), world.published(), world.told('pool.promoted')]).toEqual([2, 2, 2, 1]);
});
