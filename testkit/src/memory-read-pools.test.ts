import { type BindingId, hourMs, type MemberId, type PoolId, secondMs } from '@serverctl/core';
import { expect, test } from 'vitest';
import { saysTheSame } from '../../apps/server/src/worker/pools-read.ts';
import type { PoolWithMembers } from '../../apps/server/src/worker/ports.ts';
import { buildBinding, buildMember, buildPool } from './builders.ts';
import { createFakeClock, type FakeClock } from './fake-clock.ts';
import { type MemoryStore, memoryStore } from './memory-store.ts';

const [one, two] = ['p1', 'p2'] as [PoolId, PoolId];
const member = 'm1' as MemberId;
const name = 'b1' as BindingId;

/** Two pools; the first one has a member with a key, and a name. */
function furnished(): { readonly store: MemoryStore; readonly clock: FakeClock } {
  const clock = createFakeClock();
  const store = memoryStore(clock);
  const { pools, members, enrolledAt, bindings } = store.house;
  for (const id of [one, two]) pools.set(id, buildPool({ id }));
  members.set(member, buildMember(1, { id: member, poolId: one }));
  enrolledAt.set(member, clock.now());
  bindings.set(name, buildBinding({ id: name, poolId: one }));
  return { store, clock };
}

async function sameAfter(store: MemoryStore, change: () => unknown): Promise<readonly boolean[]> {
  const before = await store.pools();
  await change();
  return (await store.pools()).map((row, index) => saysTheSame(before[index] as PoolWithMembers, row));
}

test('what a pool says is the same object while it is the same, and its ages are those of now', async () => {
  const { store, clock } = furnished();
  expect(await sameAfter(store, () => clock.advance(secondMs))).toEqual([true, true]);
  expect((await store.pools())[0]?.enrolledForMs.get(member)).toBe(secondMs);
});

test.each<readonly [string, (store: MemoryStore) => void]>([
  ['a pause', ({ operator }) => operator.pause(one)],
  ['a maintenance of the pool', ({ operator }) => operator.poolMaintenance(one, hourMs)],
  ['a maintenance of a member', ({ operator }) => operator.memberMaintenance(member, hourMs)],
  ['a quarantine', ({ operator }) => operator.quarantine(member)],
  ['a setting of a member', ({ house }) => house.members.set(member, buildMember(1, { id: member, poolId: one }))],
  ['a reported IPv4 address', ({ house }) => house.reportedIpv4.set(member, '192.0.2.9')],
  ['a reported IPv6 address', ({ house }) => house.reportedIpv6.set(member, '2001:db8::9')],
  ['a key that is revoked', ({ house }) => house.enrolledAt.delete(member)],
  ['a member that is removed', ({ house }) => house.members.delete(member)],
  ['a name that is released', ({ house }) => house.bindings.delete(name)],
])('%s makes another object of that pool, and of no other', async (_what, change) => {
  const { store } = furnished();
  expect(await sameAfter(store, () => change(store))).toEqual([false, true]);
});
