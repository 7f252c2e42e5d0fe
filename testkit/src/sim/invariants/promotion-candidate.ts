import { isInForce } from '../../memory-house.ts';
import { mayMisjudgeAge } from './first-sight.ts';
import type { Invariant } from './invariant.ts';
import { isJudged, toldDown } from './promotion-trouble.ts';
import { type Committed, watchPromotions } from './promotion-watch.ts';
import { oneFlushMs } from './unknown-beat.ts';

const freshMs = 3_000;
const newcomerMs = 30_000;
const slowFlushMs = 5_000;

export const candidateIsWitness: Invariant = {
  id: 'I5',
  sentence:
    'Who is promoted was heard 3 s ago at most, runs HAProxy, is no newcomer, and is neither in maintenance nor in quarantine.',
  rules: ['R3', 'R7', 'R13', 'R35'],
  watch: (say, ledgers) => {
    const enrolledAt = new Map<string, number>();
    const judged = watchPromotions(say, ledgers, (committed) => [
      ...judgeHeard(committed),
      ...judgeNewcomer(committed, enrolledAt.get(committed.promotion.to)),
      ...judgeStanding(committed),
    ]);
    return {
      ...judged,
      onEnrolled(memberId, _secret, at) {
        enrolledAt.set(memberId, at);
      },
    };
  },
};

function judgeHeard(committed: Committed): readonly string[] {
  const { promotion, calledAt, heard, truth } = committed;
  const { to, evidence } = promotion;
  const heardAt = heard.heardAt(to, calledAt);
  if (heardAt === null || calledAt - heardAt > freshMs + mostFlushMs(committed))
    return [`${to} was heard ${heardAt === null ? 'never' : `${Math.round(calledAt - heardAt)} ms ago`}.`];
  const member = truth.house.members.get(to);
  if (member !== undefined && isJudged(member, evidence.pool.preset) && toldDown(heard, to, calledAt))
    return [`${to} said that HAProxy is down.`];
  return [];
}

/** A beat is taken for as late as the flush that stored it, which a database in trouble may hold up until the flush is given up. */
function mostFlushMs({ listening, replica, calledAt }: Committed): number {
  const lately = freshMs + oneFlushMs;
  return listening.ranSince(replica, calledAt, lately) < calledAt - lately ? slowFlushMs : oneFlushMs;
}

function judgeNewcomer(committed: Committed, enrolledAt: number | undefined): readonly string[] {
  const { promotion, calledAt } = committed;
  const { to } = promotion;
  if (enrolledAt === undefined || calledAt - enrolledAt >= newcomerMs) return [];
  if (mayMisjudgeAge(committed, enrolledAt)) return [];
  return [`${to} enrolled ${Math.round(calledAt - enrolledAt)} ms ago.`];
}

function judgeStanding({
  promotion: { to, from, poolId, at: committedAt },
  truth: { house },
}: Committed): readonly string[] {
  const pool = house.pools.get(poolId);
  const resting = [from, to].filter((id) => id !== null && isInForce(house.memberMaintenance.get(id), committedAt));
  return [
    ...resting.map((id) => `${id} is in maintenance.`),
    ...(isInForce(house.poolMaintenance.get(poolId), committedAt) ? ['the pool is in maintenance.'] : []),
    ...(house.quarantined.has(to) ? [`${to} is quarantined.`] : []),
    ...(pool?.paused == null ? [] : [`the pool is paused (${pool.paused}).`]),
    ...(pool?.held === true ? ['the pool is held.'] : []),
    ...(pool?.automaticFailover === false ? ['automatic failover is off.'] : []),
    ...(to === from ? ['it goes to the member that it comes from.'] : []),
  ];
}
