import { hourMs, type MemberId, minuteMs } from '@serverctl/core';
import { expect, test } from 'vitest';
import { furnish } from './furnish.ts';
import type { Under } from './under-test.ts';

/** Maintenance of a pool and of a member (R13): the store tells what is left by its clock, which ends nothing. */
export function describeResting(under: Under): void {
  describeRests(under);
  describeEnding(under);
  describeTelling(under);
}

function describeRests(under: Under): void {
  test('a maintenance tells what is left of it, also when it is past its end by the wall clock', async () => {
    const house = await furnish(under());
    await under().setPoolMaintenance(house.poolId, hourMs);
    await under().setMemberMaintenance(house.two, 2 * hourMs);
    await under().jumpWallClock(10 * minuteMs);
    const { maintenance, memberMaintenance } = await house.read();
    expect(maintenance?.leftMs).toBeLessThanOrEqual(50 * minuteMs);
    expect(maintenance?.leftMs).toBeGreaterThan(49 * minuteMs);
    expect([...memberMaintenance.keys()]).toEqual([house.two]);
    expect(memberMaintenance.get(house.two)?.leftMs).toBeLessThanOrEqual(110 * minuteMs);
    await under().jumpWallClock(3 * hourMs);
    const later = await house.read();
    for (const left of [later.maintenance?.leftMs, later.memberMaintenance.get(house.two)?.leftMs])
      expect(left).toBeLessThanOrEqual(0);
  });

  test('keeps its stamp while it lasts; one that is extended has another', async () => {
    const house = await furnish(under());
    const stamp = async () => (await house.read()).maintenance?.stamp;
    await under().setPoolMaintenance(house.poolId, minuteMs);
    const first = await stamp();
    expect(await stamp()).toBe(first);
    expect(typeof first).toBe('string');
    await under().setPoolMaintenance(house.poolId, hourMs);
    expect(await stamp()).not.toBe(first);
    expect((await house.read()).maintenance?.leftMs).toBeGreaterThan(59 * minuteMs);
  });

  test('a maintenance is ended before its time', async () => {
    const house = await furnish(under());
    await under().setPoolMaintenance(house.poolId, hourMs);
    await under().setMemberMaintenance(house.one, minuteMs);
    await under().setPoolMaintenance(house.poolId, null);
    await under().setMemberMaintenance(house.one, null);
    const { maintenance, memberMaintenance } = await house.read();
    expect([maintenance, memberMaintenance.size]).toEqual([null, 0]);
  });

  test('a wall clock that is set back leaves no more of a maintenance than its whole length', async () => {
    const house = await furnish(under());
    await under().setPoolMaintenance(house.poolId, hourMs);
    await under().jumpWallClock(-24 * hourMs);
    expect((await house.read()).maintenance?.leftMs).toBe(hourMs);
    await under().jumpWallClock(24 * hourMs);
  });
}

function describeEnding(under: Under): void {
  test('the loop ends the one that it means, and none that a person began anew', async () => {
    const house = await furnish(under());
    const fence = await under().takeLease('holder');
    const end = (memberId: MemberId | null, stamp = '') =>
      under().store.endMaintenance({ poolId: house.poolId, memberId, stamp }, fence);
    await under().setPoolMaintenance(house.poolId, minuteMs);
    await under().setMemberMaintenance(house.two, minuteMs);
    const before = await house.read();
    await under().setPoolMaintenance(house.poolId, hourMs);
    await end(null, before.maintenance?.stamp);
    await end(house.two, before.memberMaintenance.get(house.two)?.stamp);
    const { maintenance, memberMaintenance } = await house.read();
    expect(maintenance?.leftMs).toBeGreaterThan(59 * minuteMs);
    expect(memberMaintenance.size).toBe(0);
    await end(null, maintenance?.stamp);
    expect((await house.read()).maintenance).toBeNull();
  });

  test('a loop without the lease ends none (R15)', async () => {
    const house = await furnish(under());
    await under().setPoolMaintenance(house.poolId, minuteMs);
    const stamp = (await house.read()).maintenance?.stamp ?? '';
    const old = await under().takeLease('old');
    await under().takeLease('new');
    const late = under().store.endMaintenance({ poolId: house.poolId, memberId: null, stamp }, old);
    await expect(late).rejects.toMatchObject({ code: 'not_leader' });
    expect((await house.read()).maintenance).not.toBeNull();
  });
}

function describeTelling(under: Under): void {
  test('tells its subscribers of a maintenance and its end, a quarantine, a pause, and a release of the brakes', async () => {
    const house = await furnish(under());
    const fence = await under().takeLease('holder');
    let told = 0;
    const unsubscribe = under().store.onChange(() => {
      told += 1;
    });
    const changes = [
      () => under().setPoolMaintenance(house.poolId, minuteMs),
      () => under().setMemberMaintenance(house.one, minuteMs),
      async () => {
        const stamp = (await house.read()).maintenance?.stamp ?? '';
        await under().store.endMaintenance({ poolId: house.poolId, memberId: null, stamp }, fence);
      },
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
