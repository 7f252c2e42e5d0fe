import { minuteMs } from '@serverctl/core';
import { afterEach, describe, expect, test } from 'vitest';
import { createWorld, type World, type WorldOptions } from '../../../../testkit/src/index.ts';

/* R13. The failover delay is 10 s, the grace 1 s. */

let world: World;
async function begin(options: WorldOptions = {}): Promise<void> {
  world = createWorld({ pool: { failoverDelayMs: 10_000 }, ...options });
  await world.start();
}
afterEach(() => world.stop());

const decision = () => world.store.house.statuses.get(world.poolId)?.judgement.decision;

const scopes = [
  { scope: 'member', set: (ms: number | null) => world.store.operator.memberMaintenance(world.member(1), ms) },
  { scope: 'pool', set: (ms: number | null) => world.store.operator.poolMaintenance(world.poolId, ms) },
] as const;

describe.each(scopes)('maintenance of a $scope', ({ scope, set }) => {
  test('holds a failover back, ends by itself, and silence starts at zero there', async () => {
    await begin();
    set(60_000);
    await world.clock.advance(1_000);
    world.kill(1);
    await world.clock.advance(58_000);
    expect(decision()).toMatchObject({ kind: 'refuse', because: 'maintenance', trouble: 'heartbeat-lost' });
    await world.clock.advance(10_900);
    expect(world.active()).toBe(1);
    await world.clock.advance(700);
    expect([world.active(), world.published(), world.told(`${scope}.maintenance-over`)]).toEqual([2, 2, 1]);
    expect([world.store.house.poolMaintenance.size, world.store.house.memberMaintenance.size]).toEqual([0, 0]);
  });

  test('ended by a person it is the same: nothing moves at once', async () => {
    await begin();
    set(60 * minuteMs);
    world.kill(1);
    await world.clock.advance(60_000);
    set(null);
    await world.clock.advance(9_900);
    expect(world.active()).toBe(1);
    await world.clock.advance(700);
    expect(world.active()).toBe(2);
  });

  test('an HAProxy that was stopped in it counts from its next report on', async () => {
    await begin();
    set(60_000);
    world.report(1, 'stopped');
    await world.clock.advance(60_020);
    expect(world.active()).toBe(1);
    await world.clock.advance(2_100);
    expect(world.active()).toBe(2);
  });

  test('is told 10 min before its end, once, and again when it was extended', async () => {
    await begin();
    const told = () => world.told(`${scope}.maintenance-ending`);
    set(15 * minuteMs);
    await world.clock.advance(4 * minuteMs);
    expect(told()).toBe(0);
    await world.clock.advance(2 * minuteMs);
    expect(told()).toBe(1);
    set(20 * minuteMs);
    await world.clock.advance(9 * minuteMs);
    expect(told()).toBe(1);
    await world.clock.advance(2 * minuteMs);
    expect([told(), world.told(`${scope}.maintenance-over`)]).toEqual([2, 0]);
  });
});

test('in maintenance of a standby nobody moves to it; the next one takes over', async () => {
  await begin({ members: 3 });
  world.store.operator.memberMaintenance(world.member(2), 60 * minuteMs);
  world.kill(1);
  await world.clock.advance(12_000);
  expect([world.active(), world.published()]).toEqual([3, 3]);
});

test('a paused pool stays, however long, until a person resumes it', async () => {
  await begin();
  world.store.operator.pause(world.poolId);
  world.kill(1);
  await world.clock.advance(60 * minuteMs);
  expect(decision()).toMatchObject({ kind: 'refuse', because: 'paused' });
  expect([world.active(), world.published()]).toEqual([1, 1]);
  world.store.operator.resume(world.poolId);
  await world.clock.advance(1_000);
  expect([world.active(), world.published()]).toEqual([2, 2]);
});

test('a member that two hosts speak for is no candidate, and keeps its role when active', async () => {
  await begin({ members: 3 });
  for (const number of [1, 2]) world.store.operator.quarantine(world.member(number));
  await world.clock.advance(30_000);
  expect(world.active()).toBe(1);
  world.kill(1);
  await world.clock.advance(12_000);
  expect(world.active()).toBe(3);
  // Whoever found the clone has told it, with its transaction; a second page would come with each start of a loop.
  expect(world.told('member.quarantined')).toBe(0);
});
