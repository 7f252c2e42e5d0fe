import type { Decision, PoolId, RefuseReason } from '@serverctl/core';
import type { Notice, Severity } from './ports.ts';
import type { Verdict } from './verdict.ts';

/*
 * What people are told of a pool: trouble that nobody acts on (no-standby, automatic-failover-off, single-member, held), once, until the
 * active member is healthy. In maintenance and while paused a person has said that nothing shall happen; the member's own trouble is told.
 */

type Trouble = Exclude<RefuseReason, 'nobody-heard' | 'maintenance' | 'paused'>;

export function createPoolTransitions(): (verdict: Verdict) => readonly Notice[] {
  const troubles = new Map<PoolId, Trouble>();

  return ({ row, judgement }) => {
    const { decision, sentence } = judgement;
    const { id: poolId, activeMemberId: memberId } = row.pool;
    const told = troubles.get(poolId);
    const notice = (kind: string, severity: Severity): Notice => {
      return { kind, severity, poolId, memberId, sentence, details: {} };
    };
    if (decision.kind === 'refuse' && isTold(decision.because)) {
      if (decision.because === told) return [];
      troubles.set(poolId, decision.because);
      // The store wrote the event when it latched the pool.
      return [{ ...notice(`pool.${decision.because}`, 'critical'), logged: decision.because === 'held' }];
    }
    if (told === undefined || !isOver(decision)) return [];
    troubles.delete(poolId);
    return [notice('pool.recovered', 'info')];
  };
}

/** Only an active member that is known to be healthy ends the trouble; one that is not judged proves nothing. */
function isOver({ because }: Decision): boolean {
  return because === 'active-healthy' || because === 'failback-not-due' || because === 'failback';
}

function isTold(because: RefuseReason): because is Trouble {
  return because !== 'nobody-heard' && because !== 'maintenance' && because !== 'paused';
}
