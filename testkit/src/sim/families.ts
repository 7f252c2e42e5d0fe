import type { BindingId } from '@serverctl/core';
import { id } from '../builders.ts';
import type { Stream } from './random.ts';
import type { AccountSpec, MemberSpec, PoolSpec, WorldSpec } from './spec.ts';

/** As options name it. */
export const bothFamiliesKind = 'both-families';

/** In so many worlds some names have an AAAA, and in those so many pools. */
const shareOfWorlds = 0.2;
const shareOfPools = 0.75;
/** Enough members without an IPv6 address, so that an AAAA goes and comes back. */
const shareOfMembers = 0.6;
const shareOfAaaaAlone = 0.4;

/**
 * The same world with records of both families, where `random` draws it or whoever asks for this world named it: an AAAA beside the A of
 * many names, a second name with an AAAA alone, and members with an IPv6 address and without. Each pool's first member has one.
 */
export function drawBothFamilies(spec: WorldSpec, random: Stream, wished: boolean | undefined): WorldSpec {
  const isDrawn = random.chance(shareOfWorlds);
  if (!(wished ?? isDrawn)) return spec;
  const pools = spec.pools.map((pool) => (random.chance(shareOfPools) ? withAaaa(pool, random) : pool));
  const members = spec.members.map((member, index): MemberSpec => {
    const isFirst = spec.members.findIndex(({ poolId }) => poolId === member.poolId) === index;
    return { ...member, hasIpv6: random.chance(shareOfMembers) || isFirst };
  });
  return { ...spec, pools, members, accounts: spec.accounts.map((one) => carrying(one, random)), bothFamilies: true };
}

function withAaaa(pool: PoolSpec, random: Stream): PoolSpec {
  const bindings = pool.bindings.flatMap((binding, index): PoolSpec['bindings'] => {
    if (index > 0 && random.chance(shareOfAaaaAlone)) return [{ ...binding, type: 'AAAA' }];
    const number = Number(pool.id.slice(1)) * 10 + 5 + index;
    return [binding, { ...binding, id: id<BindingId>('b', number), type: 'AAAA' }];
  });
  return { ...pool, bindings, ipv6: random.pick(['drop', 'drop', 'require']) };
}

/** Both records of a name travel together at more accounts than elsewhere. */
function carrying(account: AccountSpec, random: Stream): AccountSpec {
  const together = random.pick([null, 2, 200]);
  return account.flavour === 'plain' ? { ...account, together } : account;
}
