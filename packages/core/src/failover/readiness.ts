import type { Health, HealthKind } from '../health/health.ts';
import { haproxyIsJudged, inMaintenance } from '../health/judge.ts';
import type { MemberId } from '../ids.ts';
import { durationText, secondMs } from '../time.ts';
import { missingAddresses } from './addresses.ts';
import type { MemberEvidence, PoolEvidence } from './evidence.ts';
import { explainNotReady } from './explain-standing.ts';
import type { NotReadyReason, Standing } from './judgement.ts';
import { inOrder } from './order.ts';

/*
 * A standby is ready when all of these hold (PRODUCT.md section 4):
 *
 *   heard            by this plane, at most 3 s ago (R7)
 *   healthy          its kind is healthy, and its HAProxy - where it is judged - is running: neither neutral nor down within the grace
 *   not set aside    in no maintenance of its own (R13), and not quarantined (R35)
 *   address          it has one of each family that the pool's names need (addresses.ts)
 *   long enough      30 s without a break in the first minute after enrolment (R3), else 10 s
 *
 * The 10 s are waived for the only candidate of a pool whose active member is lost: its kind is heartbeat-lost, and exactly one other
 * member fulfils everything but the 10 s. R3's 30 s are never waived.
 */

/** Readiness' figures in ms. */
export const readinessLimits = {
  heardWithinMs: 3 * secondMs,
  healthyForMs: 10 * secondMs,
  enrolledHealthyForMs: 30 * secondMs,
  /** So long after enrolment the longer figure is asked for: 30 s of health fit into it even when the first ones failed. */
  newlyEnrolledMs: 60 * secondMs,
} as const;

/** Health of every member of the pool, by id. */
export type HealthById = Readonly<Record<MemberId, Health>>;

/** Every member's standing: ready ones first in the order in which they would be promoted, then the others in the same order. */
export function judgeStandings(evidence: PoolEvidence, health: HealthById): readonly Standing[] {
  const waived = onlyCandidate(evidence, health);
  const ready: MemberEvidence[] = [];
  const notReady: Standing[] = [];
  for (const member of inOrder(evidence.members)) {
    const reasons = reasonsAgainst(member, evidence, health, member.id === waived);
    if (reasons.length === 0) ready.push(member);
    else notReady.push(notReadyStanding(member, reasons));
  }
  return [...ready.map((member, index) => readyStanding(member, index + 1, ready.length)), ...notReady];
}

/** Whether the member's latest beat is fresh enough to act on what it says (R7). */
export function isFresh({ hearing }: Pick<MemberEvidence, 'hearing'>): boolean {
  return hearing.kind === 'heard' && hearing.silentMs <= readinessLimits.heardWithinMs;
}

/** How long the member must have been healthy before it is a candidate, in ms (R3). */
export function neededHealthMs({ enrolledForMs }: Pick<MemberEvidence, 'enrolledForMs'>): number {
  return enrolledForMs < readinessLimits.newlyEnrolledMs
    ? readinessLimits.enrolledHealthyForMs
    : readinessLimits.healthyForMs;
}

function onlyCandidate(evidence: PoolEvidence, health: HealthById): MemberId | null {
  const { activeMemberId } = evidence.pool;
  if (activeMemberId === null || health[activeMemberId]?.kind !== 'heartbeat-lost') return null;
  const able = evidence.members.filter((member) => reasonsNow(member, evidence, health).length === 0);
  const [only] = able;
  const isNew = only !== undefined && only.enrolledForMs < readinessLimits.newlyEnrolledMs;
  return only !== undefined && able.length === 1 && !isNew ? only.id : null;
}

function reasonsAgainst(
  member: MemberEvidence,
  evidence: PoolEvidence,
  health: HealthById,
  waived: boolean,
): readonly NotReadyReason[] {
  const reasons = reasonsNow(member, evidence, health);
  const leftMs = waived ? 0 : neededHealthMs(member) - member.healthyForMs;
  if (leftMs <= 0 || reasons.some(({ because }) => impliesNoHealth.has(because))) return reasons;
  return [...reasons, { because: 'too-early', leftMs }];
}

/** With one of these the time of health has not begun, or is not asked. */
const impliesNoHealth: ReadonlySet<NotReadyReason['because']> = new Set([
  'is-active',
  'not-healthy',
  'maintenance',
  'quarantined',
]);

/** Everything but the time it must have been healthy. */
function reasonsNow(member: MemberEvidence, evidence: PoolEvidence, health: HealthById): readonly NotReadyReason[] {
  if (member.id === evidence.pool.activeMemberId) return [{ because: 'is-active' }];
  const reasons: NotReadyReason[] = [];
  if (inMaintenance(member)) reasons.push({ because: 'maintenance', leftMs: member.maintenanceLeftMs ?? 0 });
  if (member.quarantined) reasons.push({ because: 'quarantined' });
  if (!isFresh(member)) reasons.push(notHeard(member));
  const kind = kindBesideSetAside(health[member.id]);
  if (kind === 'unknown') reasons.push(notKnown(member));
  else if (kind !== 'healthy') reasons.push({ because: 'not-healthy', kind });
  else if (haproxyIsJudged(member, evidence.pool)) reasons.push(...reasonsOfHaproxy(member));
  return [...reasons, ...missingAddresses(member, evidence)];
}

/** What its health would be were it not set aside: that it is has reasons of its own. */
function kindBesideSetAside(health: Health | undefined): HealthKind {
  if (health === undefined) return 'unknown';
  if (!isSetAside(health.kind)) return health.kind;
  return health.also.find((kind) => !isSetAside(kind)) ?? 'healthy';
}

function isSetAside(kind: HealthKind): boolean {
  return kind === 'maintenance' || kind === 'quarantined';
}

function reasonsOfHaproxy({ haproxy }: MemberEvidence): readonly NotReadyReason[] {
  if (haproxy.kind === 'neutral') return [{ because: 'haproxy-neutral', leftMs: haproxy.leftMs }];
  return haproxy.kind === 'inactive' ? [{ because: 'not-healthy', kind: 'haproxy-inactive' }] : [];
}

function notHeard({ hearing, enrolledForMs }: MemberEvidence): NotReadyReason {
  if (hearing.kind === 'heard') return { because: 'not-heard', silentMs: hearing.silentMs };
  const neverAtAll = enrolledForMs === 0 ? 'not-enrolled' : 'no-heartbeat';
  const never = hearing.provenWaitedMs === undefined ? neverAtAll : 'since-we-listen';
  return { because: 'not-heard', silentMs: hearing.waitedMs, never };
}

/** A member that is heard is unknown for its HAProxy's sake only. */
function notKnown({ hearing, haproxy }: MemberEvidence): NotReadyReason {
  const reason = { because: 'not-healthy', kind: 'unknown' } as const;
  if (hearing.kind === 'never') return reason;
  if (haproxy.kind === 'absent') return { ...reason, unit: { name: haproxy.unit, state: haproxy.state } };
  if (haproxy.kind !== 'unreported' || haproxy.missing === undefined) return reason;
  return { ...reason, unit: { name: haproxy.missing, state: 'not reported by its agent' } };
}

function readyStanding(member: MemberEvidence, place: number, count: number): Standing {
  const healthy = `${member.hostname} has been healthy for ${durationText(member.healthyForMs)}`;
  const sentence = `Ready: ${healthy} and is ${placeText(place)} of ${count}.`;
  return { memberId: member.id, ready: true, place, reasons: [], sentence };
}

function notReadyStanding(member: MemberEvidence, reasons: readonly NotReadyReason[]): Standing {
  const sentence = reasons.map((reason) => explainNotReady(reason)).join(' ');
  return { memberId: member.id, ready: false, place: null, reasons, sentence };
}

/** A place in the order in words: `first`, `second`, `third`, then `number 4`. */
export function placeText(place: number): string {
  return ['first', 'second', 'third'][place - 1] ?? `number ${place}`;
}
