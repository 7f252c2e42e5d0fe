import { type BindingId, isPublicIpv4, isPublicIpv6, parseIpv4, parseIpv6, type RecordType } from '@serverctl/core';
import { namesOf } from '../../memory-promote.ts';
import type { Observer } from '../observer.ts';
import { combineObservers } from './combine.ts';
import { addressOfType, promotedAddress } from './families.ts';
import { mayMisjudgeAge } from './first-sight.ts';
import type { Invariant } from './invariant.ts';
import { type Committed, watchFollowed } from './promotion-watch.ts';
import { unknownBeatMs } from './unknown-beat.ts';

/* Dynamic DNS (PRODUCT.md section 4). Ages are as the world's clock has them. */

const limits = [
  { promotions: 1, withinMs: 60_000 },
  { promotions: 6, withinMs: 3_600_000 },
] as const;
/** Sums of fractions of a millisecond, and the database's whole ones. */
const roundingMs = 2;
const heardWithinMs = 3_000;
const slowFlushMs = 5_000;
/** The longest that the loop goes without reading the pools. */
const readWithinMs = 15_000;

type LeftSince = ReadonlyMap<BindingId, number>;

export const addressIsFollowed: Invariant = {
  id: 'I5',
  sentence:
    "Dynamic DNS gives the records the active member's own new public address of either family only, of one that is heard and in no maintenance or quarantine, where it is on, nothing is paused and no name is left as a person set it; at most once a minute and six times an hour.",
  rules: ['R5', 'R7', 'R13', 'R20', 'R35'],
  watch: (say, ledgers) => {
    /** Since when a name is told as left to a person. */
    const leftSince = new Map<BindingId, number>();
    const judged = watchFollowed(say, ledgers, (committed) => [
      ...judgeAddress(committed),
      ...judgeWord(committed),
      ...judgeLeft(committed, leftSince),
      ...judgeHeard(committed),
      ...judgeLimits(committed),
    ]);
    const told: Observer = {
      onPublication({ bindingId, state }, _replica, at) {
        if (state !== 'drift') leftSince.delete(bindingId);
        else if (!leftSince.has(bindingId)) leftSince.set(bindingId, at);
      },
    };
    return combineObservers([judged, told]);
  },
};

function judgeAddress(committed: Committed): readonly string[] {
  const { promotion, truth } = committed;
  const { house } = truth;
  const { from: left, to, poolId, epoch } = promotion;
  const before = house.promotions.findLast((one) => one.poolId === poolId && one.epoch < epoch);
  const types = new Set(namesOf(house, poolId).map(({ type }) => type));
  const changed = [...types].filter(
    (type) => before === undefined || promotedAddress(before, type) !== promotedAddress(promotion, type),
  );
  return [
    ...(left === to && before?.to === to ? [] : [`it goes from ${left} to ${to}, and ${before?.to} was active.`]),
    ...changed.flatMap((type) => judgeChange(committed, type, promotedAddress(promotion, type))),
    ...(changed.length === 0 ? ['the records hold that already.'] : []),
  ];
}

function judgeChange({ promotion: { to }, truth: { house } }: Committed, type: RecordType, address: string | null) {
  const holders = [...house.members.values()].filter((member) => addressOfType(house, member, type) === address);
  return [
    ...(address !== null && isPublic[type](address) ? [] : [`${address} is not public.`]),
    ...(holders.length === 1 && holders[0]?.id === to ? [] : [`${address} is not ${to}'s alone.`]),
  ];
}

const isPublic: Readonly<Record<RecordType, (text: string) => boolean>> = {
  A(text) {
    const address = parseIpv4(text);
    return address !== null && isPublicIpv4(address);
  },
  AAAA(text) {
    const address = parseIpv6(text);
    return address !== null && isPublicIpv6(address);
  },
};

/** R21. The loop knows of it when it has read the pools again. */
function judgeLeft({ promotion: { poolId }, truth: { house }, calledAt }: Committed, since: LeftSince) {
  const left = namesOf(house, poolId).find(
    ({ id, isLeft }) => isLeft && calledAt - (since.get(id) ?? calledAt) > readWithinMs,
  );
  return left === undefined ? [] : [`${left.name} is left as a person set it.`];
}

function judgeWord({ promotion: { to, poolId }, truth: { house } }: Committed): readonly string[] {
  const pool = house.pools.get(poolId);
  return [
    ...(pool?.dynamicDns === true ? [] : ['dynamic DNS is off.']),
    ...(pool?.paused == null ? [] : [`the pool is paused (${pool.paused}).`]),
    ...(house.poolMaintenance.has(poolId) ? ['the pool is in maintenance.'] : []),
    ...(house.memberMaintenance.has(to) ? [`${to} is in maintenance.`] : []),
    ...(house.quarantined.has(to) ? [`${to} is quarantined.`] : []),
  ];
}

function judgeHeard({ promotion: { to }, calledAt, heard }: Committed): readonly string[] {
  const heardAt = heard.heardAt(to, calledAt);
  if (heardAt !== null && calledAt - heardAt <= heardWithinMs + unknownBeatMs + slowFlushMs) return [];
  return [`${to} was heard ${heardAt === null ? 'never' : `${Math.round(calledAt - heardAt)} ms ago`}.`];
}

function judgeLimits(committed: Committed): readonly string[] {
  const { promotion, promotions, calledAt } = committed;
  const followed = promotions
    .ofPool(promotion.poolId)
    .filter(({ kind, at }) => kind === 'address' && !mayMisjudgeAge(committed, at));
  return limits.flatMap(({ promotions: most, withinMs }) => {
    const recent = followed.filter(({ at }) => calledAt - at < withinMs - roundingMs);
    return recent.length < most ? [] : [`${recent.length} came before it within ${withinMs / 60_000} min.`];
  });
}
