import { type Ipv4, type Ipv6, minuteMs, type PromotionId } from '@serverctl/core';
import { describe, expect, test } from 'vitest';
import { freshId, furnish } from './furnish.ts';
import type { StoreUnderTest, Under } from './under-test.ts';

type House = Awaited<ReturnType<typeof furnish>>;

const foreign = { because: 'foreign-mark', sentence: 'Another control plane wrote there.', seenEpoch: null } as const;

/** `one` is active, with another address than its promotion gave the records. */
async function changed(under: StoreUnderTest): Promise<House> {
  const house = await furnish(under);
  await under.switchDynamicDns(house.poolId, true);
  await house.promote({ kind: 'first-publish', to: house.one });
  await under.setAddress(house.one, house.addressThree);
  return house;
}

const follow = (house: House) =>
  house.promote({ kind: 'address', cause: 'address-changed', from: house.one, to: house.one, expectedEpoch: 1 });

/** What a person may have said after the loop decided. */
const forbidden: Readonly<Record<string, (under: StoreUnderTest, house: House) => Promise<void>>> = {
  'dynamic DNS was switched off': (under, house) => under.switchDynamicDns(house.poolId, false),
  'the pool is paused': async (under, house) =>
    void (await under.store.pause(house.poolId, foreign, await under.takeLease('holder'))),
  'the pool is in maintenance': (under, house) => under.setPoolMaintenance(house.poolId, minuteMs),
  'the active member is in maintenance': (under, house) => under.setMemberMaintenance(house.one, minuteMs),
  'the active member is quarantined': (under, house) => under.quarantine(house.one),
};

/** These are about which member is active, and that stays. */
const permitted: Readonly<Record<string, (under: StoreUnderTest, house: House) => Promise<void>>> = {
  'automatic failover was switched off': (under, house) => under.switchAutomaticFailoverOff(house.poolId),
  'the pool is held (R11)': async (under, house) =>
    under.store.hold(house.poolId, 1, 'moved too often', await under.takeLease('holder')),
};

/** Dynamic DNS: a promotion of the active member to itself, to another address (PRODUCT.md section 4). */
export function describeFollowing(under: Under): void {
  describe('a promotion to a new address of the same member', () => {
    test('makes that the address of its epoch, and is told as what it is', async () => {
      const house = await changed(under());
      expect(await follow(house)).toBe(2);
      const { pool, recentPromotions, present } = await house.read();
      expect(pool).toMatchObject({ epoch: 2, activeMemberId: house.one, dynamicDns: true });
      expect(recentPromotions.map(({ kind }) => kind)).toEqual(['address', 'first-publish']);
      expect(present).toMatchObject({ kind: 'address', from: house.one });
      expect(await under().store.desired(house.name)).toMatchObject({ address: house.addressThree, epoch: 2 });
      expect(await under().events(house.poolId)).toEqual(['pool.address-changed']);
    });

    test('is refused when the address is no longer that which was decided on', async () => {
      const house = await changed(under());
      const address = house.addressThree as Ipv4;
      await under().setAddress(house.one, house.addressFour);
      const late = house.promote({ kind: 'address', from: house.one, to: house.one, expectedEpoch: 1, address });
      await expect(late).rejects.toMatchObject({ code: 'pool_changed' });
    });

    test.each(Object.entries(forbidden))('is refused when %s (R13, R35)', async (_, change) => {
      const house = await changed(under());
      await change(under(), house);
      await expect(follow(house)).rejects.toMatchObject({ code: 'pool_changed' });
      expect((await house.read()).pool.epoch).toBe(1);
    });

    test.each(Object.entries(permitted))('is not refused though %s', async (_, change) => {
      const house = await changed(under());
      await change(under(), house);
      expect(await follow(house)).toBe(2);
    });
  });

  test('the present promotion says which addresses it gave the records (ADR 0009)', async () => {
    const house = await changed(under());
    const present = async () => (await house.read()).present?.addresses;
    expect(await present()).toEqual({ ipv4: house.addressOne, ipv6: null });
    await follow(house);
    expect(await present()).toEqual({ ipv4: house.addressThree, ipv6: null });
    const id = freshId<PromotionId>();
    const ipv6 = '2001:db8::77' as Ipv6;
    await under().setAddress(house.two, ipv6, 'AAAA');
    await house.promote({ id, kind: 'switchover', to: house.two, address6: ipv6, expectedEpoch: 2 });
    expect((await house.read()).present).toMatchObject({ id, addresses: { ipv4: house.addressTwo, ipv6 } });
  });
}
