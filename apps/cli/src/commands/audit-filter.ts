import type { AuditFilter } from '@serverctl/contract';
import type { Command } from 'commander';
import { named } from '../arguments.ts';
import { pastInstant } from '../times.ts';

export interface FilterOptions {
  readonly actor?: string;
  readonly action?: string;
  readonly target?: string;
  readonly pool?: string;
  readonly since?: string;
  readonly until?: string;
}

/** The options that choose entries of the audit log. */
export function withFilter(command: Command): Command {
  return command
    .option('--actor <actor>', 'only what this one did: user:a@example.com, or a beginning: "token:*"', named)
    .option('--action <action>', 'only this action: pool.pause, or a beginning: "pool.*"', named)
    .option('--target <target>', 'only what was done to this: an id, or a beginning with *', named)
    .option('--pool <pool>', 'only of this pool; one that is gone by its id', named)
    .option('--since <time>', 'only from then on: 30m, 2h, 7d, 14:30, or 2026-01-31T12:00', pastInstant)
    .option('--until <time>', 'only up to then, its whole second included', pastInstant);
}

/** As the API takes it. */
export function filterOf({ pool, ...others }: FilterOptions): AuditFilter {
  const { actor, action, target, since, until } = others;
  return {
    ...(actor !== undefined && { actor }),
    ...(action !== undefined && { action }),
    ...(target !== undefined && { target }),
    ...(pool !== undefined && { poolId: pool }),
    ...(since !== undefined && { since }),
    ...(until !== undefined && { until }),
  };
}

/** What to say when there is nothing: an empty log is none that was emptied. */
export function nothingFits(options: FilterOptions): string {
  return Object.keys(filterOf(options)).length === 0
    ? 'The audit log is empty. Every change is written there; serverctl audit verify says whether something was removed.'
    : 'Nothing in the audit log fits. A word matches whole, or as a beginning with * behind it: --actor "user:*".';
}
