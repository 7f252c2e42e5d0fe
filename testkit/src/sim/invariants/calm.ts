import type { FaultEvent } from '../fault-event.ts';
import type { Observer } from '../observer.ts';
import { touchesControlPlane } from './sides.ts';

/*
 * Since when publishing meets nothing in its way: no fault of the control plane, of the provider, or of a way that is not one member's
 * alone is in force, and one process has led. A person's edit lasts no time and disturbs only the name that it touches.
 */
export interface Calm extends Observer {
  /** Null while something is in force or nobody leads. */
  since(): number | null;
}

export function watchCalm(): Calm {
  const inForce = new Set<string>();
  let lastDisturbedAt = 0;
  let leader: string | null = null;
  return {
    onFault(fault, at) {
      if (!disturbs(fault)) return;
      lastDisturbedAt = at;
      const key = `${fault.kind} ${fault.id}`;
      if (fault.phase === 'begin') inForce.add(key);
      else inForce.delete(key);
    },
    onLease(replica, fence, at) {
      if (fence !== null) leader = replica;
      else if (leader === replica) leader = null;
      lastDisturbedAt = at;
    },
    onReplica(replica, state, at) {
      lastDisturbedAt = at;
      if ((state === 'killed' || state === 'stopped') && leader === replica) leader = null;
    },
    onRestored(_lost, at) {
      lastDisturbedAt = at;
    },
    since: () => (inForce.size > 0 || leader === null ? null : lastDisturbedAt),
  };
}

function disturbs(fault: FaultEvent): boolean {
  const { side, memberId } = fault;
  return touchesControlPlane(fault) || side === 'provider' || (side === 'network' && memberId === null);
}
