import type { Fault } from './cell-zone.ts';
import type { Kind } from './matrix.ts';

type Reasons = Readonly<Partial<Record<Fault, string>>>;

const nameServer = {
  'error-after': 'no gateway stands before it: who answers is who applies',
  page: 'no HTTP',
  'rate-limited': 'its protocol has no word for it',
  'locked-out': 'a REFUSED to everything is not armed here; the adapter’s own tests have it',
  'stale-id': 'its records have no ids',
  'busy-zone': 'its condition is on the record, not on the zone: one such change says as much as five',
  lagging: 'there is one server, which is the one that is asked; no secondary is set up',
} as const satisfies Reasons;

/** What is not armed at a kind, and why. Every other fault has its cell there, or the run is not good. */
export const leftOutBecause: Readonly<Record<Kind, Reasons>> = {
  memory: {
    'error-after': 'no HTTP',
    page: 'no HTTP',
    'locked-out': 'no HTTP',
    'stale-id': 'its records have no ids',
    'busy-zone': nameServer['busy-zone'],
    lagging: 'the zone is what is asked',
  },
  bind: nameServer,
  knot: nameServer,
  powerdns: nameServer,
  cloudflare: {
    'locked-out': 'what it locks out with is the 429 of `rate-limited`',
    'busy-zone': 'it has no condition that a change elsewhere makes stale: one such change says as much as five',
    lagging: 'its emulator has no name servers of their own',
  },
  cpanel: {},
  whm: {},
};
