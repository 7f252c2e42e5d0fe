import { durationText } from '../time.ts';
import type { Decision, PoolEvidence } from './evidence.ts';
import { activeName, activeOf, massSilenceText, nameOf, releaseHint, shortName, troubleText } from './explain-parts.ts';
import { withdrawnText } from './explain-withdrawal.ts';
import { addressChangeText } from './follow-address.ts';
import type { Standing } from './judgement.ts';
import { placeText } from './readiness.ts';

type Promote = Extract<Decision, { kind: 'promote' }>;

/**
 * One sentence for a promotion that was made, as it is kept and told: what `explainDecision` says of it while it is only decided, in the
 * past. Nothing of it says that a name server answers it: that is measured, and told beside it.
 */
export function explainMade(decision: Promote, evidence: PoolEvidence, standings: readonly Standing[]): string {
  const { from, to, because } = decision;
  if (because === 'address-changed') return capitalised(`${addressChangeText(evidence)}; its records follow.`);
  const target = nameOf(evidence, to);
  if (because === 'withdrawn') {
    const written = `the promotion of ${nameOf(evidence, from)} had never been written, the record still named ${shortName(target)}`;
    return `${target} was made active again: ${written}, and it was ready.`;
  }
  const withdrawn = withdrawnText(evidence, to);
  const rest = `${withdrawn === null ? '' : `; ${withdrawn}`}${brakesText(decision, evidence)}`;
  if (because === 'failback') {
    const healthyMs = evidence.members.find((member) => member.id === to)?.healthyForMs ?? 0;
    return `${target} was made active: it was the preferred member and had been healthy for ${durationText(healthyMs)}${rest}.`;
  }
  const ready = standings.filter((standing) => standing.ready);
  const place = standings.find((standing) => standing.memberId === to)?.place ?? 1;
  const order = `${shortName(target)} was ${placeText(place)} of ${ready.length} ready ${ready.length === 1 ? 'standby' : 'standbys'}`;
  return `${target} was made active: ${troubleWas(because, evidence)}; ${order}${rest}.`;
}

/** The trouble as it was: "has" of the present is "had" then, and a HAProxy that is said to be something was it. */
function troubleWas(because: 'heartbeat-lost' | 'haproxy-inactive', evidence: PoolEvidence): string {
  const name = activeName(evidence);
  const haproxy = activeOf(evidence)?.haproxy;
  if (because === 'heartbeat-lost') return troubleText(because, evidence, 'had');
  return haproxy?.kind === 'inactive' ? troubleText(because, evidence, 'had') : `HAProxy on ${name} was inactive`;
}

/** What R9 and R10 had to do with it; empty when nothing. */
function brakesText({ unbraked }: Promote, evidence: PoolEvidence): string {
  if (unbraked === 'dead-zone')
    return `; the zone ${activeOf(evidence)?.zone ?? ''} was dead, so the brakes did not bind`;
  if (unbraked === 'released') return '; a person had released the brakes';
  const silent = massSilenceText(evidence.fleet, 'were');
  return silent === null ? '' : `; ${silent}: one promotion per 10 s, ${releaseHint}`;
}

const capitalised = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
