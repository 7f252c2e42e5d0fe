import type { Pool } from '../pool/pool.ts';
import type { Decision } from './evidence.ts';

/*
 * When two decisions about one pool are the same one (R14). It is asked by whoever keeps changes and by whoever tells since when a
 * decision holds, so there is one rule:
 *
 *   kind, reason        always
 *   target              of `promote`
 *   trouble             of `refuse`
 *   active member,      whoever moved it: "keep" after a switchover by a person is about another host
 *   epoch
 *   time left           never: it changes at every look
 */

/** What a pool is while it is decided on, as far as it makes a decision another one. */
export type DecidedOn = Pick<Pool, 'activeMemberId' | 'epoch'>;

/** A text that is equal for two decisions exactly when they are the same one. */
export function decisionOutline(decision: Decision, { activeMemberId, epoch }: DecidedOn): string {
  return `${activeMemberId ?? 'nobody'} ${epoch} ${wordsOf(decision)}`;
}

function wordsOf(decision: Decision): string {
  switch (decision.kind) {
    case 'keep':
    case 'wait':
      return `${decision.kind} ${decision.because}`;
    case 'promote':
      return `promote ${decision.because} ${decision.to}`;
    case 'refuse':
      return `refuse ${decision.because} ${decision.trouble}`;
  }
}
