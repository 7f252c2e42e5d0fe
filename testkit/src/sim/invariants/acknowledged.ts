import type { BindingId } from '@serverctl/core';
import type { DnsCall, DnsOutcome } from '../observer.ts';
import type { Truth } from '../truth.ts';
import type { Invariant } from './invariant.ts';

/*
 * R19: a name is told as acknowledged only when its provider said so to the process that tells it: it took a write under that epoch, or was
 * read to hold the address when the pool was there. What it held is looked at when the read begins and when its answer has come.
 */

/** What a process was told by a provider. */
interface Proof {
  readonly address: string;
  /** Of the write; of the pool when it was read. */
  readonly epoch: number;
  readonly isWritten: boolean;
}

export const acknowledgedIsTrue: Invariant = {
  id: 'I17',
  sentence:
    'A name is told as acknowledged under an epoch only after its provider took a write of it, or was read to hold it.',
  rules: ['R19', 'R22'],
  watch: (say, { truth }) => {
    const proofs = new Map<string, Map<BindingId, readonly Proof[]>>();
    const seenAtBegin = new Map<number, Proof>();

    function prove({ replica, bindingId }: DnsCall, ...fresh: readonly Proof[]): void {
      const ofReplica = proofs.get(replica) ?? new Map<BindingId, readonly Proof[]>();
      proofs.set(replica, ofReplica);
      ofReplica.set(bindingId, [...fresh, ...(ofReplica.get(bindingId) ?? [])].slice(0, keptProofs));
    }

    return {
      onReplica(replica, state) {
        if (state === 'started') proofs.delete(replica);
      },
      onDnsCallStarted(call) {
        if (call.verb === 'read') seenAtBegin.set(call.call, heldNow(truth, call));
      },
      onDnsCallEnded(call, outcome) {
        const before = seenAtBegin.get(call.call);
        seenAtBegin.delete(call.call);
        if (!isGood(outcome)) return;
        const { verb, epoch, address } = call;
        if (verb === 'replace') prove(call, { address: address ?? '', epoch: epoch ?? 0, isWritten: true });
        else if (before !== undefined) prove(call, before, heldNow(truth, call));
      },
      onPublication({ bindingId, step, epoch, address }, replica, at) {
        if (step !== 'acknowledged') return;
        const isProof = (one: Proof) =>
          one.address === (address ?? '') && (one.isWritten ? one.epoch === epoch : one.epoch >= epoch);
        if (proofs.get(replica)?.get(bindingId)?.some(isProof) === true) return;
        say(at, `${replica} tells ${bindingId} as acknowledged under epoch ${epoch}; its provider never said so.`);
      },
    };
  },
};

/** What is told late, behind a database in trouble, is about one of the last calls. */
const keptProofs = 40;

function isGood(outcome: DnsOutcome): boolean {
  return outcome === 'ok' || outcome === 'already';
}

function heldNow(truth: Truth, { bindingId, poolId }: DnsCall): Proof {
  const address = (truth.binding(bindingId).view.rrset?.addresses ?? []).join();
  return { address, epoch: truth.house.pools.get(poolId)?.epoch ?? 0, isWritten: false };
}
