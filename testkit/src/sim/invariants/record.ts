import type { BindingId } from '@serverctl/core';
import { addressOfMember } from '../../memory-promote.ts';
import type { Truth } from '../truth.ts';
import type { Invariant } from './invariant.ts';

/** Whether the address is a registered member's. */
function isMembers({ house }: Truth, address: string): boolean {
  return [...house.members.values()].some((member) => addressOfMember(house, member) === address);
}

export const recordNamesOneMember: Invariant = {
  id: 'I3',
  sentence:
    'No change of ours leaves a record empty, with more than one address, or with one that no registered member had when its call began.',
  rules: ['R20'],
  watch: (say, { truth }) => {
    return {
      onDnsCallStarted({ verb, bindingId, address, replica }, at) {
        if (verb !== 'replace') return;
        if (address === null || !isMembers(truth, address))
          say(at, `${replica} writes ${address} to ${bindingId}: no member has it.`);
      },
      onWriteApplied({ call, address }, at) {
        if (address !== call.address) say(at, `${call.bindingId} got ${address}, the call said ${call.address}.`);
      },
      onRecordChanged({ by, bindingId, addresses }, at) {
        if (by === 'us' && addresses.length !== 1) say(at, `we left ${bindingId} with ${addresses.length} addresses.`);
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
