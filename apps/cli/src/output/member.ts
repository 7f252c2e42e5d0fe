import type { MemberStatus, MemberView } from '@serverctl/contract';
import { durationText } from '@serverctl/core';
import { clean, facts, table } from './table.ts';
import { openSessions, trafficText } from './traffic.ts';
import { healthTone, tinted } from './words.ts';

/** One line a member: role, health, heartbeat age, HAProxy, standing. */
export function memberTable(members: readonly MemberStatus[], colour: boolean): string {
  const rows = members.map((member) => [
    member.hostname,
    member.role === 'active' ? tinted('active', 'good', colour) : member.role,
    tinted(member.health, healthTone(member.health), colour),
    member.heartbeatAgeMs === null ? 'never' : durationText(member.heartbeatAgeMs),
    clean(member.haproxy ?? '-'),
    openSessions(member),
    standing(member),
  ]);
  return table(['member', 'role', 'health', 'heard', 'HAProxy', 'sessions', 'standing'], rows);
}

export function memberDetail(member: MemberView, colour: boolean): string {
  const { status } = member;
  const pairs: [string, string][] = [
    ['member', `${member.hostname} (${member.id})`],
    ['role', status.role],
    ['health', `${tinted(status.health, healthTone(status.health), colour)}: ${clean(status.healthSentence)}`],
    ['standing', clean(status.standingSentence)],
    ['heard', status.heartbeatAgeMs === null ? 'never' : `${durationText(status.heartbeatAgeMs)} ago`],
    ['HAProxy', `${clean(status.haproxy ?? 'not reported')}${member.monitored ? '' : ' (not monitored)'}`],
    ['traffic', trafficText(status)],
    ['address', status.address ?? 'none yet'],
    ['egress', member.allowedEgress.join(', ')],
    ['units', member.units.join(', ')],
    ['priority', String(member.priority)],
    ['enrolled', member.enrolled ? 'yes' : 'no'],
  ];
  if (status.refusedSeen !== null) pairs.push(['refused', `seen ${clean(status.refusedSeen)}`]);
  return [facts(pairs), ...member.warnings.map((warning) => `Warning: ${clean(warning)}`)].join('\n');
}

function standing(member: MemberStatus): string {
  if (member.role === 'active') return '';
  return member.ready ? `ready, place ${member.place ?? '?'}` : clean(member.standingSentence);
}
