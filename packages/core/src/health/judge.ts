import type { Listening, MemberEvidence } from '../failover/evidence.ts';
import type { PoolSettings } from '../pool/pool.ts';
import { explainHealth } from './explain-health.ts';
import type { Health, HealthKind } from './health.ts';
import { silenceOf, wasEverHeard } from './hearing.ts';
import type { StreakNews } from './streak.ts';

/*
 * kind             | holds when
 * maintenance      | its own maintenance lasts (R13); the pool's is no state of its members
 * heartbeat-lost   | proven silence >= failover delay (R2)
 * unheard          | true silence >= failover delay, proven silence < failover delay; somebody heard it once
 * haproxy-inactive | HAProxy is judged here, and inactive for >= grace (R4)
 * quarantined      | two hosts were heard with its key (R35), until a person clears it
 * refused          | heard with a valid key from a wrong address or hostname (R5)
 * unknown          | never heard by us, or HAProxy is judged here and its unit is absent or unreported
 * healthy          | nothing else does
 * The other kinds of the closed list come with later rules and hold nothing yet. HAProxy is judged in haproxy pools only (PRODUCT.md
 * section 3), on members where it is monitored, and not while two hosts speak for one member: the word may be the other host's (R35). A
 * neutral HAProxy is no verdict and changes nothing, but no health begins in it (`streakNews`).
 */

/** What health is judged by, of the pool's settings. */
export type HealthSettings = Pick<PoolSettings, 'preset' | 'failoverDelayMs' | 'haproxyGraceMs'>;

/** One member judged at one moment: the first kind that holds in the closed order, the others, and a sentence. */
export function judgeHealth(member: MemberEvidence, pool: HealthSettings, listening: Listening): Health {
  const [kind = 'healthy', ...also] = holdingKinds(member, pool);
  return { kind, also, sentence: explainHealth(kind, member, pool, listening) };
}

/** The kind alone, for a caller that shows it to nobody. */
export function judgeHealthKind(member: MemberEvidence, pool: HealthSettings): HealthKind {
  return holdingKinds(member, pool)[0] ?? 'healthy';
}

/** What a member judged to be of `kind` tells its streak: where HAProxy is judged, health begins only while it runs (R12). */
export function streakNews(
  kind: HealthKind,
  member: Pick<MemberEvidence, 'haproxy' | 'monitored' | 'quarantined'>,
  pool: HealthSettings,
): StreakNews {
  const isNotRunning = haproxyIsJudged(member, pool) && member.haproxy.kind !== 'running';
  return kind === 'healthy' && isNotRunning ? 'not-running' : kind;
}

/** Every kind that holds, in the closed order; none = healthy. */
function holdingKinds(member: MemberEvidence, pool: HealthSettings): readonly HealthKind[] {
  const holding: HealthKind[] = [];
  if (inMaintenance(member)) holding.push('maintenance');
  if (isHeartbeatLost(member, pool)) holding.push('heartbeat-lost');
  else if (isSilentForTheDelay(member, pool)) holding.push('unheard');
  if (isHaproxyInactive(member, pool)) holding.push('haproxy-inactive');
  if (member.quarantined) holding.push('quarantined');
  if (member.refusal !== null) holding.push('refused');
  if (member.hearing.kind === 'never' || haproxyIsUnknown(member, pool)) holding.push('unknown');
  return holding;
}

/** Whether a maintenance still lasts: one that is over is none (R13). */
export function inMaintenance({ maintenanceLeftMs }: { readonly maintenanceLeftMs: number | null }): boolean {
  return maintenanceLeftMs !== null && maintenanceLeftMs > 0;
}

/** Silent, and proven to be, for the failover delay (R2). */
export function isHeartbeatLost({ hearing }: Pick<MemberEvidence, 'hearing'>, pool: HealthSettings): boolean {
  return silenceOf(hearing).provenMs >= pool.failoverDelayMs;
}

/** Judged, and inactive for longer than the grace (R4). */
export function isHaproxyInactive(
  member: Pick<MemberEvidence, 'haproxy' | 'monitored' | 'quarantined'>,
  pool: HealthSettings,
): boolean {
  const { haproxy } = member;
  return haproxy.kind === 'inactive' && haproxy.forMs >= pool.haproxyGraceMs && haproxyIsJudged(member, pool);
}

/** Whether systemd's word about HAProxy counts as health for this member (PRODUCT.md section 3). */
export function haproxyIsJudged(
  member: Pick<MemberEvidence, 'monitored' | 'quarantined'>,
  pool: Pick<PoolSettings, 'preset'>,
): boolean {
  return pool.preset === 'haproxy' && member.monitored && !member.quarantined;
}

function isSilentForTheDelay({ hearing }: MemberEvidence, pool: HealthSettings): boolean {
  return wasEverHeard(hearing) && silenceOf(hearing).trueMs >= pool.failoverDelayMs;
}

function haproxyIsUnknown(member: MemberEvidence, pool: HealthSettings): boolean {
  return haproxyIsJudged(member, pool) && (member.haproxy.kind === 'absent' || member.haproxy.kind === 'unreported');
}
