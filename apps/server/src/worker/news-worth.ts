import { type HaproxyTracker, type Refusal, readinessLimits, type Silence } from '@serverctl/core';

/** What of a member's observation a beat may turn. */
interface Heard {
  readonly silence: Silence;
  readonly tracker: HaproxyTracker;
  readonly refusal: Refusal | null;
}

/*
 * A beat that only says "as before" moves every deadline of its pool's judgement further away, and nothing else: the judgement before it
 * holds until the deadline that it named (R6). What is more than that:
 *
 *   the first beat of this term, or one after more than 3 s     the member is fresh again
 *   refused, or no longer                                       R5
 *   a unit that is neither running nor absent                   R4's measures go on with each report
 *   other units, or another word about one; a package lock
 */
export function isRoutineBeat(before: Heard, after: Heard): boolean {
  return (
    before.silence.heardAt !== null &&
    (after.silence.heardAt ?? 0) - before.silence.heardAt <= readinessLimits.heardWithinMs &&
    before.refusal === null &&
    after.refusal === null &&
    isSettled(after.tracker) &&
    saysTheSame(before.tracker, after.tracker)
  );
}

function isSettled({ packageLock, units }: HaproxyTracker): boolean {
  return !packageLock && units.every(({ verdict }) => verdict.kind === 'running' || verdict.kind === 'absent');
}

function saysTheSame(before: HaproxyTracker, after: HaproxyTracker): boolean {
  return (
    before.isReported &&
    before.packageLock === after.packageLock &&
    before.units.length === after.units.length &&
    after.units.every(({ unit, verdict }) =>
      before.units.some((known) => known.unit === unit && known.verdict.kind === verdict.kind),
    )
  );
}
