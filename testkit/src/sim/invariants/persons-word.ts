import type { BindingId } from '@serverctl/core';
import type { RecordChange } from '../observer.ts';
import type { Truth } from '../truth.ts';
import { addressOfType, desiredOf } from './families.ts';
import type { Invariant } from './invariant.ts';

/*
 * R21: another member's address that a person put where the present epoch was published already is alerted and left, until a person adopts
 * or repairs it, or a newer epoch is to be published. A call that began before the edit may still arrive.
 *
 * Who sets the very address that is there, as after a write that the provider lost, changes nothing that anybody could see: it is no word.
 */

interface Edit {
  readonly at: number;
  readonly epoch: number;
}

export const personsEditStands: Invariant = {
  id: 'I4',
  sentence:
    "Another member's address that a person set is not written over under the same epoch, unless a person asks for it.",
  rules: ['R21'],
  watch: (say, { truth }) => {
    const edits = new Map<BindingId, Edit>();
    /** What each record answered when it was last told of. */
    const answers = new Map<BindingId, string>();
    return {
      onBegin({ bindings }) {
        for (const { bindingId, view } of bindings) answers.set(bindingId, view.rrset?.addresses.join() ?? '');
      },
      onRecordChanged(change, at) {
        const edit = editOf(truth, change, at);
        const before = answers.get(change.bindingId);
        const answer = change.addresses.join();
        answers.set(change.bindingId, answer);
        if (edit !== null && answer === before) return;
        if (edit !== null) edits.set(change.bindingId, edit);
        else if (change.by !== 'us') edits.delete(change.bindingId);
      },
      onOperator({ poolId }) {
        for (const { id, poolId: own } of truth.house.bindings.values()) if (own === poolId) edits.delete(id);
      },
      onRestored: () => edits.clear(),
      onWriteApplied({ call, epoch }, at) {
        const edit = edits.get(call.bindingId);
        edits.delete(call.bindingId);
        if (edit === undefined || call.startedAt <= edit.at || epoch !== edit.epoch) return;
        say(
          at,
          `${call.replica} wrote ${call.bindingId} over what a person had set it to ${Math.round(at - edit.at)} ms before.`,
        );
      },
    };
  },
};

/** Null = it is no such edit. */
function editOf(truth: Truth, { by, bindingId, poolId, addresses }: RecordChange, at: number): Edit | null {
  const { house } = truth;
  const pool = house.pools.get(poolId);
  const isPublished = (house.bindings.get(bindingId)?.publishedEpoch ?? 0) === pool?.epoch;
  if (by !== 'person' || pool === undefined || !isPublished || addresses.length !== 1) return null;
  const { view, type } = truth.binding(bindingId);
  const { mark } = view;
  if (desiredOf(truth, bindingId)?.length === 0) return null; // an AAAA that was withdrawn is not to be there
  if (mark.kind !== 'ours' || mark.mark.epoch !== pool.epoch) return null;
  const holder = [...house.members.values()].find((member) => addressOfType(house, member, type) === addresses[0]);
  const isOther = holder !== undefined && holder.poolId === poolId && holder.id !== pool.activeMemberId;
  return isOther ? { at, epoch: pool.epoch } : null;
}
