import { hourMs, minuteMs } from '@serverctl/core';
import { expect, test } from 'vitest';
import { furnish } from './furnish.ts';
import type { Under } from './under-test.ts';

const dayMs = 24 * hourMs;

/** What the brakes count (R9, R10, R11), and their latch. */
export function describeBraking(under: Under): void {
  describeCounting(under);
  describeSetBack(under);
  describeHolding(under);
}

function describeCounting(under: Under): void {
  test('tells the promotions of the last hour, newest first, with their kind and age', async () => {
    const house = await furnish(under());
    await house.promote({ kind: 'first-publish', to: house.one });
    await under().jumpWallClock(minuteMs);
    await house.promote({ kind: 'failover', to: house.two, expectedEpoch: 1 });
    const [newest, oldest, ...none] = (await house.read()).recentPromotions;
    expect([newest, oldest, none]).toMatchObject([
      { epoch: 2, kind: 'failover', acknowledged: false, unbraked: false },
      { epoch: 1, kind: 'first-publish', acknowledged: false, unbraked: false },
      [],
    ]);
    expect(newest?.ageMs).toBeLessThan(minuteMs);
    expect(oldest?.ageMs).toBeGreaterThanOrEqual(minuteMs);
  });

  test('of promotions older than an hour only the newest one is told, however old it is', async () => {
    const house = await furnish(under());
    await house.promote({ kind: 'first-publish', to: house.one });
    await house.promote({ kind: 'failover', to: house.two, expectedEpoch: 1 });
    await under().jumpWallClock(2 * hourMs);
    const { recentPromotions, present } = await house.read();
    expect(recentPromotions).toMatchObject([{ epoch: 2 }]);
    expect(recentPromotions[0]?.ageMs).toBeGreaterThanOrEqual(2 * hourMs);
    expect(present?.kind).toBe('failover');
    await house.promote({ kind: 'switchover', to: house.one, expectedEpoch: 2 });
    expect((await house.read()).recentPromotions).toMatchObject([{ epoch: 3 }]);
  });

  test('keeps which promotion was made outside of the fleet’s brakes', async () => {
    const house = await furnish(under());
    const decision = { kind: 'promote', from: house.one, to: house.two, because: 'heartbeat-lost' } as const;
    await house.promote({ to: house.one, decision });
    await house.promote({ to: house.two, expectedEpoch: 1, decision: { ...decision, unbraked: 'dead-zone' } });
    expect((await house.read()).recentPromotions.map(({ unbraked }) => unbraked)).toEqual([true, false]);
  });

  test('an acknowledgement takes in every promotion until then, and none that follows (R11)', async () => {
    const house = await furnish(under());
    const acknowledged = async () => (await house.read()).recentPromotions.map((one) => one.acknowledged);
    await house.promote({ kind: 'first-publish', to: house.one });
    await house.promote({ kind: 'failover', to: house.two, expectedEpoch: 1 });
    await under().acknowledge(house.poolId);
    expect(await acknowledged()).toEqual([true, true]);
    await house.promote({ kind: 'failback', to: house.one, expectedEpoch: 2 });
    expect(await acknowledged()).toEqual([false, true, true]);
  });
}

/** The wall clock was set back. */
function describeSetBack(under: Under): void {
  test('of a promotion in the future nobody knows the age, nor of those before it: only the newest is told (R11)', async () => {
    const house = await furnish(under());
    await house.promote({ kind: 'failover', to: house.one });
    await under().jumpWallClock(dayMs);
    await house.promote({ kind: 'failover', to: house.two, expectedEpoch: 1 });
    await house.promote({ kind: 'failover', to: house.one, expectedEpoch: 2 });
    await under().jumpWallClock(10 * minuteMs - dayMs);
    expect((await house.read()).recentPromotions).toMatchObject([{ epoch: 3, ageMs: null }]);
    expect((await house.read()).present?.kind).toBe('failover');
    await house.promote({ kind: 'failover', to: house.two, expectedEpoch: 3 });
    const { recentPromotions } = await house.read();
    expect(recentPromotions).toMatchObject([{ epoch: 4, ageMs: expect.any(Number) }]);
    await under().jumpWallClock(2 * dayMs);
    expect((await house.read()).recentPromotions).toMatchObject([{ epoch: 4, ageMs: expect.any(Number) }]);
  });

  test('an acknowledgement stays, and counts nothing that follows, when the wall clock is set back (R11)', async () => {
    const house = await furnish(under());
    await house.promote({ kind: 'failover', to: house.one });
    await under().jumpWallClock(-hourMs);
    await under().acknowledge(house.poolId);
    await house.promote({ kind: 'failover', to: house.two, expectedEpoch: 1 });
    const { recentPromotions } = await house.read();
    expect(recentPromotions).toMatchObject([{ epoch: 2, acknowledged: false, ageMs: expect.any(Number) }]);
  });
}

function describeHolding(under: Under): void {
  test('a hold that was decided on another epoch latches nothing (R11)', async () => {
    const house = await furnish(under());
    const fence = await under().takeLease('holder');
    await house.promote({ kind: 'first-publish', to: house.one });
    await under().store.hold(house.poolId, 0, 'moved too often', fence);
    expect((await house.read()).pool.held).toBe(false);
    expect(await under().events(house.poolId)).toEqual([]);
    await under().store.hold(house.poolId, 1, 'moved too often', fence);
    expect((await house.read()).pool.held).toBe(true);
  });

  test('a hold latches until it is acknowledged (R11)', async () => {
    const house = await furnish(under());
    const fence = await under().takeLease('holder');
    await under().store.hold(house.poolId, 0, 'moved too often', fence);
    await under().store.hold(house.poolId, 0, 'moved too often', fence);
    expect((await house.read()).pool.held).toBe(true);
    expect(await under().events(house.poolId)).toEqual(['pool.held']);
    await under().acknowledge(house.poolId);
    expect((await house.read()).pool.held).toBe(false);
  });
}
