import { blindReasonText, whyUnproven } from '../health/explain-health.ts';
import { silenceOf } from '../health/hearing.ts';
import type { MemberId } from '../ids.ts';
import { durationText } from '../time.ts';
import type { Decision, MemberEvidence, PoolEvidence } from './evidence.ts';
import type { Standing } from './judgement.ts';
import { placeText } from './readiness.ts';

/** One sentence for one decision and the evidence it used (R14). Total over the closed list of decisions. */
export function explainDecision(decision: Decision, evidence: PoolEvidence, standings: readonly Standing[]): string {
  switch (decision.kind) {
    case 'keep':
      return explainKeep(decision, evidence);
    case 'wait':
      return explainWait(decision, evidence);
    case 'promote':
      return explainPromote(decision, evidence, standings);
    case 'refuse':
      return explainRefuse(decision, evidence);
  }
}

type Of<Kind extends Decision['kind']> = Extract<Decision, { kind: Kind }>;

function explainKeep({ because }: Of<'keep'>, evidence: PoolEvidence): string {
  const active = activeName(evidence);
  switch (because) {
    case 'no-active-member':
      return 'Keep: the pool has no active member yet; confirm the first publish.';
    case 'active-healthy':
      return `Keep ${active}: it is healthy.`;
    case 'active-not-judged':
      return `Keep ${active}: nothing is known of it that would move a record.`;
    case 'failback-not-due':
      return `Keep ${active}: the preferred member is not ready to take traffic back.`;
  }
}

function explainWait({ because, forMs }: Of<'wait'>, evidence: PoolEvidence): string {
  const active = activeName(evidence);
  const time = durationText(forMs);
  const silence = silentText(evidence);
  switch (because) {
    case 'silence':
      return `Wait ${time}: ${active} has sent no heartbeat for ${silence}.`;
    case 'listening':
      return evidence.listening.blindBecause === null
        ? `Wait: ${active} is not proven lost, since ${whyUnproven(evidence.listening)}.`
        : `Wait: nothing is promoted now, since ${blindReasonText[evidence.listening.blindBecause]}.`;
    case 'haproxy-grace':
      return `Wait ${time}: ${haproxyText(evidence)}, which is within the grace.`;
    case 'haproxy-neutral':
      return `Wait ${time}: ${haproxyText(evidence)}.`;
    case 'cooldown':
      return `Wait ${time}: ${active} is in trouble, and the last promotion was less than 10 s ago.`;
    case 'failback':
      return `Keep ${active}: traffic goes back to the preferred member in ${time} at the earliest.`;
  }
}

function explainPromote(
  { from, to, because }: Of<'promote'>,
  evidence: PoolEvidence,
  standings: readonly Standing[],
): string {
  const ready = standings.filter((standing) => standing.ready);
  const place = standings.find((standing) => standing.memberId === to)?.place ?? 1;
  const target = nameOf(evidence, to);
  if (because === 'failback') {
    const healthyMs = memberOf(evidence, to)?.healthyForMs ?? 0;
    return `Promote ${target}: it is the preferred member and has been healthy for ${durationText(healthyMs)}.`;
  }
  const order = `${shortName(target)} is ${placeText(place)} of ${ready.length} ready ${ready.length === 1 ? 'standby' : 'standbys'}`;
  return `Promote ${target}: ${troubleText(because, evidence, from)}; ${order}.`;
}

function explainRefuse({ because, trouble }: Of<'refuse'>, evidence: PoolEvidence): string {
  const { activeMemberId } = evidence.pool;
  const what = activeMemberId === null ? '' : troubleText(trouble, evidence, activeMemberId);
  switch (because) {
    case 'automatic-failover-off':
      return `Do nothing: ${what}, and automatic failover is off.`;
    case 'single-member':
      return `Do nothing: ${what}, and automatic failover needs a second member.`;
    case 'no-standby':
      return `Keep the record: ${what}, and no standby is ready; the first to become ready is promoted.`;
    case 'nobody-heard':
      return `Do nothing: no member at all has been heard for ${durationText(evidence.listening.nobodyHeardForMs)}, so the fault may be ours.`;
    case 'held':
      return `Held: ${what}, and the pool has moved too often by itself; a person must acknowledge it.`;
    case 'maintenance':
      return `Do nothing: ${what}, and the pool is in maintenance.`;
  }
}

function troubleText(trouble: 'heartbeat-lost' | 'haproxy-inactive', evidence: PoolEvidence, id: MemberId): string {
  const member = memberOf(evidence, id);
  if (trouble === 'haproxy-inactive') return haproxyText(evidence);
  const provenMs = member === undefined ? 0 : silenceOf(member.hearing).provenMs;
  return `${nameOf(evidence, id)} has sent no heartbeat for ${durationText(provenMs)} of listening`;
}

function haproxyText(evidence: PoolEvidence): string {
  const haproxy = active(evidence)?.haproxy;
  const name = activeName(evidence);
  if (haproxy?.kind === 'inactive') {
    return `HAProxy on ${name} has been inactive for ${durationText(haproxy.forMs)} (${haproxy.unit}: ${haproxy.state})`;
  }
  return haproxy?.kind === 'neutral'
    ? `HAProxy on ${name} is ${haproxy.because} (${haproxy.unit})`
    : `HAProxy on ${name} is inactive`;
}

function silentText(evidence: PoolEvidence): string {
  const member = active(evidence);
  return durationText(member === undefined ? 0 : silenceOf(member.hearing).trueMs);
}

function active(evidence: PoolEvidence): MemberEvidence | undefined {
  const { activeMemberId } = evidence.pool;
  return activeMemberId === null ? undefined : memberOf(evidence, activeMemberId);
}

function activeName(evidence: PoolEvidence): string {
  return active(evidence)?.hostname ?? 'the active member';
}

function memberOf(evidence: PoolEvidence, id: MemberId): MemberEvidence | undefined {
  return evidence.members.find((member) => member.id === id);
}

function nameOf(evidence: PoolEvidence, id: MemberId): string {
  return memberOf(evidence, id)?.hostname ?? id;
}

function shortName(hostname: string): string {
  return hostname.split('.')[0] ?? hostname;
}
