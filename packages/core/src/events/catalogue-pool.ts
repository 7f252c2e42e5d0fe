import type { EventSpec } from './event-spec.ts';

/** Pools, the fleet as a whole, and its brakes. */
export const poolEvents = {
  'pool.promoted': {
    severity: 'critical',
    summary:
      'Another member is active; critical when it was a failover, warning when a failover was withdrawn, info when a person did it or it was a failback.',
  },
  'pool.address-changed': {
    severity: 'info',
    summary: 'The active member’s public address has changed, and the records follow it (dynamic DNS).',
    isQuiet: true,
  },
  'pool.no-standby': {
    severity: 'critical',
    summary: 'The active member is in trouble and nobody can take over.',
    recoveredBy: 'pool.recovered',
    isHealth: true,
  },
  'pool.single-member': {
    severity: 'critical',
    summary: 'The active member is in trouble and the pool has no other.',
    recoveredBy: 'pool.recovered',
    isHealth: true,
  },
  'pool.automatic-failover-off': {
    severity: 'critical',
    summary: 'The active member is in trouble and automatic failover is off.',
    recoveredBy: 'pool.recovered',
    isHealth: true,
  },
  'pool.held': {
    severity: 'critical',
    summary: 'A pool has moved too often by itself and moves no more until a person acknowledges it.',
    recoveredBy: 'pool.recovered',
  },
  'pool.recovered': { severity: 'info', summary: 'A pool’s active member is healthy again.' },
  'pool.target-refused': {
    severity: 'warning',
    summary: 'A member was chosen and could not become active.',
  },
  'pool.paused': {
    severity: 'critical',
    summary: 'A pool is paused; critical when it was paused because of what stands beside its record.',
    recoveredBy: 'pool.resumed',
  },
  'pool.resumed': { severity: 'info', summary: 'A pool is paused no more.' },
  'pool.acknowledged': { severity: 'info', summary: 'A person has acknowledged a held pool.' },
  'pool.maintenance': {
    severity: 'info',
    summary: 'A pool is in maintenance.',
    recoveredBy: 'pool.maintenance-over',
  },
  'pool.maintenance-ending': {
    severity: 'warning',
    summary: 'A pool’s maintenance ends in ten minutes.',
    recoveredBy: 'pool.maintenance-over',
  },
  'pool.maintenance-over': { severity: 'info', summary: 'A pool’s maintenance is over.' },
  'pool.added': { severity: 'info', summary: 'A pool was made.' },
  'pool.changed': { severity: 'info', summary: 'A pool’s settings were changed.' },
  'fleet.nobody-heard': {
    severity: 'critical',
    summary: 'No member at all is heard.',
    recoveredBy: 'fleet.heard-again',
  },
  'fleet.heard-again': { severity: 'info', summary: 'Members are heard again.' },
  'fleet.mass-silence': {
    severity: 'critical',
    summary: 'So many members are silent at once that one pool moves in ten seconds.',
    recoveredBy: 'fleet.mass-silence-over',
  },
  'fleet.mass-silence-over': { severity: 'info', summary: 'The mass silence is over.' },
  'fleet.velocity': {
    severity: 'critical',
    summary: 'So many pools have moved within a minute that the next ones wait.',
    recoveredBy: 'fleet.velocity-over',
  },
  'fleet.velocity-over': { severity: 'info', summary: 'No pool waits for the limit of a minute any more.' },
  'brakes.released': {
    severity: 'warning',
    summary: 'A person has released both limits on failovers over all pools.',
    recoveredBy: 'brakes.restored',
  },
  'brakes.restored': { severity: 'info', summary: 'The limits on failovers are in force again.' },
} as const satisfies Record<string, EventSpec>;
