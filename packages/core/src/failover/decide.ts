import type { Health } from '../health/health.ts';
import { silenceOf, wasEverHeard } from '../health/hearing.ts';
import { haproxyIsJudged, judgeHealth } from '../health/judge.ts';
import { isNobodyHeard } from '../health/listening.ts';
import type { MemberId } from '../ids.ts';
import { secondMs } from '../time.ts';
import { antiFlapping, judgeBrake } from './brakes.ts';
import type { Decision, Listening, MemberEvidence, PoolEvidence } from './evidence.ts';
import { judgeFailback } from './failback.ts';
import { brakeFailback, brakeFailover, type FleetBrake } from './fleet-brakes.ts';
import { followAddress } from './follow-address.ts';
import type { Standing } from './judgement.ts';
import { type HealthById, isFresh, judgeStandings } from './readiness.ts';
import { bindingMaintenanceMs, type Trouble, troubleOf } from './trouble.ts';

/*
 * THE decision. The first row that holds:
 *
 *    | active member                       | and                                       | decision
 *  1 | none                                |                                           | keep no-active-member
 *  2 | not among the members               |                                           | keep active-not-judged
 *  3 | in trouble                          | the pool is paused (R13)                  | refuse paused
 *    | not in trouble                      |                                           | keep paused
 *  4 | in trouble                          | it or the pool is in maintenance (R13)    | refuse maintenance
 *    | not in trouble                      |                                           | keep maintenance
 *  5 | any                                 | its failover was never written, may be    | promote withdrawn
 *    |                                     | withdrawn, and whom it replaced is ready  |
 *  6 | heartbeat-lost                      |                                           | act on it (below)
 *  7 | haproxy-inactive, latest beat fresh |                                           | act on it (below)
 *  8 | silent for more than 3 s            | no process ever heard it                  | keep active-not-judged
 *    |                                     | blind                                     | wait listening
 *  9 |                                     | nobody heard for long enough to say so    | refuse nobody-heard
 * 10 |                                     | true silence >= failover delay (unheard)  | wait listening
 * 11 |                                     | else                                      | wait silence
 * 12 | HAProxy inactive within the grace   |                                           | wait haproxy-grace
 * 13 | HAProxy neutral                     |                                           | wait haproxy-neutral
 * 14 | healthy                             | failback due, not blind, somebody heard   | promote failback
 * 15 |                                     | failback due, but the fleet brakes hold   | wait mass-silence, wait velocity (R9, R10)
 * 16 |                                     | failback due in n ms                      | wait failback
 * 17 |                                     | failback wished, preferred one not ready  | keep failback-not-due
 * 18 |                                     | else                                      | keep active-healthy
 * 19 | any other kind                      |                                           | keep active-not-judged
 *
 * Rows 15 to 19 are what is left to dynamic DNS (follow-address.ts): where the address of the active member has changed, they are
 * `promote address-changed`, to the same member, or `wait dynamic-dns` where that ends sooner.
 *
 * In trouble (rows 3, 4, 6, 7): heartbeat-lost, or haproxy-inactive told by a fresh beat, whatever other kinds hold beside it.
 *
 * May be withdrawn (row 5): not blind, somebody heard, automatic failover on, not held, >= 10 s since the last promotion. The record
 * names that member still, so nothing moves: no other brake binds.
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
 *  i | mass silence, less than 10 s since any pool's (R9)   | wait mass-silence
 *  j | too many promotions in the fleet in a minute (R10)   | wait velocity
 *  k | else                                                 | promote the first in the order; `unbraked` where its zone is dead or a
 *    |                                                      | person released i and j
 */

/** Blindness ends by news from the loop itself; a person reading `forMs` is told to look again after this. */
const blindRecheckMs = secondMs;

/** Judges one pool at one moment. Pure: the same evidence gives the same decision, byte for byte (R14, I18). */
export function decide(evidence: PoolEvidence): Decision {
  const health = judgeMembers(evidence);
  return decideFrom(evidence, health, judgeStandings(evidence, health));
}

/** Health of every member of the pool, by id. */
export function judgeMembers({ members, pool, listening }: PoolEvidence): HealthById {
  const health: Record<MemberId, Health> = {};
  for (const member of members) health[member.id] = judgeHealth(member, pool, listening);
  return health;
}

/** `decide` for a caller that has judged health and standings of the same evidence already. */
export function decideFrom(evidence: PoolEvidence, health: HealthById, standings: readonly Standing[]): Decision {
  const { pool } = evidence;
  if (pool.activeMemberId === null) return { kind: 'keep', because: 'no-active-member' };
  const active = evidence.members.find((member) => member.id === pool.activeMemberId);
  if (active === undefined) return { kind: 'keep', because: 'active-not-judged' };

  const trouble = troubleOf(active, pool);
  if (pool.paused !== null) return standStill('paused', trouble);
  if (bindingMaintenanceMs(evidence, active) > 0) return standStill('maintenance', trouble);
  const withdrawn = withdraw(evidence, active, standings);
  if (withdrawn !== null) return withdrawn;
  if (trouble !== null) return act(evidence, active, standings, trouble);
  if (!isFresh(active)) {
    return wasEverHeard(active.hearing)
      ? awaitSilence(evidence, active)
      : { kind: 'keep', because: 'active-not-judged' };
  }
  const unsettled = awaitHaproxy(evidence, active);
  if (unsettled !== null) return unsettled;
  return followAddress(evidence, active, considerSettled(evidence, active, health, standings));
}

/** Rows 14 to 19, of an active member that is heard and settled. */
function considerSettled(
  evidence: PoolEvidence,
  active: MemberEvidence,
  health: HealthById,
  standings: readonly Standing[],
): Decision {
  if (health[active.id]?.kind === 'healthy') return considerFailback(evidence, active, standings);
  return { kind: 'keep', because: 'active-not-judged' };
}

/** Rows 3 and 4. */
function standStill(because: 'paused' | 'maintenance', trouble: Trouble | null): Decision {
  return trouble === null ? { kind: 'keep', because } : { kind: 'refuse', because, trouble };
}

/** Row 5; null when there is nothing to withdraw, or it may not be. */
function withdraw(evidence: PoolEvidence, active: MemberEvidence, standings: readonly Standing[]): Decision | null {
  const { unpublished, pool, listening, lastPromotionAgeMs } = evidence;
  if (unpublished === null || !pool.automaticFailover || pool.held || mayNotAct(listening)) return null;
  if (lastPromotionAgeMs !== null && lastPromotionAgeMs < antiFlapping.apartMs) return null;
  const from = standings.find((standing) => standing.memberId === unpublished.from);
  if (from?.ready !== true) return null;
  return { kind: 'promote', from: active.id, to: from.memberId, because: 'withdrawn' };
}

/** Rows a to h; what is left is i to k. */
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
      return passBrake(brakeFailover(evidence.fleet, active.zone), active.id, next.memberId, trouble);
  }
}

/** Rows i to k, and for a failback rows 14 and 15. */
function passBrake(brake: FleetBrake, from: MemberId, to: MemberId, because: Trouble | 'failback'): Decision {
  if (brake.kind !== 'free') return { kind: 'wait', because: brake.kind, forMs: brake.leftMs };
  const promote = { kind: 'promote', from, to, because } as const;
  return brake.unbraked === undefined ? promote : { ...promote, unbraked: brake.unbraked };
}

/** Rows 8 to 11: silent, but not proven lost. */
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

/** Rows 12 and 13; null when HAProxy is settled or not judged. */
function awaitHaproxy({ pool }: PoolEvidence, active: MemberEvidence): Decision | null {
  const { haproxy } = active;
  if (!haproxyIsJudged(active, pool)) return null;
  if (haproxy.kind === 'neutral') return { kind: 'wait', because: 'haproxy-neutral', forMs: haproxy.leftMs };
  if (haproxy.kind !== 'inactive') return null;
  return { kind: 'wait', because: 'haproxy-grace', forMs: pool.haproxyGraceMs - haproxy.forMs };
}

/** Rows 14 to 18. */
function considerFailback(evidence: PoolEvidence, active: MemberEvidence, standings: readonly Standing[]): Decision {
  const failback = judgeFailback(evidence, active, standings);
  switch (failback.kind) {
    case 'due':
      if (mayNotAct(evidence.listening)) return { kind: 'wait', because: 'listening', forMs: blindRecheckMs };
      return passBrake(brakeFailback(evidence.fleet), active.id, failback.to, 'failback');
    case 'wait':
      return { kind: 'wait', because: 'failback', forMs: failback.forMs };
    case 'not-due':
      return { kind: 'keep', because: 'failback-not-due' };
    case 'none':
      return { kind: 'keep', because: 'active-healthy' };
  }
}
