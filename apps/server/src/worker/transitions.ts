import {
  type Decision,
  type HealthKind,
  haproxyIsJudged,
  type Listening,
  type MemberEvidence,
  type MemberId,
  type PoolId,
  type RefuseReason,
  secondMs,
  silenceOf,
} from '@serverctl/core';
import type { Notice, Severity } from './ports.ts';
import { sharedListening, type Verdict } from './verdict.ts';

/*
 * People are told of transitions only, and of the end of what they were told of (PRODUCT.md section 9):
 *
 *   member   healthy ⇄ each other kind; unknown tells nothing, so a start of the control plane is silent; unheard after 1 s of it, since
 *            most losses are proven within that, and never after the loss itself; healthy not while HAProxy is down within the grace
 *   pool     trouble nobody acts on (no-standby, automatic-failover-off, single-member, held): once, until the active member is healthy
 *   fleet    nobody-heard: one alert for all pools; while nobody at all is heard, single silences are not told
 */

export interface Transitions {
  /** What is to be told after these verdicts. */
  notice(verdicts: readonly Verdict[]): readonly Notice[];
}

type Trouble = Exclude<RefuseReason, 'nobody-heard' | 'maintenance'>;

export function createTransitions(): Transitions {
  const memberKinds = new Map<MemberId, HealthKind>();
  const poolTroubles = new Map<PoolId, Trouble>();
  let nobodyHeardTold = false;

  function ofMember(verdict: Verdict, member: MemberEvidence): Notice | null {
    const health = verdict.judgement.health[member.id];
    const told = memberKinds.get(member.id) ?? 'healthy';
    if (health === undefined || health.kind === 'unknown' || health.kind === told) return null;
    if (health.kind === 'unheard' && (told === 'heartbeat-lost' || !isUnheardForLong(verdict, member))) return null;
    if (health.kind === 'healthy' && isWithinGrace(verdict, member)) return null;
    memberKinds.set(member.id, health.kind);
    return {
      kind: `member.${health.kind}`,
      severity: severityOf(health.kind, member.id === verdict.row.pool.activeMemberId),
      poolId: verdict.row.pool.id,
      memberId: member.id,
      sentence: `${member.hostname}: ${health.sentence}`,
      details: { before: told },
    };
  }

  function ofPool({ row, judgement }: Verdict): Notice | null {
    const { decision, sentence } = judgement;
    const { id: poolId } = row.pool;
    const told = poolTroubles.get(poolId);
    const notice = (kind: string, severity: Severity): Notice => {
      return { kind, severity, poolId, memberId: row.pool.activeMemberId, sentence, details: {} };
    };
    if (decision.kind === 'refuse' && isTold(decision.because)) {
      if (decision.because === told) return null;
      poolTroubles.set(poolId, decision.because);
      // The store wrote the event when it latched the pool.
      return { ...notice(`pool.${decision.because}`, 'critical'), logged: decision.because === 'held' };
    }
    if (told === undefined || !isOver(decision)) return null;
    poolTroubles.delete(poolId);
    return notice('pool.recovered', 'info');
  }

  function ofFleet(listening: Listening | null): Notice | null {
    if (listening === null || listening.enrolledMembers === 0) return null;
    const nobody = listening.heardMembers === 0 && listening.nobodyHeardForMs >= listening.nobodyHeardAfterMs;
    if (nobody === nobodyHeardTold || (!nobody && listening.heardMembers === 0)) return null;
    nobodyHeardTold = nobody;
    return nobody ? nobodyHeard(listening) : heardAgain(listening);
  }

  return {
    notice(verdicts) {
      const notices = [
        ofFleet(sharedListening(verdicts)),
        ...verdicts.flatMap((verdict) => [
          ...verdict.evidence.members.map((member) => ofMember(verdict, member)),
          ofPool(verdict),
        ]),
      ];
      return notices.filter((notice) => notice !== null);
    },
  };
}

/** The time after which a member is told to be unheard, not only shown. */
const unheardToldAfterMs = secondMs;

function isUnheardForLong({ row, evidence }: Verdict, { hearing }: MemberEvidence): boolean {
  if (evidence.listening.heardMembers === 0) return false;
  return silenceOf(hearing).trueMs >= row.pool.failoverDelayMs + unheardToldAfterMs;
}

function isWithinGrace({ row }: Verdict, member: MemberEvidence): boolean {
  return haproxyIsJudged(member, row.pool) && member.haproxy.kind === 'inactive';
}

/** Only an active member that is known to be healthy ends the trouble; one that is not judged proves nothing. */
function isOver({ because }: Decision): boolean {
  return because === 'active-healthy' || because === 'failback-not-due' || because === 'failback';
}

function isTold(because: RefuseReason): because is Trouble {
  return because !== 'nobody-heard' && because !== 'maintenance';
}

function severityOf(kind: HealthKind, active: boolean): Severity {
  if (kind === 'healthy' || kind === 'maintenance' || kind === 'drained') return 'info';
  return active && (kind === 'heartbeat-lost' || kind === 'haproxy-inactive') ? 'critical' : 'warning';
}

function nobodyHeard(listening: Listening): Notice {
  const seconds = Math.round(listening.nobodyHeardForMs / 1_000);
  const sentence = `No member at all has been heard for ${seconds} s: our own network, or every host. Records stay as they are.`;
  return fleetNotice('fleet.nobody-heard', 'critical', sentence, listening);
}

function heardAgain(listening: Listening): Notice {
  const sentence = `Members are heard again: ${listening.heardMembers} of ${listening.enrolledMembers}.`;
  return fleetNotice('fleet.heard-again', 'info', sentence, listening);
}

function fleetNotice(kind: string, severity: Severity, sentence: string, listening: Listening): Notice {
  return { kind, severity, poolId: null, memberId: null, sentence, details: { ...listening } };
}
