import { type FSWatcher, readFileSync, watch } from 'node:fs';
import { basename, dirname } from 'node:path';
import type { HaproxyTraffic } from '@serverctl/contract/agent';
import { boundedTraffic } from '../haproxy/traffic.ts';
import type { Log } from '../platform/log.ts';
import { isObject } from '../replies.ts';
import type { OnUnitChange, ServiceManager } from '../service-manager.ts';
import type { UnitReport } from '../unit-report.ts';

/*
 * A service manager that is a file, for machines without systemd:
 *
 *   { "units": { "haproxy.service": { "activeState": "active", "subState": "running" } }, "packageLock": false }
 *
 * `"traffic"` may give what HAProxy's stats socket would say, as in a heartbeat. `loadState`, `job` and `answers` may be given too. A unit that is not in the file is `not-found`. The file is
 * read at each beat; a watch on its directory only makes a change known at once. While it cannot be read or
 * parsed nothing is reported.
 */
export interface SimulatedHost extends ServiceManager {
  packageLock(): Promise<boolean>;
  /** What the file says HAProxy carries; null when it says nothing, or nothing that a heartbeat could carry. */
  traffic(): HaproxyTraffic | null;
}

export function createSimulated(path: string, log: Log, onChange: OnUnitChange): SimulatedHost {
  let watched: readonly string[] = [];
  let lastSeen = '';
  let unreadable = false;

  function read(): Readonly<Record<string, unknown>> | null {
    try {
      const parsed: unknown = JSON.parse(readFileSync(path, 'utf8'));
      if (!isObject(parsed) || !isObject(parsed['units'])) throw new Error('it has no "units"');
      unreadable = false;
      return parsed;
    } catch (error) {
      if (!unreadable)
        log.warn('the simulated state cannot be read; no unit is reported', { path, why: String(error) });
      unreadable = true;
      return null;
    }
  }

  function report(): readonly UnitReport[] {
    const units = read()?.['units'];
    return isObject(units) ? watched.map((unit) => unitFrom(unit, units[unit])) : [];
  }

  function look(): void {
    const seen = JSON.stringify(report());
    if (seen === lastSeen) return;
    lastSeen = seen;
    onChange(watched.join(' '));
  }

  // The directory and not the file: a file that is replaced by rename is another file.
  const watcher: FSWatcher = watch(dirname(path), (_event, name) => {
    if (name === null || name === basename(path)) look();
  });
  watcher.on('error', (error) => log.warn('the simulated state is not watched any more', { why: error.message }));

  return {
    versionSuffix: '+simulated',
    watch(units) {
      watched = units;
      look();
    },
    report,
    packageLock: async () => read()?.['packageLock'] === true,
    traffic() {
      const traffic = read()?.['traffic'];
      return isObject(traffic) ? boundedTraffic(traffic) : null;
    },
    close: () => watcher.close(),
  };
}

function unitFrom(unit: string, given: unknown): UnitReport {
  const state = isObject(given) ? given : { loadState: 'not-found', activeState: 'inactive', subState: 'dead' };
  const text = (name: string, fallback: string) => {
    const value = state[name];
    return typeof value === 'string' && value !== '' ? value : fallback;
  };
  const activeState = text('activeState', 'active');
  return {
    unit,
    loadState: text('loadState', 'loaded'),
    activeState,
    subState: text('subState', activeState === 'active' ? 'running' : 'dead'),
    job: typeof state['job'] === 'string' ? state['job'] : null,
    answers: typeof state['answers'] === 'boolean' ? state['answers'] : null,
  };
}
