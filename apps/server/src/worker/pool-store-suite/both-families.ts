import type { BindingId, DnsName, Ipv6, PromotionId } from '@serverctl/core';
import { expect, test } from 'vitest';
import { freshId, furnish } from './furnish.ts';
import type { Under } from './under-test.ts';

/** A house whose name has an AAAA as well, and whose member `one` has an IPv6 address. */
async function furnishBoth(under: Under) {
  const house = await furnish(under());
  const name6 = freshId<BindingId>();
  await under().addBinding(house.poolId, name6, `${house.name}.example.com` as DnsName, 'AAAA');
  await under().setAddress(house.one, house.address6, 'AAAA');
  return { ...house, name6 };
}

const publish = { kind: 'first-publish' } as const;

/** The provider acknowledged the A. */
function acknowledgeA(house: Awaited<ReturnType<typeof furnishBoth>>, epoch: number): Promise<number> {
  const address = house.addressOne;
  return house.report({ bindingId: house.name, epoch, state: 'published', step: 'acknowledged', address });
}

/** AAAA beside A: what a promotion carries, and what each type answers under it (R16, R20). */
export function describeBothFamilies(under: Under): void {
  test('a name may have both types, each a name of its own to publish', async () => {
    const house = await furnishBoth(under);
    const { bindings } = await house.read();
    expect(bindings).toMatchObject([
      { id: house.name, type: 'A', proxied: null },
      { id: house.name6, type: 'AAAA', proxied: null },
    ]);
    expect(bindings[0]?.name).toBe(bindings[1]?.name);
  });

  test('shows each member’s IPv6 address as stored: set by a person, else reported', async () => {
    const house = await furnishBoth(under);
    const addressesOf = async () => {
      const { members } = await house.read();
      return [house.one, house.two].map((id) => members.find((member) => member.id === id)?.publicIpv6);
    };
    expect(await addressesOf()).toEqual([house.address6, null]);
    await under().reportAddress(house.two, `${house.address6}2`);
    await under().reportAddress(house.one, `${house.address6}3`);
    expect(await addressesOf()).toEqual([house.address6, `${house.address6}2`]);
    await under().setAddress(house.one, null, 'AAAA');
    expect(await addressesOf()).toEqual([`${house.address6}3`, `${house.address6}2`]);
  });

  test('one promotion gives both types their address, and with a member that has no IPv6 one the AAAA goes (drop)', async () => {
    const house = await furnishBoth(under);
    const desired = async () => [await under().store.desired(house.name), await under().store.desired(house.name6)];
    const [first, second] = [freshId<PromotionId>(), freshId<PromotionId>()];
    await house.promote({ ...publish, id: first, to: house.one });
    expect(await desired()).toMatchObject([
      { address: house.addressOne, epoch: 1, promotionId: first, binding: { type: 'A' } },
      { address: house.address6, epoch: 1, promotionId: first, binding: { type: 'AAAA' } },
    ]);
    await acknowledgeA(house, 1);
    await house.promote({ id: second, to: house.two, expectedEpoch: 1 });
    expect(await desired()).toMatchObject([
      { address: house.addressTwo, epoch: 2, promotionId: second },
      { address: null, epoch: 2, promotionId: second },
    ]);
  });

  test('an AAAA does not go before its A was ever published: the name is not left with neither (R20)', async () => {
    const house = await furnishBoth(under);
    await house.promote({ ...publish, to: house.two });
    expect(await under().store.desired(house.name6)).toBeNull();
    await acknowledgeA(house, 1);
    expect(await under().store.desired(house.name6)).toMatchObject({ address: null });
  });

  test('an acknowledged withdrawal is kept as published: no address, under its epoch', async () => {
    const house = await furnishBoth(under);
    await house.promote({ ...publish, to: house.one });
    await house.report({
      bindingId: house.name6,
      epoch: 1,
      state: 'published',
      step: 'acknowledged',
      address: house.address6,
    });
    await house.promote({ to: house.two, expectedEpoch: 1 });
    await house.report({ bindingId: house.name6, epoch: 2, state: 'published', step: 'acknowledged', address: null });
    const { bindings } = await house.read();
    expect(bindings.find(({ id }) => id === house.name6)).toMatchObject({ publishedEpoch: 2, publishedAddress: null });
    expect(bindings.find(({ id }) => id === house.name)).toMatchObject({ publishedEpoch: 0 });
  });
}

/** Which promotion is refused at its commit for an address, and when an AAAA does not go (R16, R20). */
export function describeNeededAddresses(under: Under): void {
  test('where the pool requires it, a target without an IPv6 address is refused at the commit, and changes nothing', async () => {
    const house = await furnishBoth(under);
    await under().requireIpv6(house.poolId);
    const refused = house.promote({ ...publish, to: house.two });
    await expect(refused).rejects.toMatchObject({ code: 'target_has_no_aaaa' });
    expect((await house.read()).pool).toMatchObject({ epoch: 0, activeMemberId: null, ipv6: 'require' });
    expect(await house.promote({ ...publish, to: house.one })).toBe(1);
  });

  test('required afterwards, an AAAA that would have gone is left as it is: it goes by `drop` alone', async () => {
    const house = await furnishBoth(under);
    await house.promote({ ...publish, to: house.two });
    await acknowledgeA(house, 1);
    expect(await under().store.desired(house.name6)).toMatchObject({ address: null });
    await under().requireIpv6(house.poolId);
    expect(await under().store.desired(house.name6)).toBeNull();
  });

  test('another IPv6 address than was decided on is refused, as one that came or went is', async () => {
    const house = await furnishBoth(under);
    const other = `${house.address6}9` as Ipv6;
    for (const address6 of [other, null])
      await expect(house.promote({ ...publish, to: house.one, address6 })).rejects.toMatchObject({
        code: 'pool_changed',
      });
    await expect(house.promote({ ...publish, to: house.two, address6: other })).rejects.toMatchObject({
      code: 'pool_changed',
    });
    expect((await house.read()).pool).toMatchObject({ epoch: 0 });
  });
}

/** AAAA-only names: treated as A is (R20). */
export function describeIpv6Only(under: Under): void {
  test('beside names with an A, an AAAA-only name takes a member with both addresses alone', async () => {
    const house = await furnish(under());
    const [alone, six] = [freshId<BindingId>(), `${house.address6}7`];
    await under().addBinding(house.poolId, alone, `${alone}.example.com` as DnsName, 'AAAA');
    await expect(house.promote({ ...publish, to: house.one })).rejects.toMatchObject({ code: 'target_has_no_aaaa' });
    await under().reportAddress(house.bare, six);
    await expect(house.promote({ ...publish, to: house.bare })).rejects.toMatchObject({
      code: 'target_has_no_address',
    });
    await under().setAddress(house.two, `${house.address6}8`, 'AAAA');
    expect(await house.promote({ ...publish, to: house.two })).toBe(1);
    expect(await under().store.desired(alone)).toMatchObject({ address: `${house.address6}8` });
  });

  test('a pool with AAAA-only names takes a member without IPv4; a name that comes later desires nothing it cannot have', async () => {
    const house = await furnish(under(), 'AAAA');
    await under().reportAddress(house.bare, house.address6);
    expect(await house.promote({ ...publish, to: house.bare })).toBe(1);
    expect(await under().store.desired(house.name)).toMatchObject({ address: house.address6, epoch: 1 });
    const late = freshId<BindingId>();
    await under().addBinding(house.poolId, late, `${late}.example.com` as DnsName);
    expect(await under().store.desired(late)).toBeNull();
    const [four, six] = [await furnish(under()), freshId<BindingId>()];
    await four.promote({ ...publish, to: four.one });
    await under().addBinding(four.poolId, six, `${six}.example.com` as DnsName, 'AAAA');
    expect(await under().store.desired(six)).toBeNull();
  });
}
