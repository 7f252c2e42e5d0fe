import { blindReasonText, whyUnproven } from '../health/explain-health.ts';
import { silenceOf } from '../health/hearing.ts';
import { durationText } from '../time.ts';
import type { Decision, PoolEvidence } from './evidence.ts';
import {
  activeName,
  activeOf,
  haproxyText,
  maintenanceText,
  massSilenceText,
  nameOf,
  pauseText,
  releaseHint,
  shortName,
  troubleText,
  velocityText,
  whatActsInMaintenance,
} from './explain-parts.ts';
import { withdrawalText } from './explain-withdrawal.ts';
import { addressChangeText } from './follow-address.ts';
import type { Standing } from './judgement.ts';
import { placeText } from './readiness.ts';
import { troubleOf } from './trouble.ts';

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

const resumeHint = '`serverctl pool resume` ends it';

type Of<Kind extends Decision['kind']> = Extract<Decision, { kind: Kind }>;

function explainKeep({ because }: Of<'keep'>, evidence: PoolEvidence): string {
  const active = activeName(evidence);
  switch (because) {
    case 'no-active-member':
      return 'Keep: the pool has no active member yet; confirm the first publish.';
    case 'active-healthy':
      return `Keep ${active}: it is healthy.`;
    case 'active-not-judged':
      return `Keep ${active}: ${whyNotJudged(evidence)}.`;
    case 'failback-not-due':
      return `Keep ${active}: the preferred member is not ready to take traffic back.`;
    case 'maintenance':
      return `Keep ${active}: ${maintenanceText(evidence)}, and ${whatActsInMaintenance(evidence)}.`;
    case 'paused':
      return `Keep ${active}: ${pauseText(evidence)}, and only a switchover that names its target acts; ${resumeHint}.`;
  }
}

function whyNotJudged({ pool, members }: PoolEvidence): string {
  return members.find(({ id }) => id === pool.activeMemberId)?.quarantined === true
    ? 'two hosts use its key, so what they say of HAProxy moves nothing; only its silence would'
    : 'nothing is known of it that would move a record';
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
    case 'mass-silence': {
      const silent = massSilenceText(evidence.fleet) ?? 'many members are silent';
      return `Wait ${time}: ${whatWaits(evidence)}, but ${silent}: ${massSilenceRule(evidence)}; ${releaseHint}.`;
    }
    case 'velocity':
      return `Wait ${time}: ${whatWaits(evidence)}, but ${velocityText(evidence.fleet)}; ${releaseHint}.`;
    case 'dynamic-dns':
      return `Wait ${time}: ${addressChangeText(evidence)}; its records follow at most once a minute and six times an hour.`;
  }
}

/** What the fleet brakes keep waiting: a failover, else a failback. */
function whatWaits(evidence: PoolEvidence): string {
  const active = activeOf(evidence);
  const trouble = active === undefined ? null : troubleOf(active, evidence.pool);
  return trouble === null ? 'traffic is due to go back to the preferred member' : troubleText(trouble, evidence);
}

function massSilenceRule(evidence: PoolEvidence): string {
  const active = activeOf(evidence);
  return active === undefined || troubleOf(active, evidence.pool) === null
    ? 'no traffic goes back until they are heard'
    : 'one promotion per 10 s';
}

function explainPromote(decision: Of<'promote'>, evidence: PoolEvidence, standings: readonly Standing[]): string {
  const { from, to, because } = decision;
  if (because === 'address-changed') return `${capitalised(addressChangeText(evidence))}; its records follow.`;
  const ready = standings.filter((standing) => standing.ready);
  const place = standings.find((standing) => standing.memberId === to)?.place ?? 1;
  const target = nameOf(evidence, to);
  const withdrawal = withdrawalText(evidence, to);
  const aaaa = withdrawal === null ? '' : `; ${withdrawal}`;
  if (because === 'withdrawn') {
    const written = `the promotion of ${nameOf(evidence, from)} was never written, the record names ${shortName(target)} still`;
    return `Promote ${target} again: ${written}, and it is ready.`;
  }
  const brakes = brakesText(decision, evidence);
  if (because === 'failback') {
    const healthyMs = evidence.members.find((member) => member.id === to)?.healthyForMs ?? 0;
    return `Promote ${target}: it is the preferred member and has been healthy for ${durationText(healthyMs)}${aaaa}${brakes}.`;
  }
  const order = `${shortName(target)} is ${placeText(place)} of ${ready.length} ready ${ready.length === 1 ? 'standby' : 'standbys'}`;
  return `Promote ${target}: ${troubleText(because, evidence)}; ${order}${aaaa}${brakes}.`;
}

/** What R9 and R10 have to do with a promotion; empty when nothing. */
function brakesText({ unbraked }: Of<'promote'>, evidence: PoolEvidence): string {
  if (unbraked === 'dead-zone')
    return `; the zone ${activeOf(evidence)?.zone ?? ''} is dead, so the brakes do not bind`;
  if (unbraked === 'released') return '; a person has released the brakes';
  const silent = massSilenceText(evidence.fleet);
  return silent === null ? '' : `; ${silent}: one promotion per 10 s, ${releaseHint}`;
}

function explainRefuse({ because, trouble }: Of<'refuse'>, evidence: PoolEvidence): string {
  const what = troubleText(trouble, evidence);
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
      return `Do nothing: ${what}, and ${maintenanceText(evidence)}; ${whatActsInMaintenance(evidence)}.`;
    case 'paused':
      return `Do nothing: ${what}, and ${pauseText(evidence)}; only a switchover that names its target acts; ${resumeHint}.`;
  }
}

function capitalised(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}

function silentText(evidence: PoolEvidence): string {
  const member = activeOf(evidence);
  return durationText(member === undefined ? 0 : silenceOf(member.hearing).trueMs);
}
