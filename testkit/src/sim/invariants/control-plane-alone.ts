import type { MemberId } from '@serverctl/core';
import type { Invariant } from './invariant.ts';

/*
 * I10. Trouble of a host, or of the network on its way, excuses a failover from it; the control plane's, the provider's and a person's do
 * not. So a member from which a failover goes must have been touched by one of the first two within its failover delay and 20 s.
 */

const afterMs = 20_000;

export const ownFaultsMoveNothing: Invariant = {
  id: 'I10',
  sentence:
    'No automatic failover from a member that no fault of a host or of the network has touched within its failover delay and 20 s.',
  rules: ['R2', 'R3', 'R9'],
  watch: (say) => {
    /** Faults of hosts and network in force, by id: whom they touch; null = everybody. */
    const inForce = new Map<string, MemberId | null>();
    const touchedAt = new Map<MemberId | null, number>();

    function wasTouched(memberId: MemberId, since: number): boolean {
      for (const touched of inForce.values()) if (touched === memberId || touched === null) return true;
      return Math.max(touchedAt.get(memberId) ?? -1, touchedAt.get(null) ?? -1) >= since;
    }

    return {
      onFault({ side, kind, id, phase, memberId }, at) {
        if (side !== 'host' && side !== 'network') return;
        touchedAt.set(memberId, at);
        if (phase === 'begin') inForce.set(`${kind} ${id}`, memberId);
        else inForce.delete(`${kind} ${id}`);
      },
      onPromotion({ kind, from, poolId, evidence, cause }, { replica, calledAt }, at) {
        if (replica === null || kind !== 'failover' || from === null) return;
        if (wasTouched(from, calledAt - evidence.pool.failoverDelayMs - afterMs)) return;
        say(at, `pool ${poolId} left ${from} (${cause}); nothing has happened to that host or its network.`);
      },
    };
  },
};
