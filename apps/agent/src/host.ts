import { systemBusSocket } from './config.ts';
import { createEarlyRead } from './early-read.ts';
import { AgentFailure } from './errors.ts';
import { haproxyAnswers } from './haproxy/answers.ts';
import { type DeclaredNames, type HostState, readHost } from './host-state.ts';
import { type Clock, within } from './platform/clock.ts';
import type { Log } from './platform/log.ts';
import type { ServiceManager } from './service-manager.ts';
import { createSimulated } from './simulated/simulated.ts';
import { openSystemdBus } from './systemd/bus.ts';
import { isPackageLockHeld, packageLockFiles } from './systemd/package-lock.ts';
import { settleLimitMs } from './systemd/settle.ts';
import { showUnits } from './systemd/systemctl-show.ts';
import { UnitWatch } from './systemd/unit-watch.ts';

/** The host as the heartbeats see it. */
export interface Host {
  readonly serviceManager: ServiceManager;
  readonly read: (declared: DeclaredNames) => Promise<HostState>;
}

/** A disk that hangs must not hold up a beat; without an answer there is no lock, which is the normal case. */
const packageLockLimitMs = 100;
/**
 * Reading /proc/locks makes the kernel wait for all its processors, 10–20 ms. So it begins with a unit's first signal and is done when the
 * unit rests (settle.ts, 200 ms at most). A package manager holds its lock before it stops anything, so nothing is missed by asking then.
 */
const packageLockGoodForMs = settleLimitMs + 50;
const simulatedPrefix = 'simulated:';

/** Opens the service manager of that name. Throws AgentFailure `usage` for another one. */
export function openHost(
  spec: string,
  { clock, log, onChange }: { readonly clock: Clock; readonly log: Log; readonly onChange: () => void },
): Host {
  if (spec.startsWith(simulatedPrefix)) {
    const path = spec.slice(simulatedPrefix.length);
    log.warn('the service manager is SIMULATED: unit states come from a file, not from this host', { path });
    const simulated = createSimulated(path, log, onChange);
    const { packageLock } = simulated;
    const parts = { serviceManager: simulated, packageLock, answers: async () => null };
    return { serviceManager: simulated, read: (declared) => readHost({ ...parts, ...declared }) };
  }
  if (spec !== 'systemd') {
    throw new AgentFailure('usage', `--service-manager is systemd or simulated:/path/file.json, not ${spec}.`);
  }
  const openBus = openSystemdBus.bind(null, systemBusSocket, clock);
  const packageLock = createEarlyRead(clock, packageLockGoodForMs, () =>
    within(clock, packageLockLimitMs, isPackageLockHeld(packageLockFiles), false),
  );
  const onSignal = packageLock.begin;
  const serviceManager = new UnitWatch({ clock, log, openBus, show: showUnits, onChange, onSignal });
  const parts = { serviceManager, packageLock: packageLock.read, answers: () => haproxyAnswers(clock) };
  return { serviceManager, read: (declared) => readHost({ ...parts, ...declared }) };
}
