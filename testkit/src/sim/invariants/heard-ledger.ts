import type { MemberId } from '@serverctl/core';
import type { Observer } from '../observer.ts';
import type { HaproxyState } from '../truth.ts';

/*
 * What was truly heard of each member, by any process: the product's own reckoning of it is what is judged, so nothing here is taken from
 * evidence. A beat tells what was true when it was sent.
 */

/** One new beat that reached a process. */
export interface HeardBeat {
  readonly heardAt: number;
  readonly sentAt: number;
  readonly haproxy: HaproxyState;
  readonly packageLock: boolean;
}

/** A time in which HAProxy was told not to run, without a break; `endedAt` null = still. */
export interface DownStretch {
  readonly beganAt: number;
  readonly endedAt: number | null;
}

/** So many beats of a member are kept; the stretches reach back further. */
const keptBeats = 256;
const keptStretches = 64;

interface MemberLedger {
  readonly beats: HeardBeat[];
  readonly stretches: DownStretch[];
  /** What its hosts' HAProxy did when each of the last beats was sent. */
  readonly sent: { readonly at: number; readonly haproxy: HaproxyState; readonly packageLock: boolean }[];
}

export interface HeardLedger extends Observer {
  /** When a new beat was heard last, at `at` or before; null = never. */
  heardAt(memberId: MemberId, at: number): number | null;
  /** The newest beat heard at `at` or before. */
  beat(memberId: MemberId, at: number): HeardBeat | null;
  /** Beats heard at `from` or later, oldest first. */
  beatsSince(memberId: MemberId, from: number): readonly HeardBeat[];
  /** Times in which HAProxy was told not to run, newest last. */
  stretches(memberId: MemberId): readonly DownStretch[];
  /** Whether another member was heard in `[from, to]`. */
  otherHeard(memberId: MemberId, from: number, to: number): boolean;
}

/** HAProxy takes connections in these states; in the others it is down, or on its way. */
export const runningStates: ReadonlySet<HaproxyState> = new Set(['running', 'reloading']);
/** Neutral for a bounded time (R4). */
export const betweenStates: ReadonlySet<HaproxyState> = new Set(['restarting', 'auto-restart']);

export function keepHeardLedger(): HeardLedger {
  const members = new Map<MemberId, MemberLedger>();
  let stateOf: (memberId: MemberId, host: string) => { haproxy: HaproxyState; packageLock: boolean } | null = () => null;

  function ledgerOf(memberId: MemberId): MemberLedger {
    const known = members.get(memberId);
    if (known !== undefined) return known;
    const begun = { beats: [], stretches: [], sent: [] };
    members.set(memberId, begun);
    return begun;
  }

  const beat = (memberId: MemberId, at: number) =>
    members.get(memberId)?.beats.findLast(({ heardAt }) => heardAt <= at) ?? null;

  return {
    onBegin(truth) {
      stateOf = (memberId, host) => truth.hosts.find((one) => one.memberId === memberId && one.host === host) ?? null;
    },
    onBeatSent({ memberId, host }, at) {
      const state = stateOf(memberId, host);
      if (state === null) return;
      const { sent } = ledgerOf(memberId);
      sent.push({ at, haproxy: state.haproxy, packageLock: state.packageLock });
      if (sent.length > keptBeats) sent.shift();
    },
    onBeatHeard({ memberId, verdict, sentAt }, at) {
      if (verdict !== 'new') return;
      const ledger = ledgerOf(memberId);
      const told = ledger.sent.findLast((one) => one.at <= sentAt);
      note(ledger, { heardAt: at, sentAt, haproxy: told?.haproxy ?? 'running', packageLock: told?.packageLock ?? false });
    },
    beat,
    heardAt: (memberId, at) => beat(memberId, at)?.heardAt ?? null,
    beatsSince: (memberId, from) => members.get(memberId)?.beats.filter(({ heardAt }) => heardAt >= from) ?? [],
    stretches: (memberId) => members.get(memberId)?.stretches ?? [],
    otherHeard(memberId, from, to) {
      for (const [other, { beats }] of members) {
        if (other !== memberId && beats.some(({ heardAt }) => heardAt >= from && heardAt <= to)) return true;
      }
      return false;
    },
  };
}

function note(ledger: MemberLedger, beat: HeardBeat): void {
  ledger.beats.push(beat);
  if (ledger.beats.length > keptBeats) ledger.beats.shift();
  const last = ledger.stretches.at(-1);
  const isDown = last !== undefined && last.endedAt === null;
  if (runningStates.has(beat.haproxy)) {
    if (isDown) ledger.stretches[ledger.stretches.length - 1] = { ...last, endedAt: beat.heardAt };
  } else if (!isDown) {
    ledger.stretches.push({ beganAt: beat.heardAt, endedAt: null });
    if (ledger.stretches.length > keptStretches) ledger.stretches.shift();
  }
}
