import { hourMs, minuteMs } from '@serverctl/core';
import { expect, test } from 'vitest';
import { furnish } from './furnish.ts';
import type { Under } from './under-test.ts';

/** Maintenance of a pool and of a member: it ends by itself (R13). */
export function describeResting(under: Under): void {
  test('a maintenance tells what is left of it, and is over by itself', async () => {
    const house = await furnish(under());
    await under().setPoolMaintenance(house.poolId, hourMs);
    await under().setMemberMaintenance(house.two, 2 * hourMs);
    await under().jumpWallClock(10 * minuteMs);
    const { maintenanceLeftMs, memberMaintenanceLeftMs } = await house.read();
    expect(maintenanceLeftMs).toBeLessThanOrEqual(50 * minuteMs);
    expect(maintenanceLeftMs).toBeGreaterThan(49 * minuteMs);
    expect([...memberMaintenanceLeftMs.keys()]).toEqual([house.two]);
    expect(memberMaintenanceLeftMs.get(house.two)).toBeLessThanOrEqual(110 * minuteMs);
    await under().jumpWallClock(50 * minuteMs);
    expect((await house.read()).maintenanceLeftMs).toBeNull();
    await under().jumpWallClock(hourMs);
    expect((await house.read()).memberMaintenanceLeftMs.size).toBe(0);
  });

  test('a maintenance is extended, and ended before its time', async () => {
    const house = await furnish(under());
    await under().setPoolMaintenance(house.poolId, minuteMs);
    await under().setPoolMaintenance(house.poolId, hourMs);
    await under().setMemberMaintenance(house.one, minuteMs);
    expect((await house.read()).maintenanceLeftMs).toBeGreaterThan(59 * minuteMs);
    await under().setPoolMaintenance(house.poolId, null);
    await under().setMemberMaintenance(house.one, null);
    const { maintenanceLeftMs, memberMaintenanceLeftMs } = await house.read();
    expect([maintenanceLeftMs, memberMaintenanceLeftMs.size]).toEqual([null, 0]);
  });

  test('a wall clock that is set back leaves no more of a maintenance than its whole length', async () => {
    const house = await furnish(under());
    await under().setPoolMaintenance(house.poolId, hourMs);
    await under().jumpWallClock(-24 * hourMs);
    expect((await house.read()).maintenanceLeftMs).toBe(hourMs);
    await under().jumpWallClock(24 * hourMs);
  });

  test('tells its subscribers of a maintenance, a quarantine, a pause, and a release of the brakes', async () => {
    const house = await furnish(under());
    const fence = await under().takeLease('holder');
    let told = 0;
    const unsubscribe = under().store.onChange(() => {
      told += 1;
    });
    const changes = [
      () => under().setPoolMaintenance(house.poolId, minuteMs),
      () => under().setMemberMaintenance(house.one, minuteMs),
      () => under().quarantine(house.one),
      () => under().store.pause(house.poolId, { because: 'foreign-mark', sentence: 'read', seenEpoch: null }, fence),
      () => under().resume(house.poolId),
      () => under().releaseBrakes(minuteMs),
      () => under().restoreBrakes(),
    ];
    for (const change of changes) {
      await under().settle();
      told = 0;
      await change();
      await under().settle();
      expect(told, String(change)).toBeGreaterThan(0);
    }
    unsubscribe();
  });
}
