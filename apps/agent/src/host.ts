import { systemBusSocket } from './config.ts';
import { createEarlyRead } from './early-read.ts';
import { AgentFailure } from './errors.ts';
import { haproxyAnswers, sayOutOfReach } from './haproxy/answers.ts';
import { type Reading, readTraffic } from './haproxy/stats.ts';
import { watchTraffic } from './haproxy/traffic-watch.ts';
import { type DeclaredNames, type HostParts, type HostState, readHost } from './host-state.ts';
import { type Clock, within } from './platform/clock.ts';
import type { Log } from './platform/log.ts';
import type { Random } from './platform/random.ts';
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
  readonly close: () => void;
}

/** A disk that hangs must not hold up a beat; without an answer there is no lock, which is the normal case. */
const packageLockLimitMs = 100;
/**
 * Reading /proc/locks makes the kernel wait for all its processors, 10–20 ms. So it begins with the first signal of a unit that rested, and
 * is done when the unit rests again (settle.ts, 200 ms at most). A package manager holds its lock long before it stops anything, so a read
 * that began no earlier than the stop's first signal sees it. One from before that signal would not: nothing is kept from beat to beat.
 */
const packageLockGoodForMs = settleLimitMs + 50;
const simulatedPrefix = 'simulated:';

export interface HostOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly onChange: () => void;
}

/** Opens the service manager of that name, and begins to read HAProxy's traffic. Throws AgentFailure `usage` for another one. */
export function openHost(spec: string, options: HostOptions): Host {
  if (spec.startsWith(simulatedPrefix)) return openSimulated(spec.slice(simulatedPrefix.length), options);
  if (spec !== 'systemd') {
    throw new AgentFailure('usage', `--service-manager is systemd or simulated:/path/file.json, not ${spec}.`);
  }
  const { clock, log, onChange } = options;
  const openBus = openSystemdBus.bind(null, systemBusSocket, clock);
  const packageLock = createEarlyRead({
    clock,
    goodForMs: packageLockGoodForMs,
    read: () => within(clock, packageLockLimitMs, isPackageLockHeld(packageLockFiles), false),
    isWaiting: () => serviceManager.isRestless(),
  });
  const onNews = packageLock.begin;
  const serviceManager = new UnitWatch({ clock, log, openBus, show: showUnits, onChange, onNews });
  const onOutOfReach = sayOutOfReach(log);
  const answers = () => haproxyAnswers({ clock, onOutOfReach });
  return hostOf({ serviceManager, packageLock: packageLock.read, answers }, options, () => readTraffic(clock));
}

function openSimulated(path: string, options: HostOptions): Host {
  options.log.warn('the service manager is SIMULATED: unit states come from a file, not from this host', { path });
  const simulated = createSimulated(path, options.log, options.onChange);
  const { packageLock } = simulated;
  return hostOf({ serviceManager: simulated, packageLock, answers: async () => null }, options, async () => {
    const traffic = simulated.traffic();
    return traffic === null ? { kind: 'nothing' } : { kind: 'read', traffic };
  });
}

type Parts = Pick<HostParts, 'serviceManager' | 'packageLock' | 'answers'>;

function hostOf(parts: Parts, { clock, random }: HostOptions, read: () => Promise<Reading>): Host {
  const traffic = watchTraffic({ clock, random, read });
  const { serviceManager } = parts;
  return {
    serviceManager,
    read: (declared) => readHost({ ...parts, takeTraffic: traffic.take, ...declared }),
    close() {
      traffic.stop();
      serviceManager.close();
    },
  };
}
