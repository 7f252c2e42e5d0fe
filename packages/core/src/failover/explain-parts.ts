import { silenceOf } from '../health/hearing.ts';
import type { MemberId } from '../ids.ts';
import type { PauseReason } from '../pool/pool.ts';
import { durationText } from '../time.ts';
import type { FleetEvidence, MemberEvidence, PoolEvidence } from './evidence.ts';
import { countedPromotions, isMassSilence, tallyFleet, velocityLimit } from './fleet-brakes.ts';
import type { Trouble } from './trouble.ts';

/** What every page says that speaks of the fleet brakes. */
export const releaseHint = '`serverctl brakes release` lifts this for 10 minutes';

/** Why a pool is paused, as the end of "the pool is paused …". */
export const pauseReasonText: Readonly<Record<PauseReason, string>> = {
  person: 'by a person',
  'foreign-mark': 'because another control plane’s mark was read at one of its names',
  'newer-epoch': 'because a mark with a newer epoch than ours was read at one of its names',
};

/** The active member's evidence; undefined when there is none. */
export function activeOf({ pool, members }: PoolEvidence): MemberEvidence | undefined {
  return members.find((member) => member.id === pool.activeMemberId);
}

/** The hostname of the active member, or words for it. */
export function activeName(evidence: PoolEvidence): string {
  return activeOf(evidence)?.hostname ?? 'the active member';
}

/** The hostname of a member, else its id. */
export function nameOf({ members }: PoolEvidence, id: MemberId): string {
  return members.find((member) => member.id === id)?.hostname ?? id;
}

/** The first label of a hostname. */
export function shortName(hostname: string): string {
  return hostname.split('.')[0] ?? hostname;
}

/** The active member's trouble as the beginning of a sentence; told of something that is over, it `had` it. */
export function troubleText(trouble: Trouble, evidence: PoolEvidence, has: 'has' | 'had' = 'has'): string {
  const active = activeOf(evidence);
  if (trouble === 'haproxy-inactive') return haproxyText(evidence, has);
  const provenMs = active === undefined ? 0 : silenceOf(active.hearing).provenMs;
  return `${activeName(evidence)} ${has} sent no heartbeat for ${durationText(provenMs)} of listening`;
}

/** What is wrong with the active member's HAProxy, as the beginning of a sentence. */
export function haproxyText(evidence: PoolEvidence, has: 'has' | 'had' = 'has'): string {
  const haproxy = activeOf(evidence)?.haproxy;
  const name = activeName(evidence);
  if (haproxy?.kind === 'inactive') {
    return `HAProxy on ${name} ${has} been inactive for ${durationText(haproxy.forMs)} (${haproxy.unit}: ${haproxy.state})`;
  }
  return haproxy?.kind === 'neutral'
    ? `HAProxy on ${name} is ${haproxy.because} (${haproxy.unit})`
    : `HAProxy on ${name} is inactive`;
}

/** Mass silence as a clause (R9); null when there is none. */
export function massSilenceText({ zones }: FleetEvidence, are: 'are' | 'were' = 'are'): string | null {
  if (!isMassSilence(zones)) return null;
  const { members, silent } = tallyFleet(zones);
  return `${silent} of ${members} members ${are} silent`;
}

/** How far R10 is used up, as a clause. */
export function velocityText(fleet: FleetEvidence): string {
  const limit = velocityLimit(fleet.poolCount);
  return `${countedPromotions(fleet)} automatic promotions were made in the last minute and ${limit} are allowed`;
}

/** What maintenance binds the pool, and for how long, as a clause (R13). */
export function maintenanceText(evidence: PoolEvidence): string {
  const poolMs = evidence.maintenanceLeftMs ?? 0;
  const ownMs = activeOf(evidence)?.maintenanceLeftMs ?? 0;
  return poolMs >= ownMs
    ? `the pool is in maintenance for ${durationText(poolMs)} more`
    : `${activeName(evidence)} is in maintenance for ${durationText(ownMs)} more`;
}

/** What still moves the record in that maintenance, as a clause (R13): in a member's own one a person may also cut to the next standby. */
export function whatActsInMaintenance({ maintenanceLeftMs }: PoolEvidence): string {
  return maintenanceLeftMs === null
    ? 'nothing moves away from it by itself'
    : 'only a switchover that names its target acts';
}

/** Why the pool is paused, as a clause (R13). */
export function pauseText({ pool }: PoolEvidence): string {
  return `the pool is paused${pool.paused === null ? '' : ` ${pauseReasonText[pool.paused]}`}`;
}
