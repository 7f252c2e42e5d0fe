import type { EventSpec } from './event-spec.ts';

/** Names, their records, and the credentials that they are written with. */
export const dnsEvents = {
  'dns.published': { severity: 'info', summary: 'The provider has acknowledged a name’s new address.' },
  'dns.blocked': {
    severity: 'critical',
    summary: 'The provider does not take a name’s new address.',
    recoveredBy: 'dns.recovered',
  },
  'dns.unknown-outcome': {
    severity: 'warning',
    summary: 'The provider did not say whether it changed a name.',
    recoveredBy: 'dns.recovered',
  },
  'dns.drift': {
    severity: 'critical',
    summary: 'Somebody has set a name to another member’s address.',
    recoveredBy: 'dns.recovered',
  },
  'dns.recovered': { severity: 'info', summary: 'A name holds what it should again.' },
  'dns.repaired': {
    severity: 'warning',
    summary: 'Somebody had changed a name, and it was written again.',
  },
  'dns.partial': {
    severity: 'warning',
    summary: 'After a minute an authoritative name server still does not answer a name’s new address.',
    recoveredBy: 'dns.complete',
  },
  'dns.complete': { severity: 'info', summary: 'Every authoritative name server answers a name’s new address.' },
  'dns.credential-failing': {
    severity: 'critical',
    summary: 'A DNS credential does not work: a failover now would not reach the records of that zone.',
    recoveredBy: 'dns.credential-recovered',
  },
  'dns.credential-recovered': {
    severity: 'info',
    summary: 'A DNS credential works again, or nothing uses it in that zone any more.',
  },
  'binding.added': { severity: 'info', summary: 'A name was bound to a pool.' },
  'binding.changed': { severity: 'info', summary: 'A managed name’s TTL, proxied or credential was changed.' },
  'binding.removed': {
    severity: 'warning',
    summary: 'A name is managed no more; a warning when its pool had an active member.',
  },
  'resolvers.changed': {
    severity: 'info',
    summary: 'Other recursive resolvers, or none, are asked when a name is shown.',
  },
  'credential.added': { severity: 'info', summary: 'A DNS credential was saved.' },
  'credential.changed': { severity: 'info', summary: 'A DNS credential was changed.' },
  'credential.removed': { severity: 'info', summary: 'A DNS credential was removed.' },
} as const satisfies Record<string, EventSpec>;
