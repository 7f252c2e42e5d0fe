import type { BindingId, PoolId } from '@serverctl/core';
import type { DnsCall } from '../observer.ts';
import type { Truth } from '../truth.ts';
import { isSomeMembers, mayBeDropped, promotedAddress, promotionOf } from './families.ts';
import type { Invariant } from './invariant.ts';

/** A person's change of settings may come between what was asked right before the call and the call. */
const askedWithinMs = 500;

/**
 * Whether the address is a registered member's, or was when the present promotion of the pool to such a member fixed it (ADR 0009): it may
 * have another one since, which dynamic DNS follows within its limits.
 */
function isMembers({ house }: Truth, bindingId: BindingId, address: string): boolean {
  const binding = house.bindings.get(bindingId);
  if (binding === undefined) return false;
  if (isSomeMembers(house, binding.type, address)) return true;
  const pool = house.pools.get(binding.poolId);
  return house.promotions.some(
    (one) =>
      one.poolId === pool?.id &&
      one.epoch === pool.epoch &&
      house.members.has(one.to) &&
      promotedAddress(one, binding.type) === address,
  );
}

export const recordNamesOneMember: Invariant = {
  id: 'I3',
  sentence:
    'No change of ours leaves a record with more than one address, with one that no registered member had when its call began, or empty, but for an AAAA that goes by the setting `drop`, whose name has an A, and whose pool has moved to a member without an IPv6 address.',
  rules: ['R20'],
  watch: (say, { truth }) => {
    const settingsAt = new Map<PoolId, number>();
    /** Names that we withdrew last. */
    const withdrawn = new Set<BindingId>();

    function mayWithdraw({ bindingId, poolId, epoch }: DnsCall, at: number): boolean {
      const { house } = truth;
      const promotion = epoch === null ? undefined : promotionOf(house, poolId, epoch);
      if (promotion !== undefined && promotion.address6 !== null) return false;
      return mayBeDropped(house, bindingId) || at - (settingsAt.get(poolId) ?? -askedWithinMs) < askedWithinMs;
    }

    return {
      onOperator({ kind, poolId }, at) {
        if (kind === 'settings' && poolId !== null) settingsAt.set(poolId, at);
      },
      onDnsCallStarted(call, at) {
        const { verb, bindingId, address, replica } = call;
        if (verb !== 'replace') return;
        if (address === null && !mayWithdraw(call, at)) say(at, `${replica} withdraws ${bindingId}, which is to stay.`);
        if (address !== null && !isMembers(truth, bindingId, address))
          say(at, `${replica} writes ${address} to ${bindingId}: no member has it.`);
      },
      onWriteApplied({ call, address }, at) {
        if (address !== call.address) say(at, `${call.bindingId} got ${address}, the call said ${call.address}.`);
        if (call.address === null) withdrawn.add(call.bindingId);
        else withdrawn.delete(call.bindingId);
      },
      onRecordChanged({ by, bindingId, addresses }, at) {
        if (by !== 'us' || addresses.length === (withdrawn.has(bindingId) ? 0 : 1)) return;
        say(at, `we left ${bindingId} with ${addresses.length} addresses.`);
      },
    };
  },
};

export const writesFollowOurMark: Invariant = {
  id: 'I4',
  sentence:
    "A conditional provider never applies a write over a mark of a newer epoch; no write goes over another plane's mark unless a person asked for it.",
  rules: ['R18', 'R21'],
  watch: (say, { truth }) => {
    /** Names that another control plane has marked, until a person asks for ours. */
    const foreign = new Set<BindingId>();
    return {
      onWriteApplied({ call, flavour, epoch, epochBefore }, at) {
        if (flavour === 'conditional' && epochBefore !== null && epochBefore > epoch) {
          say(at, `${call.bindingId} went from epoch ${epochBefore} back to ${epoch}.`);
        }
        if (foreign.delete(call.bindingId) && flavour === 'conditional') {
          say(at, `${call.replica} wrote ${call.bindingId} over another control plane's mark.`);
        }
      },
      onRecordChanged({ by, bindingId }) {
        if (by === 'other-plane') foreign.add(bindingId);
        else if (by === 'person') foreign.delete(bindingId);
      },
      onOperator({ kind, poolId }) {
        if (!personAsks.has(kind)) return;
        for (const binding of truth.bindings) if (binding.poolId === poolId) foreign.delete(binding.bindingId);
      },
    };
  },
};

/** What a person does that lets us write over whatever stands there. */
const personAsks: ReadonlySet<string> = new Set(['repair', 'adopt', 'switchover', 'take-over']);
