import type { EventSpec } from './event-spec.ts';

/** Hosts: their health, their enrolment, their maintenance. */
export const memberEvents = {
  'member.heartbeat-lost': {
    severity: 'critical',
    summary: 'A member has not been heard for the pool’s failover delay; critical when it is the active one.',
    recoveredBy: 'member.healthy',
    isHealth: true,
  },
  'member.haproxy-inactive': {
    severity: 'critical',
    summary: 'HAProxy of a member has not run for longer than the grace; critical when it is the active one.',
    recoveredBy: 'member.healthy',
    isHealth: true,
  },
  'member.unheard': {
    severity: 'warning',
    summary: 'A member is silent, and it is not proven yet that it could have been heard.',
    recoveredBy: 'member.healthy',
    isHealth: true,
  },
  'member.refused': {
    severity: 'warning',
    summary: 'A member’s heartbeats are refused: they come from another address, or under another hostname.',
    recoveredBy: 'member.healthy',
    isHealth: true,
  },
  'member.healthy': { severity: 'info', summary: 'A member is healthy again.' },
  'member.silence': {
    severity: 'info',
    summary: 'A silence of more than 3 s is over: its true length, and how much of it was proven.',
    isQuiet: true,
  },
  'member.quarantined': {
    severity: 'critical',
    summary: 'Two hosts use one member’s key; it is no candidate any more.',
    recoveredBy: 'member.quarantine-cleared',
  },
  'member.quarantine-cleared': { severity: 'info', summary: 'A member’s quarantine is over.' },
  'member.maintenance': {
    severity: 'warning',
    summary: 'A member is in maintenance; a warning when it is active and the records stay with it.',
    recoveredBy: 'member.maintenance-over',
  },
  'member.maintenance-ending': {
    severity: 'warning',
    summary: 'A member’s maintenance ends in ten minutes.',
    recoveredBy: 'member.maintenance-over',
  },
  'member.maintenance-over': { severity: 'info', summary: 'A member’s maintenance is over.' },
  'member.added': { severity: 'info', summary: 'A member was added to a pool.' },
  'member.changed': { severity: 'info', summary: 'A member’s settings were changed.' },
  'member.removed': {
    severity: 'warning',
    summary: 'A member was removed; a warning when it was the active one.',
  },
  'member.boot': { severity: 'info', summary: 'An agent has started.' },
  'member.enrol': { severity: 'info', summary: 'A host was enrolled.' },
  'enrolment.made': { severity: 'info', summary: 'An enrolment secret was made for a member.' },
  'enrolment.refused': {
    severity: 'warning',
    summary: 'A host came with a valid enrolment secret from a wrong address, or under a wrong name.',
  },
} as const satisfies Record<string, EventSpec>;
