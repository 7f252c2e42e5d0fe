import type { BindingId, MemberId, Pool } from '@serverctl/core';
import { afterEach, expect, test } from 'vitest';
import { address6Of, addressOf, buildBinding, createWorld, id, type World } from '../../../../testkit/src/index.ts';

/* A name with an A and an AAAA, through the real loop and publisher (PRODUCT.md section 4, *Cases*: "dual stack", "IPv6-only member"; R20). */

let world: World;
afterEach(() => world.stop());

/** Three members, of which those named have an IPv6 address; the name has both types, or the AAAA alone. */
async function begin(withIpv6: readonly number[], pool: Partial<Pool> = {}, types: 'both' | 'aaaa' = 'both') {
  world = createWorld({ members: 3, pool: { failoverDelayMs: 10_000, ...pool } });
  const { house } = world.store;
  const second = buildBinding({ id: id<BindingId>('b', 2), type: 'AAAA' });
  house.bindings.set(second.id, second);
  if (types === 'aaaa') house.bindings.delete(id<BindingId>('b', 1));
  for (const number of [1, 2, 3]) change(number, { publicIpv6: withIpv6.includes(number) ? address6Of(number) : null });
  await world.start();
}

function change(number: number, addresses: { publicIpv4?: string | null; publicIpv6?: string | null }): void {
  const { members } = world.store.house;
  const member = members.get(id<MemberId>('m', number));
  if (member !== undefined) members.set(member.id, { ...member, ...addresses });
}

const held = (type: 'A' | 'AAAA') => world.zone.get(world.name, type)?.values ?? [];

test('one failover moves both records, each to its own address of the same member', async () => {
  await begin([1, 2, 3]);
  expect([held('A'), held('AAAA')]).toEqual([[addressOf(1)], [address6Of(1)]]);
  world.kill(1);
  await world.clock.advance(14_000);
  expect([world.active(), held('A'), held('AAAA')]).toEqual([2, [addressOf(2)], [address6Of(2)]]);
  expect(world.store.house.promotions).toHaveLength(2);
});

test('with `drop` the AAAA goes with a member that has none, the sentence says so, and it comes back with one that has', async () => {
  await begin([1, 3]);
  world.kill(1);
  await world.clock.advance(14_000);
  expect([world.active(), held('A'), held('AAAA')]).toEqual([2, [addressOf(2)], []]);
  expect(world.store.house.promotions.at(-1)?.sentence).toContain('lb2 had no IPv6 address: its AAAA went');
  world.kill(2);
  await world.clock.advance(24_000);
  expect([world.active(), held('A'), held('AAAA')]).toEqual([3, [addressOf(3)], [address6Of(3)]]);
});

test('with `require` a member without an IPv6 address is passed over', async () => {
  await begin([1, 3], { ipv6: 'require' });
  world.kill(1);
  await world.clock.advance(14_000);
  expect([world.active(), held('A'), held('AAAA')]).toEqual([3, [addressOf(3)], [address6Of(3)]]);
});

test('with `require` and no such standby the records stay as they are (R8)', async () => {
  await begin([1], { ipv6: 'require' });
  world.kill(1);
  await world.clock.advance(20_000);
  expect([world.active(), held('A'), held('AAAA')]).toEqual([1, [addressOf(1)], [address6Of(1)]]);
  expect(world.store.house.statuses.get(world.poolId)?.judgement.decision).toMatchObject({ because: 'no-standby' });
});

test('an AAAA-only name goes to a member without IPv4, and to none without IPv6: it is never empty', async () => {
  await begin([1, 3], {}, 'aaaa');
  change(3, { publicIpv4: null });
  world.store.changed();
  world.kill(1);
  await world.clock.advance(14_000);
  expect([world.active(), held('A'), held('AAAA')]).toEqual([3, [], [address6Of(3)]]);
  world.kill(3);
  await world.clock.advance(20_000);
  expect([world.active(), held('AAAA')]).toEqual([3, [address6Of(3)]]);
});

test('a failover that reached neither record is withdrawn: both name the old member still, each by its own family', async () => {
  await begin([1, 2, 3]);
  const lift = world.zone.inject({ kind: 'fail', code: 'dns_not_allowed' }, { times: 10_000 });
  world.kill(1);
  await world.clock.advance(15_000);
  expect([world.active(), held('A'), held('AAAA')]).toEqual([2, [addressOf(1)], [address6Of(1)]]);
  expect(world.store.house.statuses.get(world.poolId)?.evidence.needs).toEqual({ ipv4: true, ipv6: 'wanted' });
  world.revive(1);
  await world.clock.advance(20_000);
  lift();
  expect(world.store.house.promotions.map(({ kind }) => kind)).toEqual(['first-publish', 'failover', 'withdrawal']);
  await world.clock.advance(60_000);
  expect([world.active(), held('A'), held('AAAA')]).toEqual([1, [addressOf(1)], [address6Of(1)]]);
});

test('dynamic DNS: a family that may not be followed holds back the other, so that no AAAA goes with it', async () => {
  await begin([1, 2, 3], { dynamicDns: true });
  change(1, { publicIpv4: '198.51.100.21', publicIpv6: null });
  world.store.changed();
  await world.clock.advance(30_000);
  expect([held('A'), held('AAAA')]).toEqual([[addressOf(1)], [address6Of(1)]]);
  change(1, { publicIpv6: '2001:470::21' });
  world.store.changed();
  await world.clock.advance(30_000);
  expect([held('A'), held('AAAA')]).toEqual([['198.51.100.21'], ['2001:470::21']]);
});
