import type { HaproxyEvidence } from '../failover/evidence.ts';
import { defaultUnit } from '../member/member.ts';
import type { Instant } from '../time.ts';
import type { HostReport } from './systemd.ts';
import {
  advanceTrack,
  type Cover,
  neutralLeftMs,
  neutralLimits,
  startTrack,
  turnTrack,
  type UnitTrack,
} from './unit-track.ts';
import { judgeUnit } from './unit-verdict.ts';

/** What the successive reports of one host come to (R4). Made by `startTracker`, changed by `observeHost` and `restartTracker`. */
export interface HaproxyTracker {
  readonly units: readonly UnitTrack[];
  readonly packageLock: boolean;
  /** Whether a report was heard since the start or restart: only then is a unit that is not here left out by the host. */
  readonly isReported: boolean;
}

/** No report yet. */
export function startTracker(): HaproxyTracker {
  return { units: [], packageLock: false, isReported: false };
}

/** The tracker after one report heard at `now`. Units that the report no longer names are forgotten. */
export function observeHost(tracker: HaproxyTracker, report: HostReport, now: Instant): HaproxyTracker {
  const cover = coverOf(tracker);
  const units = report.units.map((unitReport) => {
    const verdict = judgeUnit(unitReport);
    const known = tracker.units.find((track) => track.unit === unitReport.unit);
    if (known === undefined) return startTrack(unitReport.unit, verdict, now);
    return turnTrack(advanceTrack(known, cover, now), verdict, report.packageLock);
  });
  return { units, packageLock: report.packageLock, isReported: true };
}

/**
 * The tracker after what its host is judged by was changed: a unit that is not running counts from its next report on, and is `unreported`
 * until then, so that even with a grace of 0 the change alone settles nothing.
 */
export function restartTracker(tracker: HaproxyTracker): HaproxyTracker {
  const settled = tracker.units.filter(({ verdict }) => verdict.kind === 'running' || verdict.kind === 'absent');
  return { ...tracker, units: settled, isReported: false };
}

/** Which units count, and whether any does. */
export interface HaproxyWatch {
  readonly monitored: boolean;
  /** The member's units; absent = every unit the host reports. One that is asked for and not reported makes `unreported`. */
  readonly units?: readonly string[];
}

/** The evidence at `now`: the worst unit counts and keeps its name. Asking changes nothing. */
export function haproxyEvidence(tracker: HaproxyTracker, watch: HaproxyWatch, now: Instant): HaproxyEvidence {
  if (!watch.monitored) return { kind: 'unmonitored' };
  const names = watch.units ?? (tracker.units.length === 0 ? [defaultUnit] : tracker.units.map((track) => track.unit));
  const cover = coverOf(tracker);
  let worst: HaproxyEvidence = { kind: 'unmonitored' };
  for (const name of names) {
    const track = tracker.units.find((one) => one.unit === name);
    const evidence = track === undefined ? unreported(tracker, name) : evidenceOf(track, cover, now);
    if (isWorse(evidence, worst)) worst = evidence;
  }
  return names.length === 0 ? { kind: 'unreported' } : worst;
}

function unreported({ isReported }: HaproxyTracker, missing: string): HaproxyEvidence {
  return isReported ? { kind: 'unreported', missing } : { kind: 'unreported' };
}

function evidenceOf(observed: UnitTrack, cover: Cover, now: Instant): HaproxyEvidence {
  const { unit, verdict } = observed;
  if (verdict.kind === 'running') return { kind: 'running' };
  if (verdict.kind === 'absent') return { kind: 'absent', unit, state: verdict.state };
  const track = advanceTrack(observed, cover, now);
  const leftMs = neutralLeftMs(track, cover);
  if (leftMs > 0) return { kind: 'neutral', unit, because: neutralBecause(track, cover), leftMs };
  const state = verdict.kind === 'down' ? verdict.state : verdict.because;
  return { kind: 'inactive', unit, state, forMs: track.uncoveredMs };
}

function neutralBecause(track: UnitTrack, cover: Cover): string {
  if (cover.packageLock && track.lockCoveredMs < neutralLimits.packageLockMs)
    return 'down while packages are being changed';
  return track.verdict.kind === 'between' ? track.verdict.because : 'down';
}

const badness: Readonly<Record<HaproxyEvidence['kind'], number>> = {
  inactive: 0,
  neutral: 1,
  unreported: 2,
  absent: 3,
  running: 4,
  unmonitored: 5,
};

function isWorse(a: HaproxyEvidence, b: HaproxyEvidence): boolean {
  if (a.kind === 'inactive' && b.kind === 'inactive') return a.forMs > b.forMs;
  if (a.kind === 'neutral' && b.kind === 'neutral') return a.leftMs < b.leftMs;
  return badness[a.kind] < badness[b.kind];
}

function coverOf(tracker: HaproxyTracker): Cover {
  return { packageLock: tracker.packageLock };
}
