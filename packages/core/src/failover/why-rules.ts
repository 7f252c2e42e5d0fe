import { haproxyIsJudged } from '../health/judge.ts';
import type { Decision, KeepReason, MemberEvidence, PoolEvidence, RefuseReason, WaitReason } from './evidence.ts';
import { activeOf } from './explain-parts.ts';
import { isMassSilence } from './fleet-brakes.ts';
import type { Judgement } from './judgement.ts';
import { type Trouble, troubleOf } from './trouble.ts';

/*
 * Which rules settled a decision: what made it this one and no other, not all that were looked at. The numbers are RELIABILITY's.
 *
 *   keep     what holds the record where it is; of a member that is not judged, what it is not judged by
 *   wait     what has to pass; R9 and R10 name the trouble's rule as well
 *   promote  the trouble's rule, R7 for the candidate, and R9, R10 where they were near or lifted
 *   refuse   the trouble's rule, and what stands in the way
 */

type Rules = readonly number[];

const ofTrouble: Readonly<Record<Trouble, Rules>> = { 'heartbeat-lost': [1, 2], 'haproxy-inactive': [4] };

const ofKeep: Readonly<Record<Exclude<KeepReason, 'active-not-judged' | 'paused'>, Rules>> = {
  'active-healthy': [1],
  'no-active-member': [],
  'failback-not-due': [7, 12],
  maintenance: [13],
};

const ofWait: Readonly<Record<WaitReason, Rules>> = {
  silence: [1, 2],
  'haproxy-grace': [4],
  'haproxy-neutral': [4],
  cooldown: [11],
  listening: [2],
  failback: [12],
  'mass-silence': [9],
  velocity: [10],
  'dynamic-dns': [7],
};

const ofRefuse: Readonly<Record<Exclude<RefuseReason, 'paused'>, Rules>> = {
  'automatic-failover-off': [],
  'single-member': [8],
  'no-standby': [7, 8],
  'nobody-heard': [2, 7],
  held: [11],
  maintenance: [13],
};

/** The rules that settled the decision of this judgement, as `R2`, without repetition, rising. */
export function rulesOf({ decision }: Pick<Judgement, 'decision'>, evidence: PoolEvidence): readonly string[] {
  const numbers = [...new Set(numbersOf(decision, evidence))].toSorted((a, b) => a - b);
  return numbers.map((number) => `R${number}`);
}

function numbersOf(decision: Decision, evidence: PoolEvidence): Rules {
  switch (decision.kind) {
    case 'keep':
      return ofKeeping(decision.because, evidence);
    case 'wait':
      return ofWaiting(decision.because, evidence);
    case 'promote':
      return ofPromotion(decision, evidence);
    case 'refuse': {
      const ofBecause = decision.because === 'paused' ? ofPause(evidence) : ofRefuse[decision.because];
      return [...ofTrouble[decision.trouble], ...ofBecause];
    }
  }
}

function ofKeeping(because: KeepReason, evidence: PoolEvidence): Rules {
  if (because === 'paused') return ofPause(evidence);
  if (because !== 'active-not-judged') return ofKeep[because];
  const active = activeOf(evidence);
  return active === undefined ? [] : ofUnjudged(active, evidence);
}

/** Why nothing is known of a member that would move a record. */
function ofUnjudged(active: MemberEvidence, { pool }: PoolEvidence): Rules {
  return [
    ...(active.hearing.kind === 'never' ? [3] : []),
    ...(active.refusal === null ? [] : [5]),
    ...(active.quarantined ? [35] : []),
    ...(haproxyIsJudged(active, pool) && active.haproxy.kind !== 'running' ? [4] : []),
  ];
}

function ofWaiting(because: WaitReason, evidence: PoolEvidence): Rules {
  if (because === 'listening' && evidence.listening.heardMembers === 0) return [2, 7];
  if (because === 'mass-silence' || because === 'velocity' || because === 'cooldown')
    return [...ofWhatWaits(evidence), ...ofWait[because]];
  return ofWait[because];
}

function ofWhatWaits(evidence: PoolEvidence): Rules {
  const active = activeOf(evidence);
  const trouble = active === undefined ? null : troubleOf(active, evidence.pool);
  return trouble === null ? [12] : ofTrouble[trouble];
}

function ofPromotion({ because, unbraked }: Extract<Decision, { kind: 'promote' }>, { fleet }: PoolEvidence): Rules {
  if (because === 'withdrawn') return [7, 16];
  if (because === 'address-changed') return [7, 20];
  const brakes = unbraked === 'released' ? [9, 10] : unbraked === 'dead-zone' || isMassSilence(fleet.zones) ? [9] : [];
  return [...(because === 'failback' ? [12] : ofTrouble[because]), 7, ...brakes];
}

function ofPause({ pool }: PoolEvidence): Rules {
  if (pool.paused === 'foreign-mark') return [13, 21];
  return pool.paused === 'newer-epoch' ? [13, 25] : [13];
}
