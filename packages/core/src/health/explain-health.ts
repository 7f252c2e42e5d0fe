import { isPrivateIpv4, parseIpv4 } from '../dns/address.ts';
import type { Hearing, Listening, MemberEvidence } from '../failover/evidence.ts';
import type { PoolSettings } from '../pool/pool.ts';
import { durationText, secondMs } from '../time.ts';
import type { HealthKind } from './health.ts';
import { silenceOf } from './hearing.ts';

/** Why silence does not grow, as the end of a sentence. */
export const blindReasonText: Readonly<Record<NonNullable<Listening['blindBecause']>, string>> = {
  lease: 'this process does not hold the failover lease',
  'late-tick': 'the failover loop ran late',
  'event-loop': 'this process was too busy to hear',
  database: 'the database does not take writes',
};

/** So long what a host said last is told as what is; after it, as what was. */
const saysNowForMs = 3 * secondMs;

/** One sentence for a member that is of `kind` (PRODUCT.md section 4). Total over the closed list. */
export function explainHealth(
  kind: HealthKind,
  member: MemberEvidence,
  pool: Pick<PoolSettings, 'failoverDelayMs'>,
  listening: Listening,
): string {
  switch (kind) {
    case 'heartbeat-lost': {
      const proven = durationText(silenceOf(member.hearing).provenMs);
      return `No heartbeat for ${proven} of listening; the failover delay is ${durationText(pool.failoverDelayMs)}.`;
    }
    case 'unheard':
      return explainUnheard(member.hearing, listening);
    case 'haproxy-inactive':
      return explainInactive(member);
    case 'refused':
      return explainRefusal(member);
    case 'unknown':
      return explainUnknown(member);
    case 'healthy':
      return explainHealthy(member);
    case 'maintenance':
      return explainMaintenance(member);
    case 'service-unreachable':
      return 'Its public service does not answer the service check.';
    case 'haproxy-unresponsive':
      return 'HAProxy is active for systemd, but does not answer on its socket.';
    case 'quarantined':
      return 'Two hosts use this member’s key; it gets no jobs and is no candidate until a person clears it.';
    case 'drained':
      return 'Drained: no candidate until it is made ready again.';
  }
}

function explainMaintenance({ maintenanceLeftMs }: MemberEvidence): string {
  return maintenanceLeftMs === null ? 'In maintenance.' : `In maintenance for ${durationText(maintenanceLeftMs)} more.`;
}

function explainUnheard(hearing: Hearing, listening: Listening): string {
  const { trueMs, provenMs } = silenceOf(hearing);
  return `No heartbeat for ${durationText(trueMs)}, of which only ${durationText(provenMs)} are proven: ${whyUnproven(listening)}.`;
}

/** Why silence is not proven, as the end of a sentence. */
export function whyUnproven(listening: Listening): string {
  if (listening.blindBecause !== null) return blindReasonText[listening.blindBecause];
  if (listening.enrolledMembers <= 1) return 'there is no other member whose heartbeat would show that we can hear';
  if (listening.heardMembers === 0) return 'no member is heard at all';
  return 'part of that time we could not have heard it, or other settings held';
}

function explainInactive({ haproxy }: MemberEvidence): string {
  if (haproxy.kind !== 'inactive') return 'HAProxy is inactive.';
  return `HAProxy has been inactive for ${durationText(haproxy.forMs)} (${haproxy.unit}: ${haproxy.state}).`;
}

function explainRefusal({ refusal }: MemberEvidence): string {
  if (refusal === null) return 'Heard with a valid key, but refused.';
  return refusal.because === 'ip'
    ? `Heard with a valid key, but from ${refusal.seen}, which is not among its allowed egress addresses.${proxyQuestion(refusal.seen)}`
    : `Heard with a valid key, but under the name ${refusal.seen}, which is not this member’s.`;
}

/** A private address is often that of a proxy which nobody named as one (R36). */
function proxyQuestion(seen: string): string {
  const address = parseIpv4(seen);
  return address !== null && isPrivateIpv4(address)
    ? ' Is that your proxy? Then name it in SERVERCTL_TRUSTED_PROXIES.'
    : '';
}

function explainUnknown({ hearing, haproxy }: MemberEvidence): string {
  if (hearing.kind === 'never') {
    return hearing.provenWaitedMs === undefined
      ? 'Never heard yet.'
      : `Not heard since we began to listen ${durationText(hearing.waitedMs)} ago.`;
  }
  if (haproxy.kind === 'absent') return `HAProxy cannot be judged: ${haproxy.unit} is ${haproxy.state}.`;
  if (haproxy.kind === 'unreported' && haproxy.missing !== undefined) {
    const lookAt =
      'the agent’s log on that host - whether it can ask systemd there - and at the units set for this member';
    return `HAProxy cannot be judged: the agent does not report ${haproxy.missing}. Look at ${lookAt}.`;
  }
  return 'HAProxy cannot be judged: its host has not reported the unit yet.';
}

function explainHealthy({ hearing, haproxy }: MemberEvidence): string {
  const heard = hearing.kind === 'heard' ? `Heard ${durationText(hearing.silentMs)} ago` : 'Not heard yet';
  const isSilent = hearing.kind === 'heard' && hearing.silentMs > saysNowForMs;
  switch (haproxy.kind) {
    case 'running':
      return isSilent ? `${heard}; HAProxy was active then.` : `${heard}; HAProxy is active.`;
    case 'neutral':
      return `${heard}; HAProxy ${isSilent ? 'was' : 'is'} ${haproxy.because}, which is no verdict for ${durationText(haproxy.leftMs)} yet.`;
    case 'inactive':
      return `${heard}; ${haproxy.unit} has been ${haproxy.state} for ${durationText(haproxy.forMs)}, not long enough to count.`;
    default:
      return `${heard}.`;
  }
}
