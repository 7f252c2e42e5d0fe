import type { LeaseFence } from '../../../../apps/server/src/worker/ports.ts';
import type { Invariant } from './invariant.ts';

/*
 * I2 speaks of holders younger than 5 s: of real time. A suspended machine's monotonic clock stands still with it, so for a moment after
 * it goes on its process believes in a lease that is as old as the suspension; that holder is not young, and what it commits is fenced.
 */

const youngMs = 5_000;

export const oneLeader: Invariant = {
  id: 'I2',
  sentence:
    'At most one process holds the lease and is younger than 5 s; nothing is committed or written under a term that is over.',
  rules: ['R15'],
  watch: (say, { truth }) => {
    const believing = new Set<string>();
    const suspendedAt = new Map<string, number>();
    /** Until when a process that was suspended may believe in an old lease. */
    const agedUntil = new Map<string, number>();
    let lastTerm = 0;
    let wasTwo = false;

    function judge(at: number): void {
      if (believing.size < 2) {
        wasTwo = false;
        return;
      }
      const young = truth.replicas.filter(
        ({ name, fence }) => fence !== null && believing.has(name) && (agedUntil.get(name) ?? 0) <= at,
      );
      if (young.length > 1 && !wasTwo)
        say(at, `${young.map(({ name }) => name).join(' and ')} hold the lease at once.`);
      wasTwo = young.length > 1;
    }

    function judgeTerm(what: string, replica: string, fence: LeaseFence | null, at: number): void {
      if (fence === null) say(at, `${replica} ${what} without the lease.`);
      else if (fence.term < lastTerm)
        say(at, `${replica} ${what} under term ${fence.term}; term ${lastTerm} has begun.`);
    }

    return {
      onLease(replica, fence, at) {
        if (fence === null) believing.delete(replica);
        else believing.add(replica);
        lastTerm = Math.max(lastTerm, fence?.term ?? 0);
        judge(at);
      },
      onReplica(replica, state, at) {
        const sleptFrom = suspendedAt.get(replica);
        if (state === 'suspended') suspendedAt.set(replica, at);
        else suspendedAt.delete(replica);
        if (state === 'resumed' && at - (sleptFrom ?? at) >= youngMs) agedUntil.set(replica, at + youngMs);
        else if (state === 'killed' || state === 'stopped') believing.delete(replica);
      },
      onEvent: judge,
      onPromotion({ poolId }, { replica, fence }, at) {
        if (replica !== null) judgeTerm(`promoted in pool ${poolId}`, replica, fence, at);
      },
      onDnsCallStarted({ verb, replica, fence, bindingId }, at) {
        if (verb === 'replace' && fence === null) say(at, `${replica} began to write ${bindingId} without the lease.`);
      },
    };
  },
};
