import type { EventKind, Judgement, Pool, PoolId, RefuseReason } from '@serverctl/core';
import type { Notice, OpenTrouble, Severity } from './ports.ts';
import type { Verdict } from './verdict.ts';

/*
 * What people are told of a pool: trouble that nobody acts on (no-standby, automatic-failover-off, single-member, held), once, until the
 * active member is healthy. In maintenance and while paused a person has said that nothing shall happen; the member's own trouble is told.
 */

type Trouble = Exclude<RefuseReason, 'nobody-heard' | 'maintenance' | 'paused'>;

const isTrouble: Readonly<Record<Trouble, true>> = {
  'no-standby': true,
  'automatic-failover-off': true,
  'single-member': true,
  held: true,
};
const troubleKinds = Object.keys(isTrouble) as readonly Trouble[];

/** `open`: what people were told before us, and not yet that it is over. */
export function createPoolTransitions(open: readonly OpenTrouble[] = []): (verdict: Verdict) => readonly Notice[] {
  const troubles = new Map(open.flatMap(troubleTold));

  return ({ row, judgement }) => {
    const { decision } = judgement;
    const { id: poolId, activeMemberId: memberId } = row.pool;
    const told = troubles.get(poolId);
    const notice = (kind: EventKind, severity: Severity, sentence: string): Notice => {
      return { kind, severity, poolId, memberId, sentence, details: {} };
    };
    if (decision.kind === 'refuse' && isTold(decision.because)) {
      // The store tells of it when it latches the pool (R11), which may fail: before that nobody was told.
      if (decision.because === told || (decision.because === 'held' && !row.pool.held)) return [];
      troubles.set(poolId, decision.because);
      return decision.because === 'held' ? [] : [notice(`pool.${decision.because}`, 'critical', judgement.sentence)];
    }
    if (told === undefined || !isOver(row.pool, judgement)) return [];
    troubles.delete(poolId);
    return [notice('pool.recovered', 'info', recoveredSentence(row))];
  };
}

function troubleTold({ kind, poolId }: OpenTrouble): [PoolId, Trouble][] {
  const trouble = troubleKinds.find((one) => `pool.${one}` === kind);
  return poolId === null || trouble === undefined ? [] : [[poolId, trouble]];
}

/** The judgement says what is done now, which is nothing; who was told of trouble wants to know that it is over. */
function recoveredSentence({ pool, members }: Verdict['row']): string {
  const active = members.find(({ id }) => id === pool.activeMemberId);
  return `${pool.name} has recovered: ${active?.hostname ?? 'its active member'} is healthy.`;
}

/** Only an active member that is known to be healthy ends the trouble; one that is not judged proves nothing. */
function isOver({ activeMemberId }: Pool, { decision: { because }, health }: Judgement): boolean {
  // Dynamic DNS follows one that is not judged as well.
  if (because === 'address-changed' || because === 'dynamic-dns')
    return activeMemberId !== null && health[activeMemberId]?.kind === 'healthy';
  return because === 'active-healthy' || because === 'failback-not-due' || because === 'failback';
}

function isTold(because: RefuseReason): because is Trouble {
  return Object.hasOwn(isTrouble, because);
}
