import type { Decision, EventKind, PoolId, RefuseReason } from '@serverctl/core';
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
    const { decision } = judgement;
    const { id: poolId, activeMemberId: memberId } = row.pool;
    const told = troubles.get(poolId);
    const notice = (kind: EventKind, severity: Severity, sentence: string): Notice => {
      return { kind, severity, poolId, memberId, sentence, details: {} };
    };
    if (decision.kind === 'refuse' && isTold(decision.because)) {
      if (decision.because === told) return [];
      troubles.set(poolId, decision.because);
      // The store wrote the event when it latched the pool.
      return [
        { ...notice(`pool.${decision.because}`, 'critical', judgement.sentence), logged: decision.because === 'held' },
      ];
    }
    if (told === undefined || !isOver(decision)) return [];
    troubles.delete(poolId);
    return [notice('pool.recovered', 'info', recoveredSentence(row))];
  };
}

/** The judgement says what is done now, which is nothing; who was told of trouble wants to know that it is over. */
function recoveredSentence({ pool, members }: Verdict['row']): string {
  const active = members.find(({ id }) => id === pool.activeMemberId);
  return `${pool.name} has recovered: ${active?.hostname ?? 'its active member'} is healthy.`;
}

/** Only an active member that is known to be healthy ends the trouble; one that is not judged proves nothing. */
function isOver({ because }: Decision): boolean {
  return because === 'active-healthy' || because === 'failback-not-due' || because === 'failback';
}

function isTold(because: RefuseReason): because is Trouble {
  return because !== 'nobody-heard' && because !== 'maintenance' && because !== 'paused';
}
