import type { UnitReport } from './systemd.ts';

/** What one report says of one unit at that moment, before any debouncing. */
export type UnitVerdict =
  | { readonly kind: 'running' }
  /** On its way up, or nobody can tell: neutral for a bounded time. `because` ends the sentence "HAProxy is …". */
  | { readonly kind: 'between'; readonly because: string }
  | { readonly kind: 'down'; readonly state: string }
  | { readonly kind: 'absent'; readonly state: string };

const absentLoadStates: ReadonlySet<string> = new Set(['not-found', 'masked']);
const startJobs: ReadonlySet<string> = new Set(['start', 'restart', 'try-restart', 'reload-or-start', 'verify-active']);

/*
 * ActiveState                | and                         | verdict
 * any                        | LoadState not-found, masked | absent
 * active                     |                             | running
 * reloading, refreshing      | answers                     | running: reloads that follow each other must not use up the 15 s of R4
 *                            | else                        | between
 * activating                 | (auto-restart among them)   | between
 * deactivating               | answers                     | running
 *                            | does not answer             | down
 *                            | was not asked               | between
 * inactive, failed, maintenance | start job or auto-restart pending | between
 *                            | else                        | down
 * anything newer than we are |                             | between: bounded, so it cannot hide a dead HAProxy for long
 */

/** The verdict on one unit at the moment of its report (PRODUCT.md section 4). Total over whatever a systemd may say. */
export function judgeUnit(report: UnitReport): UnitVerdict {
  if (absentLoadStates.has(report.loadState)) return { kind: 'absent', state: report.loadState };
  switch (report.activeState) {
    case 'active':
      return { kind: 'running' };
    case 'reloading':
    case 'refreshing':
      return report.answers === true ? { kind: 'running' } : { kind: 'between', because: 'reloading' };
    case 'activating':
      return {
        kind: 'between',
        because: report.subState.includes('auto-restart') ? 'restarting after a failure' : 'starting',
      };
    case 'deactivating':
      return judgeDeactivating(report);
    case 'inactive':
    case 'failed':
    case 'maintenance':
      return judgeStopped(report);
    default:
      return { kind: 'between', because: `in the state ${report.activeState}, which this version does not know` };
  }
}

function judgeDeactivating(report: UnitReport): UnitVerdict {
  if (report.answers === true) return { kind: 'running' };
  if (report.answers === false) return { kind: 'down', state: 'deactivating' };
  return { kind: 'between', because: 'stopping' };
}

function judgeStopped(report: UnitReport): UnitVerdict {
  if (report.subState.includes('auto-restart')) return { kind: 'between', because: 'restarting after a failure' };
  if (report.job !== null && startJobs.has(report.job)) return { kind: 'between', because: 'about to be started' };
  return { kind: 'down', state: report.activeState };
}
