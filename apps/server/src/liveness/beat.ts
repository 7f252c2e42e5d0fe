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
  /** The same, canonical IPv6 or null. */
  readonly declaredIpv6: string | null;
  /** Where the request came from, IPv4-mapped addresses normalised (R36). */
  readonly seenIp: string;
  readonly hostname: string;
  readonly agentVersion: string;
  readonly refusal: Refusal | null;
  /** For people, beside the report that decisions use; null in the beats between two readings. */
  readonly traffic: HaproxyTraffic | null;
  /** When the token ends that it came with: tells the tokens of one boot apart. */
  readonly tokenExpiresAtMs: number;
}

/**
 * A number for everything that the host itself wrote into the beat, and for the token it used: the copy of a request that the network
 * made has the same, another host's beat hardly ever (core health/sequence.ts). Where it came from is the network's word and does not
 * enter. 30 bits, never 0.
 */
export function printOf(beat: Beat): number {
  const { report, declaredIpv4, declaredIpv6, hostname, agentVersion, traffic, tokenExpiresAtMs } = beat;
  let print = mixText(mixText(mixText(0x811c9dc5, hostname), agentVersion), declaredIpv4 ?? '');
  print = mixText(print, declaredIpv6 ?? '');
  print = mixNumber(mixNumber(print, tokenExpiresAtMs), report.packageLock ? 1 : 0);
  for (const { unit, loadState, activeState, subState, job, answers } of report.units) {
    print = mixText(mixText(mixText(mixText(mixText(print, unit), loadState), activeState), subState), job ?? '');
    print = mixNumber(print, answers === null ? 2 : Number(answers));
  }
  if (traffic !== null) {
    const { uptimeSeconds, sessions, sessionRate, requestRate } = traffic;
    for (const figure of [uptimeSeconds, sessions, sessionRate, requestRate]) print = mixNumber(print, figure);
  }
  return (print >>> 2) | 1;
}

/** FNV-1a: a mistake of one in a thousand million hides a beat of a clone, whose next one is as good. */
function mixText(print: number, text: string): number {
  let mixed = mixNumber(print, text.length);
  for (let index = 0; index < text.length; index++) mixed = Math.imul(mixed ^ text.charCodeAt(index), 0x01000193);
  return mixed;
}

function mixNumber(print: number, value: number): number {
  const low = Math.imul(print ^ (value | 0), 0x01000193);
  return Math.imul(low ^ Math.floor(value / 2 ** 32), 0x01000193);
}

/**
 * Whether `next` says anything a decision may depend on that `last` did not: such a beat is stored at once (R6), the others wait for the
 * batch. `seq`, the agent's version, HAProxy's traffic and the hostname of an accepted beat decide nothing.
 */
export function changesDecision(last: Beat, next: Beat): boolean {
  return (
    last.boot !== next.boot ||
    last.declaredIpv4 !== next.declaredIpv4 ||
    last.declaredIpv6 !== next.declaredIpv6 ||
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
