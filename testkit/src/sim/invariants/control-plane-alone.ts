import type { MemberId } from '@serverctl/core';
import type { HostTruth, Truth } from '../truth.ts';
import { runningStates } from './heard-ledger.ts';
import type { Invariant } from './invariant.ts';

/*
 * I10. Trouble of a host, or of the network on its way, excuses a failover from it; the control plane's, the provider's and a person's do
 * not. So a member from which a failover goes must have been touched by one of the first two, or its host not have been well, within
 * its failover delay and 20 s.
 *
 * A host's fault without a member is one of many hosts, and touches nobody by itself: each host that it strikes is told with it. The network's
 * touches everybody.
 */

const afterMs = 20_000;

export const ownFaultsMoveNothing: Invariant = {
  id: 'I10',
  sentence:
    'No automatic failover from a member that no fault of a host or of the network has touched within its failover delay and 20 s.',
  rules: ['R2', 'R3', 'R9'],
  watch: (say, { truth }) => {
    /** Faults of hosts and network in force, by kind and id: whom they touch; null = everybody. */
    const inForce = new Map<string, MemberId | null>();
    const touchedAt = new Map<MemberId | null, number>();

    function wasTouched(memberId: MemberId, since: number): boolean {
      for (const touched of inForce.values()) if (touched === memberId || touched === null) return true;
      return Math.max(touchedAt.get(memberId) ?? -1, touchedAt.get(null) ?? -1) >= since;
    }

    return {
      onFault({ side, kind, id, phase, memberId }, at) {
        if (side !== 'network' && (side !== 'host' || memberId === null)) return;
        touchedAt.set(memberId, at);
        if (phase === 'begin') inForce.set(`${kind} ${id}`, memberId);
        else inForce.delete(`${kind} ${id}`);
      },
      onPromotion({ kind, from, poolId, evidence, cause }, { replica, calledAt }, at) {
        if (replica === null || kind !== 'failover' || from === null) return;
        const since = calledAt - evidence.pool.failoverDelayMs - afterMs;
        if (wasTouched(from, since) || !wasWell(truth, from, since)) return;
        say(at, `pool ${poolId} left ${from} (${cause}); nothing has happened to that host or its network.`);
      },
    };
  },
};

/** Whether nothing about the member's host has changed since then, and it is well. */
function wasWell(truth: Truth, memberId: MemberId, from: number): boolean {
  const isWell = ({ powered, agent, haproxy, since }: HostTruth) =>
    powered &&
    agent === 'running' &&
    runningStates.has(haproxy) &&
    Math.max(since.powered, since.agent, since.haproxy) < from;
  return truth.hosts.filter((host) => host.memberId === memberId).every(isWell);
}
