import type { BindingId, MemberId } from '@serverctl/core';
import type { CallLimit } from '../../../../../apps/server/src/worker/ports.ts';
import { address6Of, buildBinding, id } from '../../../builders.ts';
import type { MemoryHouse } from '../../../memory-house.ts';
import type { BindingTruth, Truth } from '../../truth.ts';

const instance = 'cp0000000001' as Truth['instance'];

/** What of a stage its records are made of. */
export interface StageRecords {
  readonly house: MemoryHouse;
  held: readonly string[];
  /** What the AAAA holds, where a test gives the name one. */
  heldIpv6: readonly string[];
  /** Of the mark beside the record; null = the pool's own. */
  markedEpoch: number | null;
  /** The provider carries names together. */
  together: boolean;
  /** What the provider allows; null = no limit. */
  limit: CallLimit | null;
}

/** The record of the stage's name that is an AAAA. */
export const aaaa = id<BindingId>('b', 2);

/** How a record of the stage is, by its type. */
export function bindingTruth(stage: StageRecords, bindingId: BindingId): BindingTruth {
  const { house, together, limit, markedEpoch } = stage;
  const { name, type, poolId } = house.bindings.get(bindingId) ?? buildBinding();
  const addresses = type === 'A' ? stage.held : stage.heldIpv6;
  const epoch = markedEpoch ?? house.pools.get(poolId)?.epoch ?? 0;
  return {
    bindingId,
    poolId,
    name,
    type,
    flavour: 'conditional',
    together,
    view: {
      rrset: addresses.length === 0 ? null : { addresses, ttlSeconds: 60 },
      mark: { kind: 'ours', mark: { instance, pool: poolId, epoch } },
      cname: false,
    },
    answers: [],
    providerUsable: true,
    limit,
  };
}

/** The stage's name gets an AAAA, and these members get IPv6 addresses; both records are published, and name the first member. */
export function addAaaa(stage: StageRecords, withIpv6: readonly number[]): void {
  const { house } = stage;
  const [a] = house.bindings.values();
  if (a === undefined) return;
  const published = { publishedEpoch: 1, publishedAddress: stage.held[0] ?? null };
  house.bindings.set(a.id, { ...a, ...published });
  house.bindings.set(aaaa, { ...a, ...published, id: aaaa, type: 'AAAA', publishedAddress: address6Of(1) });
  for (const number of withIpv6) giveIpv6(stage, number, address6Of(number));
  const [first] = house.promotions;
  if (first !== undefined) house.promotions[0] = { ...first, address6: address6Of(1) };
  stage.heldIpv6 = [address6Of(1)];
}

/** Null takes it away. */
export function giveIpv6({ house }: Pick<StageRecords, 'house'>, number: number, publicIpv6: string | null): void {
  const member = house.members.get(id<MemberId>('m', number));
  if (member !== undefined) house.members.set(member.id, { ...member, publicIpv6 });
}
