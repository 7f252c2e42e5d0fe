import type { Listening, MemberEvidence } from '../failover/evidence.ts';
import type { PoolSettings } from '../pool/pool.ts';
import { explainHealth } from './explain-health.ts';
import { type Health, type HealthKind, healthKinds } from './health.ts';
import { silenceOf, wasEverHeard } from './hearing.ts';

/*
 * kind             | holds when
 * heartbeat-lost   | proven silence >= failover delay (R2)
 * unheard          | true silence >= failover delay, proven silence < failover delay; somebody heard it once
 * haproxy-inactive | HAProxy is judged here, and inactive for >= grace (R4)
 * refused          | heard with a valid key from a wrong address or hostname (R5)
 * unknown          | never heard by us, or HAProxy is judged here and its unit is absent or unreported
 * healthy          | nothing else does
 * The other kinds of the closed list come with later rules and hold nothing yet. HAProxy is judged in haproxy pools only (PRODUCT.md
 * section 3), on members where it is monitored. A neutral HAProxy is no verdict and changes nothing.
 */

/** What health is judged by, of the pool's settings. */
export type HealthSettings = Pick<PoolSettings, 'preset' | 'failoverDelayMs' | 'haproxyGraceMs'>;

/** One member judged at one moment: the first kind that holds in the closed order, the others, and a sentence. */
export function judgeHealth(member: MemberEvidence, pool: HealthSettings, listening: Listening): Health {
  const holding = healthKinds.filter((kind) => holds(kind, member, pool));
  const [kind = 'healthy', ...also] = holding;
  return { kind, also, sentence: explainHealth(kind, member, pool, listening) };
}

/** Whether systemd's word about HAProxy counts as health for this member (PRODUCT.md section 3). */
export function haproxyIsJudged(
  member: Pick<MemberEvidence, 'monitored'>,
  pool: Pick<PoolSettings, 'preset'>,
): boolean {
  return pool.preset === 'haproxy' && member.monitored;
}

function holds(kind: HealthKind, member: MemberEvidence, pool: HealthSettings): boolean {
  const { hearing, haproxy } = member;
  const silence = silenceOf(hearing);
  switch (kind) {
    case 'heartbeat-lost':
      return silence.provenMs >= pool.failoverDelayMs;
    case 'unheard':
      return wasEverHeard(hearing) && silence.trueMs >= pool.failoverDelayMs && silence.provenMs < pool.failoverDelayMs;
    case 'haproxy-inactive':
      return haproxyIsJudged(member, pool) && haproxy.kind === 'inactive' && haproxy.forMs >= pool.haproxyGraceMs;
    case 'refused':
      return member.refusal !== null;
    case 'unknown':
      return hearing.kind === 'never' || haproxyIsUnknown(member, pool);
    case 'maintenance':
    case 'service-unreachable':
    case 'haproxy-unresponsive':
    case 'quarantined':
    case 'drained':
    case 'healthy': // named only when nothing else holds
      return false;
  }
}

function haproxyIsUnknown(member: MemberEvidence, pool: HealthSettings): boolean {
  return haproxyIsJudged(member, pool) && (member.haproxy.kind === 'absent' || member.haproxy.kind === 'unreported');
}
