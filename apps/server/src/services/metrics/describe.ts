import type { Clock } from '../../platform/clock.ts';
import { createMetrics, type DeclaredMetric } from './metrics.ts';

/** Every metric of ours as the registry declares it, in the order of names. For the reference; nothing is measured. */
export function describeMetrics(clock: Clock): readonly DeclaredMetric[] {
  const readFleet = () => Promise.reject(new Error('nothing is measured'));
  const metrics = createMetrics({ clock, version: '', readFleet });
  metrics.hears({ statistics: () => silent });
  metrics.leads({ statistics: { turns: 0, frozenTicks: 0 } });
  const all = metrics.declared().filter(({ name }) => name.startsWith('serverctl_'));
  return all.toSorted((one, other) => one.name.localeCompare(other.name));
}

const silent = {
  listenerId: '',
  members: 0,
  beats: { accepted: 0, dropped: 0, refused: 0, superseded: 0, unauthenticated: 0, gaps: 0, missing: 0 },
  statements: 0,
  changeStatements: 0,
  failedStatements: 0,
  lastFlushAgeMs: 0,
  flushHealthy: true,
};
