import type { HaproxyTraffic } from '@serverctl/contract/agent';
import type { HostReport, MemberId, Refusal, UnitReport } from '@serverctl/core';

/** One accepted sign of life: authenticated, in sequence or not yet judged, refused or not (R5). */
export interface Beat {
  readonly memberId: MemberId;
  readonly boot: number;
  readonly seq: number;
  readonly report: HostReport;
  /** Declared by the operator on the host; canonical IPv4 or null. */
  readonly declaredIpv4: string | null;
  /** Where the request came from, IPv4-mapped addresses normalised (R36). */
  readonly seenIp: string;
  readonly hostname: string;
  readonly agentVersion: string;
  readonly refusal: Refusal | null;
  /** For people, beside the report that decisions use; null in the beats between two readings. */
  readonly traffic: HaproxyTraffic | null;
}

/**
 * Whether `next` says anything a decision may depend on that `last` did not: such a beat is stored at once (R6), the others wait for the
 * batch. `seq`, the agent's version, HAProxy's traffic and the hostname of an accepted beat decide nothing.
 */
export function changesDecision(last: Beat, next: Beat): boolean {
  return (
    last.boot !== next.boot ||
    last.declaredIpv4 !== next.declaredIpv4 ||
    last.seenIp !== next.seenIp ||
    last.report.packageLock !== next.report.packageLock ||
    !sameRefusal(last.refusal, next.refusal) ||
    !sameUnits(last.report.units, next.report.units)
  );
}

function sameRefusal(last: Refusal | null, next: Refusal | null): boolean {
  if (last === null || next === null) return last === next;
  return last.because === next.because && last.seen === next.seen;
}

function sameUnits(last: readonly UnitReport[], next: readonly UnitReport[]): boolean {
  if (last.length !== next.length) return false;
  for (let index = 0; index < next.length; index++) {
    const before = last[index];
    const now = next[index];
    if (before === undefined || now === undefined || !sameUnit(before, now)) return false;
  }
  return true;
}

function sameUnit(last: UnitReport, next: UnitReport): boolean {
  return (
    last.activeState === next.activeState &&
    last.subState === next.subState &&
    last.job === next.job &&
    last.answers === next.answers &&
    last.loadState === next.loadState &&
    last.unit === next.unit
  );
}
