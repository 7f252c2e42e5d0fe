import {
  type EventKind,
  type HealthKind,
  haproxyIsJudged,
  inMaintenance,
  type MemberEvidence,
  type MemberId,
  secondMs,
  silenceOf,
} from '@serverctl/core';
import type { Notice, OpenTrouble, Severity } from './ports.ts';
import type { Verdict } from './verdict.ts';

/*
 * What people are told of a member:
 *
 *   kind   healthy ⇄ each other one; unknown tells nothing, so a start of the control plane is silent; unheard after 1 s of it, since
 *          most losses are proven within that, and never after the loss itself; healthy not while HAProxy is down within the grace
 *
 * A quarantine is told by whoever found it, with the transaction that began it (R35); a maintenance by whoever began it. While it lasts:
 *
 *   the member's own   nothing is told of it here; what it is at the end is compared with what was told before
 *   the pool's         its members' turns are for the event log only, and what was told stays as it was, so that what is still so at the end
 *                      is told then; but the end of what was told before is told at once
 */

/** The event of each kind of health. `never`: it is no turn at all. */
const eventOf: Readonly<Record<HealthKind, EventKind | 'never'>> = {
  'heartbeat-lost': 'member.heartbeat-lost',
  'haproxy-inactive': 'member.haproxy-inactive',
  unheard: 'member.unheard',
  refused: 'member.refused',
  healthy: 'member.healthy',
  maintenance: 'never',
  quarantined: 'never',
  unknown: 'never',
  // Nothing is judged to be one of these yet.
  'service-unreachable': 'never',
  'haproxy-unresponsive': 'never',
  drained: 'never',
};

/** The time after which a member is told to be unheard, not only shown. */
const unheardToldAfterMs = secondMs;

/** `open`: what people were told before us, and not yet that it is over. */
export function createMemberTransitions(open: readonly OpenTrouble[] = []): (verdict: Verdict) => readonly Notice[] {
  const told = new Map(open.flatMap(kindTold));
  /** What the event log says, where it has gone on in a maintenance of the pool. */
  const logged = new Map<MemberId, HealthKind>();

  function ofKind(verdict: Verdict, member: MemberEvidence): Notice | null {
    const { id } = member;
    const health = verdict.judgement.health[id];
    const kind = eventOf[health?.kind ?? 'unknown'];
    if (health === undefined || kind === 'never') return null;
    const toldBefore = told.get(id) ?? 'healthy';
    const isResting = inMaintenance(verdict.evidence);
    const before = isResting ? (logged.get(id) ?? toldBefore) : toldBefore;
    if (!isResting) logged.delete(id);
    if (health.kind === before || isTooEarly(verdict, member, health.kind, before)) return null;
    const quiet = isResting && (health.kind !== 'healthy' || toldBefore === 'healthy');
    if (quiet) logged.set(id, health.kind);
    else told.set(id, health.kind);
    if (!quiet) logged.delete(id);
    const severity = severityOf(health.kind, id === verdict.row.pool.activeMemberId);
    const one = notice(verdict, member, kind, severity, health.sentence, { before });
    return quiet ? { ...one, quiet, details: { ...one.details, inMaintenance: true } } : one;
  }

  return (verdict) => verdict.evidence.members.map((member) => ofKind(verdict, member)).filter((one) => one !== null);
}

function kindTold({ kind, memberId }: OpenTrouble): [MemberId, HealthKind][] {
  const health = healthKinds.find((one) => eventOf[one] === kind);
  return memberId === null || health === undefined ? [] : [[memberId, health]];
}

const healthKinds = Object.keys(eventOf) as readonly HealthKind[];

function isTooEarly(verdict: Verdict, member: MemberEvidence, kind: HealthKind, before: HealthKind): boolean {
  if (kind === 'unheard') return before === 'heartbeat-lost' || !isUnheardForLong(verdict, member);
  return kind === 'healthy' && isWithinGrace(verdict, member);
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
