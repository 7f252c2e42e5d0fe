import type { HeartbeatReply } from '@serverctl/contract/agent';
import type { LastKnown } from './last-known.ts';
import type { Log } from './platform/log.ts';
import { boundedIntervalMs } from './schedule.ts';
import type { ServiceManager } from './service-manager.ts';

export interface WishParts {
  readonly log: Log;
  /** Keeps it for the next start. */
  readonly keep: (known: LastKnown) => Promise<void>;
  readonly serviceManager: ServiceManager;
  readonly lastKnown: LastKnown | null;
  readonly setIntervalMs: (intervalMs: number) => void;
}

/** Carries out what a reply asks for: which units to watch, how often to beat. Says and keeps what changed. */
export function createWishes(parts: WishParts): (reply: HeartbeatReply) => void {
  const { log } = parts;
  let known = parts.lastKnown;
  let keeping: Promise<void> = Promise.resolve();

  return ({ role, epoch, units, intervalMs }) => {
    parts.setIntervalMs(boundedIntervalMs(intervalMs));
    const hasSameUnits = known !== null && known.units.join('\n') === units.join('\n');
    if (known !== null && hasSameUnits && known.role === role && known.epoch === epoch) return;
    if (known?.role !== role || known.epoch !== epoch) log.info('role', { role, epoch });
    if (!hasSameUnits) log.info('watching', { units: units.join(' ') });
    const next: LastKnown = { units, role, epoch };
    known = next;
    parts.serviceManager.watch(units);
    // One after the other, so that the last one is what stays.
    keeping = keeping
      .then(() => parts.keep(next))
      .catch((error: unknown) => log.warn('what the control plane wants could not be kept', { why: String(error) }));
  };
}
