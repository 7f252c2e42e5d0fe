import { expect, test } from 'vitest';
import { furnish } from './furnish.ts';
import type { Under } from './under-test.ts';

const foreign = { because: 'foreign-mark', sentence: 'Another control plane wrote there.', seenEpoch: null } as const;
const newer = { because: 'newer-epoch', sentence: 'Epoch 9 was read.', seenEpoch: 9 } as const;

/** A pool that stands still until a person resumes it (R13, R21, R25). */
export function describePausing(under: Under): void {
  test('a pause latches with its first reason, and one event, until a person resumes', async () => {
    const house = await furnish(under());
    const fence = await under().takeLease('holder');
    expect(await under().store.pause(house.poolId, foreign, fence)).toBe(true);
    expect(await under().store.pause(house.poolId, newer, fence)).toBe(false);
    expect((await house.read()).pool.paused).toBe('foreign-mark');
    expect(await under().events(house.poolId)).toEqual(['pool.paused']);
    await under().resume(house.poolId);
    expect((await house.read()).pool.paused).toBeNull();
    await under().store.pause(house.poolId, newer, fence);
    expect((await house.read()).pool.paused).toBe('newer-epoch');
    expect(await under().events(house.poolId)).toEqual(['pool.paused', 'pool.paused']);
  });

  test('the next epoch is above any that was seen in a mark, also when the pool was paused before (R25)', async () => {
    const house = await furnish(under());
    const fence = await under().takeLease('holder');
    await house.promote({ kind: 'first-publish', to: house.one });
    await under().store.pause(house.poolId, foreign, fence);
    await under().store.pause(house.poolId, newer, fence);
    await under().store.pause(house.poolId, { ...newer, seenEpoch: 4 }, fence);
    expect((await house.read()).pool.epoch).toBe(1);
    expect(await house.promote({ kind: 'switchover', to: house.two, expectedEpoch: 1 })).toBe(10);
    expect((await house.read()).pool).toMatchObject({ epoch: 10, activeMemberId: house.two });
    expect(await house.promote({ kind: 'switchover', to: house.one, expectedEpoch: 10 })).toBe(11);
    expect((await house.read()).recentPromotions.map(({ epoch }) => epoch)).toEqual([11, 10, 1]);
  });

  test('a pause of a pool that is gone changes nothing', async () => {
    const house = await furnish(under());
    const gone = house.poolId.replace('suite', 'none-') as typeof house.poolId;
    expect(await under().store.pause(gone, newer, await under().takeLease('holder'))).toBe(false);
    expect(await under().events(gone)).toEqual([]);
  });

  test('what a name shall answer says under which epoch the pool was paused, whoever paused it', async () => {
    const house = await furnish(under());
    const wish = async () => {
      const desired = await under().store.desired(house.name);
      return [desired?.epoch, desired?.pausedEpoch];
    };
    await house.promote({ kind: 'first-publish', to: house.one });
    expect(await wish()).toEqual([1, null]);
    const fence = await under().takeLease('holder');
    await under().store.pause(house.poolId, foreign, fence);
    expect(await wish()).toEqual([1, 1]);
    await house.promote({ kind: 'adoption', to: house.two, expectedEpoch: 1 });
    await under().store.pause(house.poolId, newer, fence);
    expect(await wish()).toEqual([2, 1]);
    await under().resume(house.poolId);
    expect(await wish()).toEqual([2, null]);
    await under().pause(house.poolId);
    expect(await wish()).toEqual([2, 2]);
  });
}
