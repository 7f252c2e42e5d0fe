import type { Ipv4, MemberId } from '@serverctl/core';
import { expect, test } from 'vitest';
import { freshId, furnish } from './furnish.ts';
import type { Under } from './under-test.ts';

/** What one promotion changes, and which one is refused by what it is (R16, R20). */
export function describePromoting(under: Under): void {
  test('a promotion raises the epoch by one and makes its target active (R16)', async () => {
    const house = await furnish(under());
    expect(await house.promote({ kind: 'first-publish', to: house.one })).toBe(1);
    expect(await house.promote({ to: house.two, expectedEpoch: 1 })).toBe(2);
    expect((await house.read()).pool).toMatchObject({ epoch: 2, activeMemberId: house.two });
  });

  test('a member of another pool, or of none, can never become active (R20)', async () => {
    const [house, other] = [await furnish(under()), await furnish(under())];
    for (const to of [other.one, freshId<MemberId>()])
      await expect(house.promote({ kind: 'first-publish', to })).rejects.toMatchObject({ code: 'member_not_found' });
    expect((await house.read()).pool).toMatchObject({ epoch: 0, activeMemberId: null });
  });

  test('a target without an address, or with another one than was decided on, is refused and changes nothing (R20)', async () => {
    const house = await furnish(under());
    const kind = 'first-publish';
    await expect(house.promote({ kind, to: house.bare })).rejects.toMatchObject({ code: 'target_has_no_address' });
    const address = house.addressTwo as Ipv4;
    await expect(house.promote({ kind, to: house.one, address })).rejects.toMatchObject({ code: 'pool_changed' });
    expect((await house.read()).pool).toMatchObject({ epoch: 0, activeMemberId: null });
  });

  test('an address that changes after the promotion touches the next one only: no name moves without a decision (R16)', async () => {
    const house = await furnish(under());
    await under().reportAddress(house.bare, house.addressThree);
    await house.promote({ kind: 'first-publish', to: house.bare });
    await under().reportAddress(house.bare, house.addressFour);
    expect(await under().store.desired(house.name)).toMatchObject({ address: house.addressThree, epoch: 1 });
    await house.promote({ kind: 'switchover', to: house.bare, expectedEpoch: 1 });
    expect(await under().store.desired(house.name)).toMatchObject({ address: house.addressFour, epoch: 2 });
  });

  test('a first publish keeps the person’s yes to each name, and one that is refused keeps nothing', async () => {
    const house = await furnish(under());
    const takeOver = async () => (await house.read()).bindings[0]?.takeOver;
    const yes = { bindingId: house.name, name: 'lb.example.com', held: ['203.0.113.5'], mark: null };
    const wish = { kind: 'first-publish', to: house.one } as const;
    const refused = house.promote({ ...wish, confirmedNames: [{ ...yes, takeOver: false }], expectedEpoch: 7 });
    await expect(refused).rejects.toMatchObject({ code: 'pool_changed' });
    expect(await takeOver()).toEqual({ mark: null });
    const mark = 'v=spf1 -all';
    await house.promote({ ...wish, confirmedNames: [{ ...yes, takeOver: true, mark }] });
    expect(await takeOver()).toEqual({ mark });
    await house.promote({ ...wish, confirmedNames: [{ ...yes, takeOver: false, mark }], expectedEpoch: 1 });
    expect(await takeOver()).toBeNull();
  });

  test('a withdrawal is refused once a name is published under the epoch that it would undo; nothing else is', async () => {
    const house = await furnish(under());
    await house.promote({ kind: 'first-publish', to: house.one });
    await house.report({ epoch: 1, state: 'published', step: 'acknowledged', address: house.addressOne });
    await house.promote({ to: house.two, expectedEpoch: 1 });
    expect(await house.promote({ kind: 'withdrawal', to: house.one, expectedEpoch: 2 })).toBe(3);
    await house.promote({ to: house.two, expectedEpoch: 3 });
    await house.report({ epoch: 4, state: 'published', step: 'acknowledged', address: house.addressTwo });
    const withdrawal = house.promote({ kind: 'withdrawal', to: house.one, expectedEpoch: 4 });
    await expect(withdrawal).rejects.toMatchObject({ code: 'pool_changed' });
    expect((await house.read()).pool).toMatchObject({ epoch: 4, activeMemberId: house.two });
    expect(await house.promote({ to: house.one, expectedEpoch: 4 })).toBe(5);
  });

  test('every kind of promotion is recorded, whoever made it', async () => {
    const house = await furnish(under());
    const kinds = ['first-publish', 'failover', 'withdrawal', 'failback', 'switchover', 'adoption', 'address'] as const;
    await under().switchDynamicDns(house.poolId, true);
    for (const [epoch, kind] of kinds.entries())
      expect(await house.promote({ kind, to: epoch % 2 === 0 ? house.one : house.two, expectedEpoch: epoch })).toBe(
        epoch + 1,
      );
    expect((await house.read()).recentPromotions.map(({ kind }) => kind)).toEqual(kinds.toReversed());
  });
}
