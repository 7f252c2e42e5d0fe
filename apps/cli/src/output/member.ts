import type { MemberStatus, MemberView } from '@serverctl/contract';
import { durationText } from '@serverctl/core';
import { clean, facts, table } from './table.ts';
import { openSessions, trafficText } from './traffic.ts';
import { healthTone, localTime, maintenanceText, tinted } from './words.ts';

/** One line a member: role, health, heartbeat age, HAProxy, place among the ready; below it why one is not ready. */
export function memberTable(members: readonly MemberStatus[], colour: boolean, { wide = false } = {}): string {
  const rows = members.map((member) => [
    member.hostname,
    member.role === 'active' ? tinted('active', 'good', colour) : member.role,
    tinted(member.health, healthTone(member.health), colour),
    member.heartbeatAgeMs === null ? 'never' : durationText(member.heartbeatAgeMs),
    clean(wide ? (member.haproxy ?? '-') : unitWord(member.haproxy)),
    openSessions(member),
    ...(wide ? [addressesText(member) ?? '-', clean(member.zone)] : []),
    member.role === 'active' ? '' : member.ready ? String(member.place ?? '?') : 'none',
    ...(wide ? [clean(member.standingSentence)] : []),
  ]);
  const notes = members.map((one) => [...(wide ? [] : standingNote(one)), ...setAside(one)]);
  const head = [
    'member',
    'role',
    'health',
    'heard',
    'HAProxy',
    'sessions',
    ...(wide ? ['address', 'zone'] : []),
    'place',
  ];
  return table([...head, ...(wide ? ['standing'] : [])], rows, notes, { wide });
}

/** What a maintenance or a quarantine says already is not said twice. */
function standingNote(member: MemberStatus): readonly string[] {
  const isSaid = member.maintenance !== null || member.quarantined !== null;
  return member.role === 'active' || member.ready || isSaid ? [] : [clean(member.standingSentence)];
}

/** Why a person, or two hosts with one key, keep a member aside, until when, and how that ends. */
function setAside({ maintenance, quarantined }: MemberStatus): readonly string[] {
  return [
    ...(maintenance === null ? [] : [`In maintenance ${maintenanceText(maintenance)}`]),
    ...(quarantined === null ? [] : [`Quarantined ${quarantineText(quarantined)}`]),
  ];
}

function quarantineText({ since, reason }: NonNullable<MemberStatus['quarantined']>): string {
  const why = reason === null ? 'two hosts use its key' : clean(reason);
  return `since ${localTime(since)}: ${why}. It ends by serverctl member clear-quarantine.`;
}

/** systemd's `active (running)` as one word: the inner one of what is active, the outer one of what is not. */
function unitWord(reported: string | null): string {
  const [, outer, inner] = /^(\S+) \((\S+)\)$/.exec(reported ?? '-') ?? [];
  if (outer === undefined || inner === undefined) return reported ?? '-';
  return outer === 'active' ? inner : outer;
}

/** Of both families; null = none of either. */
function addressesText({ address, address6 }: MemberStatus): string | null {
  return [address, address6].filter((one) => typeof one === 'string').join(', ') || null;
}

export function memberDetail(member: MemberView, colour: boolean): string {
  const { status } = member;
  const [named, role, ...settled] = settledFacts(member);
  const pairs: Fact[] = [
    named,
    role,
    ['health', `${tinted(status.health, healthTone(status.health), colour)}: ${clean(status.healthSentence)}`],
    ['standing', clean(status.standingSentence)],
    ['heard', status.heartbeatAgeMs === null ? 'never' : `${durationText(status.heartbeatAgeMs)} ago`],
    ['HAProxy', clean(status.haproxy ?? 'not reported')],
    ['traffic', trafficText(status)],
    ...settled,
  ];
  if (status.refusedSeen !== null) {
    const seen = clean(status.refusedSeen);
    pairs.push([
      'refused',
      status.refusedBecause === 'hostname' ? `its host calls itself ${seen}` : `seen from ${seen}`,
    ]);
  }
  return [facts(pairs), ...warningsOf(member)].join('\n');
}

/** As `poolDone`: what was done and what is stored since; how the member is judged is only known a moment later. */
export function memberDone(done: string, member: MemberView, pool: string): string {
  const settled = [facts(settledFacts(member)), ...warningsOf(member)].join('\n');
  return `${done}\n\n${settled}\n\nHow it is judged now: serverctl member show ${pool} ${member.hostname}`;
}

function warningsOf({ warnings }: MemberView): readonly string[] {
  return warnings.map((warning) => `Warning: ${clean(warning)}`);
}

type Fact = readonly [name: string, value: string];

/** Settings and what persons decided: true from the moment it is stored, whatever was judged last. */
function settledFacts(member: MemberView): readonly [Fact, Fact, ...Fact[]] {
  const { status } = member;
  const pairs: [Fact, Fact, ...Fact[]] = [
    ['member', `${member.hostname} (${member.id})`],
    ['role', status.role],
    ['address', addressesText(status) ?? 'none yet'],
    ['template', member.template],
    ['egress', member.allowedEgress.join(', ')],
    ['units', `${member.units.join(', ')}${member.monitored ? '' : ' (not monitored)'}`],
    ['priority', String(member.priority)],
    ['zone', clean(member.zone)],
    ['enrolled', member.enrolled ? 'yes' : 'no'],
  ];
  if (member.previousHostname !== null) {
    const { hostname, until } = member.previousHostname;
    pairs.push(['renamed', `from ${hostname}, which is accepted until ${localTime(until)}`]);
  }
  if (status.maintenance !== null) pairs.push(['maintenance', maintenanceText(status.maintenance)]);
  if (status.quarantined !== null) pairs.push(['quarantined', quarantineText(status.quarantined)]);
  return pairs;
}
