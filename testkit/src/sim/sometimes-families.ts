import type { BindingId, DnsName, MemberId, PoolId } from '@serverctl/core';
import type { KeptPromotion } from '../memory-house.ts';
import { namesOf } from '../memory-promote.ts';
import { neededFamilies } from './invariants/families.ts';
import type { AppliedWrite, Observer } from './observer.ts';
import type { Truth } from './truth.ts';

/** What worlds with records of both families must show (PRODUCT.md section 4, *Cases*). */
export const sometimesWithFamilies = [
  'both families moved',
  'AAAA withdrawn',
  'AAAA back',
  'IPv6 address followed',
  'standby without IPv6 passed over',
  'AAAA alone moved',
] as const;

export function seeFamilies(see: (name: (typeof sometimesWithFamilies)[number]) => void): Observer {
  const withdrawn = new Set<BindingId>();
  const moves = new Map<PoolId, Move>();
  let truth: Truth | null = null;

  function seeMoved(move: Move, name: DnsName, type: 'A' | 'AAAA'): void {
    const types = move.written.get(name) ?? new Set();
    if (types.has(type)) return;
    move.written.set(name, types.add(type));
    if (types.size === 2) see('both families moved');
    if (type === 'AAAA' && !move.namesWithA.has(name)) see('AAAA alone moved');
  }

  function seeApplied({ call, epoch, address }: AppliedWrite): void {
    const binding = truth?.house.bindings.get(call.bindingId);
    if (binding === undefined) return;
    if (address === null) {
      withdrawn.add(binding.id);
      see('AAAA withdrawn');
    } else if (withdrawn.delete(binding.id)) see('AAAA back');
    const move = moves.get(call.poolId);
    if (move?.epoch === epoch && address !== null) seeMoved(move, binding.name, binding.type);
  }

  return {
    onBegin(begun) {
      truth = begun;
    },
    onPromotion(promotion) {
      if (truth === null) return;
      const before = beforeOf(truth, promotion);
      if (before?.to === promotion.to) moves.delete(promotion.poolId);
      else moves.set(promotion.poolId, moveOf(truth, promotion));
      if (promotion.kind === 'address' && before?.address6 !== promotion.address6) see('IPv6 address followed');
      if (promotion.kind === 'failover' && passedOver(truth, promotion) !== null)
        see('standby without IPv6 passed over');
    },
    onWriteApplied: seeApplied,
  };
}

/** A promotion to another member, and what was written under it. */
interface Move {
  readonly epoch: number;
  readonly namesWithA: ReadonlySet<DnsName>;
  readonly written: Map<DnsName, Set<'A' | 'AAAA'>>;
}

function moveOf({ house }: Truth, { poolId, epoch }: KeptPromotion): Move {
  const names = namesOf(house, poolId).flatMap(({ name, type }) => (type === 'A' ? [name] : []));
  return { epoch, namesWithA: new Set(names), written: new Map() };
}

function beforeOf({ house }: Truth, { poolId, epoch }: KeptPromotion): KeptPromotion | undefined {
  return house.promotions.findLast((one) => one.poolId === poolId && one.epoch < epoch);
}

/** A standby that was well and lacked nothing but the IPv6 address that the names need; null = none. */
function passedOver(truth: Truth, { poolId, from: left, to, evidence }: KeptPromotion): MemberId | null {
  const pool = truth.house.pools.get(poolId);
  if (pool === undefined || !neededFamilies(truth.house, pool).includes('AAAA')) return null;
  const lacks = evidence.members.filter(({ id, publicIpv6 }) => id !== left && id !== to && publicIpv6 === null);
  return lacks.find(({ id, healthyForMs }) => healthyForMs > 0 && truth.host(id).serves)?.id ?? null;
}
