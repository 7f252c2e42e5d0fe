import { minuteMs } from '@serverctl/core';
import { describe, expect, test } from 'vitest';
import { evidenceOf, furnish } from './furnish.ts';
import type { StoreUnderTest, Under } from './under-test.ts';

type House = Awaited<ReturnType<typeof furnish>>;

const tenYearsMs = 10 * 365 * 24 * 60 * minuteMs;
const foreign = { because: 'foreign-mark', sentence: 'Another control plane wrote there.', seenEpoch: null } as const;

/** `one` is active, `two` the target. */
const forbidden: Readonly<Record<string, (under: StoreUnderTest, house: House) => Promise<void>>> = {
  'automatic failover was switched off': (under, house) => under.switchAutomaticFailoverOff(house.poolId),
  'the pool is held': async (under, house) =>
    under.store.hold(house.poolId, 1, 'moved too often', await under.takeLease('holder')),
  'the pool is paused': async (under, house) =>
    void (await under.store.pause(house.poolId, foreign, await under.takeLease('holder'))),
  'the pool is in maintenance': (under, house) => under.setPoolMaintenance(house.poolId, minuteMs),
  'the active member is in maintenance': (under, house) => under.setMemberMaintenance(house.one, minuteMs),
  'the target is in maintenance': (under, house) => under.setMemberMaintenance(house.two, minuteMs),
  'a maintenance is over by the wall clock alone': async (under, house) => {
    await under.setMemberMaintenance(house.two, minuteMs);
    await under.jumpWallClock(tenYearsMs);
  },
  'a wall clock set back stands before the maintenance': async (under, house) => {
    await under.setPoolMaintenance(house.poolId, minuteMs);
    await under.jumpWallClock(-tenYearsMs);
  },
  'the target is quarantined': (under, house) => under.quarantine(house.two),
};

/** The loop's decision fell before; none of these stands against it. */
const permitted: Readonly<Record<string, (under: StoreUnderTest, house: House) => Promise<void>>> = {
  'another member is in maintenance': (under, house) => under.setMemberMaintenance(house.bare, minuteMs),
  'the active member is quarantined': (under, house) => under.quarantine(house.one),
  'a maintenance was ended': async (under, house) => {
    await under.setPoolMaintenance(house.poolId, minuteMs);
    await under.setPoolMaintenance(house.poolId, null);
  },
  'the loop ended a maintenance that was over by its clock': async (under, house) => {
    await under.setPoolMaintenance(house.poolId, minuteMs);
    await under.setMemberMaintenance(house.two, minuteMs);
    await under.jumpWallClock(-tenYearsMs);
    await endAll(under, house);
  },
  'a pause was ended': async (under, house) => {
    await under.store.pause(house.poolId, foreign, await under.takeLease('holder'));
    await under.resume(house.poolId);
  },
};

/** As a loop does by whose clock all are over. */
async function endAll(under: StoreUnderTest, house: House): Promise<void> {
  const fence = await under.takeLease('holder');
  const { maintenance, memberMaintenance } = await house.read();
  const { poolId } = house;
  if (maintenance !== null)
    await under.store.endMaintenance({ poolId, memberId: null, stamp: maintenance.stamp }, fence);
  for (const [memberId, { stamp }] of memberMaintenance)
    await under.store.endMaintenance({ poolId, memberId, stamp }, fence);
}

/** What becomes of the pool after a person's wish was judged, so that nobody has judged it as it is (R13). */
const unseen: Readonly<Record<string, (under: StoreUnderTest, house: House) => Promise<() => Promise<void>>>> = {
  'was paused': async (under, house) => () => under.pause(house.poolId),
  'was resumed': async (under, house) => {
    await under.pause(house.poolId);
    return () => under.resume(house.poolId);
  },
  'was paused anew for another reason': async (under, house) => {
    await under.pause(house.poolId);
    return async () => {
      await under.resume(house.poolId);
      await under.store.pause(house.poolId, foreign, await under.takeLease('holder'));
    };
  },
};

/** At the commit a person’s word, and a doubt about the target, win over the loop’s decision (R13, R35). */
export function describeForbidding(under: Under): void {
  describe('an automatic promotion is refused, and one by hand is not, once', () => {
    test.each(Object.entries(forbidden))('%s', async (_, change) => {
      const house = await furnish(under());
      await house.promote({ kind: 'first-publish', to: house.one });
      await change(under(), house);
      for (const kind of ['failover', 'failback', 'withdrawal'] as const)
        await expect(house.promote({ kind, to: house.two, expectedEpoch: 1 })).rejects.toMatchObject({
          code: 'pool_changed',
        });
      expect((await house.read()).pool).toMatchObject({ epoch: 1, activeMemberId: house.one });
      expect(await house.promote({ kind: 'switchover', to: house.two, expectedEpoch: 1 })).toBe(2);
    });
  });

  describe('a person’s promotion is refused in a pool that, after it was judged,', () => {
    test.each(Object.entries(unseen))('%s', async (_, prepare) => {
      const house = await furnish(under());
      await house.promote({ kind: 'first-publish', to: house.one });
      const change = await prepare(under(), house);
      const evidence = evidenceOf((await house.read()).pool);
      await change();
      for (const kind of ['switchover', 'adoption', 'first-publish'] as const)
        await expect(house.promote({ kind, to: house.two, expectedEpoch: 1, evidence })).rejects.toMatchObject({
          code: 'pool_changed',
        });
      expect((await house.read()).pool).toMatchObject({ epoch: 1, activeMemberId: house.one });
      expect(await house.promote({ kind: 'switchover', to: house.two, expectedEpoch: 1 })).toBe(2);
    });
  });

  test('a switchover to the next is refused in a maintenance of the pool, and one that names its target is not (R13)', async () => {
    const house = await furnish(under());
    await house.promote({ kind: 'first-publish', to: house.one });
    await under().setPoolMaintenance(house.poolId, minuteMs);
    const wish = { kind: 'switchover', to: house.two, expectedEpoch: 1 } as const;
    await expect(house.promote({ ...wish, toNext: true })).rejects.toMatchObject({ code: 'pool_changed' });
    expect(await house.promote({ ...wish, toNext: false })).toBe(2);
    await under().setPoolMaintenance(house.poolId, null);
    expect(await house.promote({ ...wish, to: house.one, expectedEpoch: 2, toNext: true })).toBe(3);
  });

  describe('an automatic promotion is not refused though', () => {
    test.each(Object.entries(permitted))('%s', async (_, change) => {
      const house = await furnish(under());
      await house.promote({ kind: 'first-publish', to: house.one });
      await change(under(), house);
      expect(await house.promote({ kind: 'failover', to: house.two, expectedEpoch: 1 })).toBe(2);
    });
  });
}
