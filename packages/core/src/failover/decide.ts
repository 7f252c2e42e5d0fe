import { silenceOf, wasEverHeard } from '../health/hearing.ts';
import { haproxyIsJudged, judgeHealth } from '../health/judge.ts';
import { isNobodyHeard } from '../health/listening.ts';
import { secondMs } from '../time.ts';
import { judgeBrake } from './brakes.ts';
import type { Decision, Listening, MemberEvidence, PoolEvidence } from './evidence.ts';
import { judgeFailback } from './failback.ts';
import type { Standing } from './judgement.ts';
import { type HealthById, isFresh, judgeStandings } from './readiness.ts';

/*
 * THE decision. The first row that holds:
 *
 *    | active member                       | and                                       | decision
 *  1 | none                                |                                           | keep no-active-member
 *  2 | not among the members               |                                           | keep active-not-judged
 *  3 | heartbeat-lost                      |                                           | act on it (below)
 *  4 | haproxy-inactive, latest beat fresh |                                           | act on it (below)
 *  5 | silent for more than 3 s            | no process ever heard it                  | keep active-not-judged
 *    |                                     | blind                                     | wait listening
 *  6 |                                     | nobody heard for long enough to say so    | refuse nobody-heard
 *  7 |                                     | true silence >= failover delay (unheard)  | wait listening
 *  8 |                                     | else                                      | wait silence
 *  9 | HAProxy inactive within the grace   |                                           | wait haproxy-grace
 * 10 | HAProxy neutral                     |                                           | wait haproxy-neutral
 * 11 | healthy                             | failback due, not blind, somebody heard   | promote failback
 * 12 |                                     | failback due in n ms                      | wait failback
 * 13 |                                     | failback wished, preferred one not ready  | keep failback-not-due
 * 14 |                                     | else                                      | keep active-healthy
 * 15 | any other kind                      |                                           | keep active-not-judged
 *
 * Acting on trouble:
 *  a | blind (I6)                                           | wait listening
 *  b | nobody in the fleet heard within 3 s (R7)            | refuse nobody-heard, once it has lasted for long enough to say so;
 *    |                                                      | wait listening before
 *  c | the pool has one member                              | refuse single-member
 *  d | automatic failover is off                            | refuse automatic-failover-off
 *  e | held (R11)                                           | refuse held
 *  f | no ready standby (R8)                                | refuse no-standby
 *  g | R11's bucket is full                                 | refuse held: the caller latches the pool
 *  h | less than 10 s since the last promotion (R11)        | wait cooldown
 *  i | else                                                 | promote the first in the order
 *
 * Row 4 asks for a fresh beat: what a silent host said last is no proof of what it does now; its silence is judged instead.
 */

/** Blindness ends by news from the loop itself; a person reading `forMs` is told to look again after this. */
const blindRecheckMs = secondMs;

type Trouble = 'heartbeat-lost' | 'haproxy-inactive';

/** Judges one pool at one moment. Pure: the same evidence gives the same decision, byte for byte (R14, I18). */
export function decide(evidence: PoolEvidence): Decision {
  const health = judgeMembers(evidence);
  return decideFrom(evidence, health, judgeStandings(evidence, health));
}

/** Health of every member of the pool, by id. */
export function judgeMembers({ members, pool, listening }: PoolEvidence): HealthById {
  return Object.fromEntries(members.map((member) => [member.id, judgeHealth(member, pool, listening)]));
}

/** `decide` for a caller that has judged health and standings of the same evidence already. */
export function decideFrom(evidence: PoolEvidence, health: HealthById, standings: readonly Standing[]): Decision {
  const { activeMemberId } = evidence.pool;
  if (activeMemberId === null) return { kind: 'keep', because: 'no-active-member' };
  const active = evidence.members.find((member) => member.id === activeMemberId);
  if (active === undefined) return { kind: 'keep', because: 'active-not-judged' };

  const kind = health[active.id]?.kind ?? 'unknown';
  if (kind === 'heartbeat-lost') return act(evidence, active, standings, kind);
  if (kind === 'haproxy-inactive' && isFresh(active)) return act(evidence, active, standings, kind);
  if (!isFresh(active)) {
    return wasEverHeard(active.hearing)
      ? awaitSilence(evidence, active)
      : { kind: 'keep', because: 'active-not-judged' };
  }
  const unsettled = awaitHaproxy(evidence, active);
  if (unsettled !== null) return unsettled;
  if (kind === 'healthy') return considerFailback(evidence, active, standings);
  return { kind: 'keep', because: 'active-not-judged' };
}

/** Rows a to i. */
function act(
  evidence: PoolEvidence,
  active: MemberEvidence,
  standings: readonly Standing[],
  trouble: Trouble,
): Decision {
  const { pool, members, listening } = evidence;
  if (listening.blindBecause !== null) return { kind: 'wait', because: 'listening', forMs: blindRecheckMs };
  if (listening.heardMembers === 0) return answerNobodyHeard(evidence, trouble);
  if (members.length === 1) return { kind: 'refuse', because: 'single-member', trouble };
  if (!pool.automaticFailover) return { kind: 'refuse', because: 'automatic-failover-off', trouble };
  if (pool.held) return { kind: 'refuse', because: 'held', trouble };
  const next = standings.find((standing) => standing.ready);
  if (next === undefined) return { kind: 'refuse', because: 'no-standby', trouble };
  const brake = judgeBrake(evidence);
  switch (brake.kind) {
    case 'exhausted':
      return { kind: 'refuse', because: 'held', trouble };
    case 'cooldown':
      return { kind: 'wait', because: 'cooldown', forMs: brake.leftMs };
    case 'free':
      return { kind: 'promote', from: active.id, to: next.memberId, because: trouble };
  }
}

/** Rows 5 to 8: silent, but not proven lost. */
function awaitSilence({ pool, listening }: PoolEvidence, active: MemberEvidence): Decision {
  if (listening.blindBecause !== null) return { kind: 'wait', because: 'listening', forMs: blindRecheckMs };
  if (isNobodyHeard(listening)) return { kind: 'refuse', because: 'nobody-heard', trouble: 'heartbeat-lost' };
  const { trueMs, provenMs } = silenceOf(active.hearing);
  const because = trueMs >= pool.failoverDelayMs ? 'listening' : 'silence';
  return { kind: 'wait', because, forMs: pool.failoverDelayMs - provenMs };
}

/** I6, R7: nothing is promoted while blind or while nobody at all is heard. */
function mayNotAct(listening: Listening): boolean {
  return listening.blindBecause !== null || listening.heardMembers === 0;
}

/** Row b: a beat that is only late must not raise R2's alarm. */
function answerNobodyHeard({ listening }: PoolEvidence, trouble: Trouble): Decision {
  if (isNobodyHeard(listening)) return { kind: 'refuse', because: 'nobody-heard', trouble };
  return { kind: 'wait', because: 'listening', forMs: listening.nobodyHeardAfterMs - listening.nobodyHeardForMs };
}

/** Rows 9 and 10; null when HAProxy is settled or not judged. */
function awaitHaproxy({ pool }: PoolEvidence, active: MemberEvidence): Decision | null {
  const { haproxy } = active;
  if (!haproxyIsJudged(active, pool)) return null;
  if (haproxy.kind === 'neutral') return { kind: 'wait', because: 'haproxy-neutral', forMs: haproxy.leftMs };
  if (haproxy.kind !== 'inactive') return null;
  return { kind: 'wait', because: 'haproxy-grace', forMs: pool.haproxyGraceMs - haproxy.forMs };
}

/** Rows 11 to 14. */
function considerFailback(evidence: PoolEvidence, active: MemberEvidence, standings: readonly Standing[]): Decision {
  const failback = judgeFailback(evidence, active, standings);
  switch (failback.kind) {
    case 'due':
      if (mayNotAct(evidence.listening)) return { kind: 'wait', because: 'listening', forMs: blindRecheckMs };
      return { kind: 'promote', from: active.id, to: failback.to, because: 'failback' };
    case 'wait':
      return { kind: 'wait', because: 'failback', forMs: failback.forMs };
    case 'not-due':
      return { kind: 'keep', because: 'failback-not-due' };
    case 'none':
      return { kind: 'keep', because: 'active-healthy' };
  }
}
