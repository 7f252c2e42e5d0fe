import type { DnsProvider } from '@serverctl/core';
import type { CallLimit } from './ports.ts';

/* What of a provider's calls is whose: the table is at the head of budget.ts (R22, R23). */

export type Urgency = 'failover' | 'background' | 'preflight';

/** How many requests a provider's one call usually is: so many places it takes. */
export type Requests = NonNullable<DnsProvider['requestsPer']>;

/** Of a provider that says nothing else. */
export const oneRequestEach: Requests = { read: 1, write: 1 };

/** Of what a provider allows, the most that reads in calm use; the rest is kept for failovers (R22). */
export const backgroundShare = 0.25;
/** Of that, the most that tries in calm use: many zones of one credential never hold up a reconcile read (R22, R23). */
const preflightShare = 0.2;

/** How many of the calls that a provider allows may be of this kind. */
export function mostOf(limit: CallLimit, urgency: Urgency): number {
  const share = { failover: 1, background: backgroundShare, preflight: backgroundShare * preflightShare }[urgency];
  return Math.floor(limit.calls * share);
}

/** How many names at once one credential moves, one by one, before the next must wait; null = no limit (R22). */
export function ceilingOf(limit: CallLimit | null, { read, write }: Requests = oneRequestEach): number | null {
  return limit === null ? null : Math.floor((limit.calls * (1 - backgroundShare)) / (read + write));
}
