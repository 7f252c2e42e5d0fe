import {
  type EventKind,
  type HealthKind,
  haproxyIsJudged,
  type MemberEvidence,
  type MemberId,
  secondMs,
  silenceOf,
} from '@serverctl/core';
import type { Notice, Severity } from './ports.ts';
import type { Verdict } from './verdict.ts';

/*
 * What people are told of a member:
 *
 *   kind   healthy ⇄ each other one; unknown tells nothing, so a start of the control plane is silent; unheard after 1 s of it, since
 *          most losses are proven within that, and never after the loss itself; healthy not while HAProxy is down within the grace
 *
 * A quarantine is told by whoever found it, with the transaction that began it (R35); a maintenance by whoever began it, so while it lasts
 * nothing is told of its members here, and what they are at its end is.
 */

/** The event of each kind of health. `never`: it is no turn at all; `elsewhere`: others tell it, and what comes after it is told here. */
const eventOf: Readonly<Record<HealthKind, EventKind | 'never' | 'elsewhere'>> = {
  'heartbeat-lost': 'member.heartbeat-lost',
  'haproxy-inactive': 'member.haproxy-inactive',
  unheard: 'member.unheard',
  refused: 'member.refused',
  healthy: 'member.healthy',
  maintenance: 'elsewhere',
  quarantined: 'never',
  unknown: 'never',
  // Nothing is judged to be one of these yet.
  'service-unreachable': 'never',
  'haproxy-unresponsive': 'never',
  drained: 'never',
};

/** The time after which a member is told to be unheard, not only shown. */
const unheardToldAfterMs = secondMs;

export function createMemberTransitions(): (verdict: Verdict) => readonly Notice[] {
  const kinds = new Map<MemberId, HealthKind>();

  function ofKind(verdict: Verdict, member: MemberEvidence): Notice | null {
    const health = verdict.judgement.health[member.id];
    const told = kinds.get(member.id) ?? 'healthy';
    if (health === undefined || health.kind === told || eventOf[health.kind] === 'never') return null;
    if (health.kind === 'unheard' && (told === 'heartbeat-lost' || !isUnheardForLong(verdict, member))) return null;
    if (health.kind === 'healthy' && isWithinGrace(verdict, member)) return null;
    kinds.set(member.id, health.kind);
    const kind = eventOf[health.kind];
    if (kind === 'elsewhere' || kind === 'never') return null;
    const severity = severityOf(health.kind, member.id === verdict.row.pool.activeMemberId);
    return notice(verdict, member, kind, severity, health.sentence, { before: told });
  }

  return (verdict) => verdict.evidence.members.map((member) => ofKind(verdict, member)).filter((one) => one !== null);
}

function notice(
  { row }: Verdict,
  { id, hostname }: MemberEvidence,
  kind: EventKind,
  severity: Severity,
  sentence: string,
  details: Notice['details'],
): Notice {
  return {
    kind,
    severity,
    poolId: row.pool.id,
    memberId: id,
    sentence: kind === 'member.healthy' ? `${hostname} is healthy again. ${sentence}` : `${hostname}: ${sentence}`,
    details,
  };
}

function isUnheardForLong({ row, evidence }: Verdict, { hearing }: MemberEvidence): boolean {
  if (evidence.listening.heardMembers === 0) return false;
  return silenceOf(hearing).trueMs >= row.pool.failoverDelayMs + unheardToldAfterMs;
}

function isWithinGrace({ row }: Verdict, member: MemberEvidence): boolean {
  return haproxyIsJudged(member, row.pool) && member.haproxy.kind === 'inactive';
}

function severityOf(kind: HealthKind, active: boolean): Severity {
  if (kind === 'healthy') return 'info';
  return active && (kind === 'heartbeat-lost' || kind === 'haproxy-inactive') ? 'critical' : 'warning';
}
