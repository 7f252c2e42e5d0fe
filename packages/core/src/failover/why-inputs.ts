import { blindReasonText } from '../health/explain-health.ts';
import { silenceOf } from '../health/hearing.ts';
import { haproxyIsJudged, inMaintenance } from '../health/judge.ts';
import type { FailbackSettings } from '../pool/pool.ts';
import { durationText, minuteMs } from '../time.ts';
import { needsOf } from './addresses.ts';
import type { FleetEvidence, Listening, MemberEvidence, PoolEvidence, PublicAddresses } from './evidence.ts';
import { activeOf, nameOf, pauseReasonText } from './explain-parts.ts';
import { countedPromotions, deadZones, isMassSilence, isReleased, tallyFleet, velocityLimit } from './fleet-brakes.ts';
import { addressesOf, unfollowedText } from './follow-address.ts';
import type { Judgement } from './judgement.ts';

/** One thing that a decision looked at: its name, and what it was, in words with figures. */
export interface WhyInput {
  readonly name: string;
  readonly value: string;
}

/** Everything the decision of this judgement looked at, in the order in which it is looked at; what does not apply is left out. */
export function inputsOf({ health }: Pick<Judgement, 'health'>, evidence: PoolEvidence): readonly WhyInput[] {
  const { pool, listening, fleet } = evidence;
  const active = activeOf(evidence);
  return [
    input('active member', active === undefined ? 'none' : `${active.hostname}. ${health[active.id]?.sentence ?? ''}`),
    ...(active === undefined ? [] : ofActive(active, evidence)),
    input('listening', listeningText(listening)),
    ...ofNeeds(evidence),
    input('automatic failover', pool.automaticFailover ? 'on' : 'off'),
    ...(pool.paused === null ? [] : [input('paused', pauseReasonText[pool.paused])]),
    ...(inMaintenance(evidence) ? [input('maintenance of the pool', leftText(evidence.maintenanceLeftMs))] : []),
    ...(evidence.unpublished === null ? [] : [input('never written', neverWrittenText(evidence))]),
    input('promotions of this pool', promotionsText(evidence)),
    ...(pool.held ? [input('held', 'yes, until a person acknowledges it')] : []),
    input('failback', failbackText(pool.failback, evidence)),
    ...(pool.dynamicDns && active !== undefined ? [input('dynamic DNS', dynamicDnsText(active, evidence))] : []),
    ...ofFleet(fleet),
  ];
}

/** Said only where it is more than IPv4, which every record needed before names had two families. */
function ofNeeds(evidence: PoolEvidence): readonly WhyInput[] {
  const { ipv4, ipv6 } = needsOf(evidence);
  if (ipv6 === 'none') return [];
  const aaaa = ipv6 === 'wanted' ? 'IPv6 if the member has one, else the AAAA goes' : 'IPv6';
  return [input('addresses needed', ipv4 ? `IPv4 and ${aaaa}` : aaaa)];
}

function ofActive(active: MemberEvidence, { pool }: PoolEvidence): readonly WhyInput[] {
  const { trueMs, provenMs } = silenceOf(active.hearing);
  const grace = input('HAProxy grace', durationText(pool.haproxyGraceMs));
  return [
    input('silence', `${durationText(trueMs)}, of which ${durationText(provenMs)} are proven`),
    input('failover delay', durationText(pool.failoverDelayMs)),
    ...(haproxyIsJudged(active, pool) ? [input('HAProxy', haproxyWords(active)), grace] : []),
    ...(inMaintenance(active) ? [input('maintenance of the member', leftText(active.maintenanceLeftMs))] : []),
  ];
}

function haproxyWords({ haproxy }: MemberEvidence): string {
  switch (haproxy.kind) {
    case 'inactive':
      return `${haproxy.unit} ${haproxy.state}, inactive for ${durationText(haproxy.forMs)}`;
    case 'neutral':
      return `${haproxy.unit} is ${haproxy.because}, no verdict for ${durationText(haproxy.leftMs)} yet`;
    case 'absent':
      return `${haproxy.unit} is ${haproxy.state}`;
    case 'unreported':
      return haproxy.missing === undefined ? 'not reported yet' : `${haproxy.missing} is not reported`;
    case 'running':
    case 'unmonitored':
      return haproxy.kind;
  }
}

function listeningText(listening: Listening): string {
  const heard = `${listening.heardMembers} of ${listening.enrolledMembers} enrolled members heard in the last 3 s`;
  if (listening.heardMembers === 0) return `${heard}, nobody for ${durationText(listening.nobodyHeardForMs)}`;
  if (listening.blindBecause === null) return `yes; ${heard}`;
  return `not for ${durationText(listening.blindForMs)}, since ${blindReasonText[listening.blindBecause]}; ${heard}`;
}

function neverWrittenText(evidence: PoolEvidence): string {
  const from = evidence.unpublished === null ? '' : nameOf(evidence, evidence.unpublished.from);
  return `the last failover has reached no name; it took the place of ${from}`;
}

function promotionsText(evidence: PoolEvidence): string {
  const { automaticPromotionAgesMs: ages, addressPromotionAgesMs = [], lastPromotionAgeMs } = evidence;
  const lately = ages.filter((ageMs) => ageMs < 10 * minuteMs).length;
  const none = addressPromotionAgesMs.length === 0 ? 'none before' : 'no other one lately';
  const last = lastPromotionAgeMs === null ? none : `the last one ${durationText(lastPromotionAgeMs)} ago`;
  return `${automaticOnes(lately)} in 10 min (3 allowed), ${ages.length} in 1 h (6 allowed); ${last}`;
}

function failbackText({ policy, afterMinutes, window }: FailbackSettings, { minuteOfDay }: PoolEvidence): string {
  if (policy !== 'automatic') return policy;
  const between =
    window === null ? '' : ` between ${clockText(window.fromMinute)} and ${clockText(window.toMinute)} UTC`;
  return `automatic after ${afterMinutes} min of health${between}; now it is ${clockText(minuteOfDay)} UTC`;
}

function dynamicDnsText(active: MemberEvidence, evidence: PoolEvidence): string {
  const { addressPromotionAgesMs: ages = [], presentAddresses: present } = evidence;
  const held = present === undefined || present === null ? 'unknown' : addressText(present);
  const followed = `followed ${ages.filter((ageMs) => ageMs < minuteMs).length} times in 1 min (1 allowed), ${ages.length} in 1 h (6 allowed)`;
  const unfollowed = unfollowedText(evidence, active);
  const why = unfollowed === null ? '' : `, ${unfollowed}`;
  return `on; the records hold ${held}, its address is ${addressText(addressesOf(active))}${why}; ${followed}`;
}

function addressText({ ipv4, ipv6 }: PublicAddresses): string {
  const known = [ipv4, ipv6].filter((address) => address !== null);
  return known.length === 0 ? 'none' : known.join(' and ');
}

function clockText(minuteOfDay: number): string {
  const two = (figure: number) => String(figure).padStart(2, '0');
  return `${two(Math.floor(minuteOfDay / 60))}:${two(minuteOfDay % 60)}`;
}

function ofFleet(fleet: FleetEvidence): readonly WhyInput[] {
  const { members, silent } = tallyFleet(fleet.zones);
  const dead = deadZones(fleet.zones);
  const mass = isMassSilence(fleet.zones) ? 'mass silence' : 'no mass silence';
  const limit = velocityLimit(fleet.poolCount);
  return [
    input('fleet', `${silent} of ${members} members are silent for more than 3 s: ${mass}`),
    ...(dead.length === 0 ? [] : [input('dead zones', dead.join(', '))]),
    input('promotions of all pools', `${automaticOnes(countedPromotions(fleet))} in 1 min (${limit} allowed)`),
    ...(isReleased(fleet)
      ? [input('brakes', `released by a person for ${durationText(fleet.brakesReleasedForMs ?? 0)} more`)]
      : []),
  ];
}

function automaticOnes(count: number): string {
  return count === 1 ? '1 automatic one' : `${count} automatic ones`;
}

function leftText(leftMs: number | null): string {
  return `for ${durationText(leftMs ?? 0)} more`;
}

function input(name: string, value: string): WhyInput {
  return { name, value };
}
