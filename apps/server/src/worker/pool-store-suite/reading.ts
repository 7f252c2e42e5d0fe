import type { MemberId, PromotionId } from '@serverctl/core';
import { expect, test } from 'vitest';
import { freshId, furnish } from './furnish.ts';
import type { Under } from './under-test.ts';

/** What `pools` tells of members, names and the newest promotion. */
export function describeReading(under: Under): void {
  test('shows a pool with its members, names, and the age of the keys that are valid', async () => {
    const house = await furnish(under());
    const { pool, members, bindings, enrolledForMs, ...rest } = await house.read();
    expect(pool).toMatchObject({ id: house.poolId, epoch: 0, activeMemberId: null, held: false, paused: null });
    expect(members.map(({ id }) => id).sort()).toEqual([house.one, house.two, house.bare].sort());
    expect(bindings).toMatchObject([
      { id: house.name, poolId: house.poolId, publishedEpoch: 0, publishedAddress: null },
    ]);
    expect([...enrolledForMs.keys()].sort()).toEqual([house.one, house.two].sort());
    for (const age of enrolledForMs.values()) expect(age).toBeGreaterThanOrEqual(0);
    expect(rest).toEqual({
      recentPromotions: [],
      present: null,
      maintenance: null,
      memberMaintenance: new Map(),
      quarantined: new Set(),
    });
  });

  test('shows each member’s address as stored: set by a person, else reported', async () => {
    const house = await furnish(under());
    const addressOf = async (id: MemberId) =>
      (await house.read()).members.find((member) => member.id === id)?.publicIpv4;
    expect(await addressOf(house.bare)).toBeNull();
    await under().reportAddress(house.bare, house.addressThree);
    await under().reportAddress(house.one, house.addressFour);
    expect([await addressOf(house.bare), await addressOf(house.one)]).toEqual([house.addressThree, house.addressOne]);
    await under().setAddress(house.one, null);
    expect(await addressOf(house.one)).toBe(house.addressFour);
  });

  test('names the promotion that made the present epoch, its kind, and whose place was taken', async () => {
    const house = await furnish(under());
    const [first, second] = [freshId<PromotionId>(), freshId<PromotionId>()];
    await house.promote({ id: first, kind: 'first-publish', to: house.one });
    expect((await house.read()).present).toMatchObject({ id: first, kind: 'first-publish', from: null });
    await house.promote({ id: second, from: house.one, to: house.two, expectedEpoch: 1 });
    expect((await house.read()).present).toMatchObject({ id: second, kind: 'failover', from: house.one });
  });

  test('shows which members are quarantined, each in its own pool (R35)', async () => {
    const [house, other] = [await furnish(under()), await furnish(under())];
    await under().quarantine(house.two);
    expect((await house.read()).quarantined).toEqual(new Set([house.two]));
    expect((await other.read()).quarantined).toEqual(new Set());
  });

  test('tells its subscribers of each promotion, and no longer once they have gone', async () => {
    const house = await furnish(under());
    let told = 0;
    const unsubscribe = under().store.onChange(() => {
      told += 1;
    });
    await under().settle();
    told = 0;
    await house.promote({ kind: 'first-publish', to: house.one });
    await under().settle();
    expect(told).toBeGreaterThan(0);
    unsubscribe();
    told = 0;
    await house.promote({ to: house.two, expectedEpoch: 1 });
    await under().settle();
    expect(told).toBe(0);
  });
}
