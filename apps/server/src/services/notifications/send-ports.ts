import type { Clock } from '../../platform/clock.ts';
import type { Outbound } from '../outbound.ts';
import type { Runbooks } from '../runbooks.ts';

/** What it takes to tell a channel, of whatever kind. */
export interface SendPorts {
  readonly outbound: Outbound;
  readonly clock: Clock;
  readonly runbooks: Pick<Runbooks, 'linkOf'>;
}
