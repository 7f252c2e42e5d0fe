import { minuteMs, secondMs } from '@serverctl/core';
import { describe, expect, test } from 'vitest';
import { furnish } from './furnish.ts';
import type { StoreUnderTest, Under } from './under-test.ts';

type House = Awaited<ReturnType<typeof furnish>>;

const tenYearsMs = 10 * 365 * 24 * 60 * minuteMs;
const foreign = { because: 'foreign-mark', sentence: 'Another control plane wrote there.', seenEpoch: null } as const;

/** `one` is active, `two` the target. */
const forbidden: Readonly<Record<string, (under: StoreUnderTest, house: House) => Promise<void>>> = {
  'automatic failover was switched off': (under, house) => under.switchAutomaticFailoverOff(house.poolId),
  'the pool is held': async (under, house) =>
    under.store.hold(house.poolId, 'moved too often', await under.takeLease('holder')),
  'the pool is paused': async (under, house) =>
    under.store.pause(house.poolId, foreign, await under.takeLease('holder')),
  'the pool is in maintenance': (under, house) => under.setPoolMaintenance(house.poolId, minuteMs),
  'the active member is in maintenance': (under, house) => under.setMemberMaintenance(house.one, minuteMs),
  'the target is in maintenance': (under, house) => under.setMemberMaintenance(house.two, minuteMs),
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
  'a maintenance is over': async (under, house) => {
    await under.setMemberMaintenance(house.two, secondMs);
    await under.jumpWallClock(secondMs);
  },
  'a clock set back would stretch a maintenance over years': async (under, house) => {
    await under.setPoolMaintenance(house.poolId, minuteMs);
    await under.jumpWallClock(-tenYearsMs);
  },
  'a pause was ended': async (under, house) => {
    await under.store.pause(house.poolId, foreign, await under.takeLease('holder'));
    await under.resume(house.poolId);
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

  describe('an automatic promotion is not refused though', () => {
    test.each(Object.entries(permitted))('%s', async (_, change) => {
      const house = await furnish(under());
      await house.promote({ kind: 'first-publish', to: house.one });
      await change(under(), house);
      expect(await house.promote({ kind: 'failover', to: house.two, expectedEpoch: 1 })).toBe(2);
    });
  });
}
