import type { MemberId } from '@serverctl/core';
import type { FaultEvent } from '../fault-event.ts';
import type { Observer } from '../observer.ts';
import type { HaproxyState } from '../truth.ts';
import { touchesControlPlane } from './sides.ts';

/*
 * What was truly heard of each member, by any process: the product's own reckoning of it is what is judged, so nothing here is taken from
 * evidence. A beat tells what was true when it was sent.
 *
 * A beat that a process took while it, or its way to the database, was in trouble may never have been stored; nor one that it took in the
 * last second before (R2: it answers 503 after a second, and its members' silence starts again when it is gone). One that it took right
 * after may bear no date, and then makes nobody fresh (ADR 0025). And one that another process took a newer one of before it is news to its
 * own process only. Such a beat is not `certain`: whoever judged without it is not to blame, nor who judged with it.
 */

/** One new beat that reached a process. */
export interface HeardBeat {
  readonly heardAt: number;
  readonly sentAt: number;
  readonly replica: string;
  readonly haproxy: HaproxyState;
  readonly packageLock: boolean;
  certain: boolean;
}

/** A time in which HAProxy was told not to run, without a break; `endedAt` null = still. */
export interface DownStretch {
  readonly beganAt: number;
  readonly endedAt: number | null;
  /** When the last state of it that is neither neutral (R4) nor under a package lock was left; null = it has not been. */
  readonly downUntil: number | null;
}

/** So many beats of a member are kept; the stretches reach back further. */
const keptBeats = 256;
const keptStretches = 64;
/** What is heard is stored within so long, or not at all for all that one can know. */
const storedWithinMs = 1_000;
/** So long after its trouble a process may not be able to date what it hears: a second of watermarks and a flush (ADR 0025). */
const datedWithinMs = 2_000;

interface Sent {
  readonly at: number;
  readonly haproxy: HaproxyState;
  readonly packageLock: boolean;
}

interface MemberLedger {
  readonly beats: HeardBeat[];
  readonly stretches: DownStretch[];
  /** What HAProxy did when each of the last beats was sent. */
  readonly sent: Sent[];
  /** The greatest that any process took. */
  newest: { readonly boot: number; readonly seq: number };
}

export interface HeardLedger extends Observer {
  /** When a new beat was heard last, at `at` or before; null = never. */
  heardAt(memberId: MemberId, at: number): number | null;
  /** The same of those that are certain. */
  certainlyHeardAt(memberId: MemberId, at: number): number | null;
  /** The newest beat heard at `at` or before. */
  beat(memberId: MemberId, at: number): HeardBeat | null;
  /** Beats heard at `from` or later, oldest first. */
  beatsSince(memberId: MemberId, from: number): readonly HeardBeat[];
  /** Times in which HAProxy was told not to run, newest last. */
  stretches(memberId: MemberId): readonly DownStretch[];
  /** When the database forgot who was heard once: it was restored, or it crashed, which empties a table without a log. */
  forgottenAt(): number;
  /** Whether another member was heard in `[from, to]`. */
  otherHeard(memberId: MemberId, from: number, to: number): boolean;
}

/** HAProxy takes connections in these states; in the others it is down, or on its way. */
export const runningStates: ReadonlySet<HaproxyState> = new Set(['running', 'reloading']);
/** Neutral for a bounded time (R4); one that is stopping and does not answer is not. */
export const betweenStates: ReadonlySet<HaproxyState> = new Set(['restarting', 'auto-restart']);

export function keepHeardLedger(): HeardLedger {
  const members = new Map<MemberId, MemberLedger>();
  const troubles = watchTroubles((replica, since) => {
    for (const { beats } of members.values()) doubt(beats, replica, since);
  });
  let forgottenAt = Number.NEGATIVE_INFINITY;
  let stateOf: (memberId: MemberId, host: string) => Omit<Sent, 'at'> | null = () => null;

  const beat = (memberId: MemberId, at: number, certain = false) =>
    members.get(memberId)?.beats.findLast((one) => one.heardAt <= at && (one.certain || !certain)) ?? null;

  return {
    onFault(fault, at) {
      troubles.onFault(fault, at);
      if (fault.kind === 'database-crashed') forgottenAt = at;
    },
    onRestored(_lost, at) {
      forgottenAt = at;
    },
    forgottenAt: () => forgottenAt,
    onBegin(truth) {
      stateOf = (memberId, host) => {
        const first = truth.host(memberId);
        return first.host === host ? first : (truth.hosts.find((one) => one.host === host) ?? null);
      };
    },
    onBeatSent({ memberId, host }, at) {
      const state = stateOf(memberId, host);
      if (state === null) return;
      const { sent } = ledgerOf(members, memberId);
      sent.push({ at, haproxy: state.haproxy, packageLock: state.packageLock });
      if (sent.length > keptBeats) sent.shift();
    },
    onBeatHeard({ memberId, verdict, sentAt, replica, boot, seq }, at) {
      if (verdict !== 'new') return;
      const ledger = ledgerOf(members, memberId);
      const { newest } = ledger;
      const isNews = boot > newest.boot || (boot === newest.boot && seq > newest.seq);
      if (isNews) ledger.newest = { boot, seq };
      const { haproxy = 'running', packageLock = false } = ledger.sent.findLast((one) => one.at <= sentAt) ?? {};
      note(ledger, {
        heardAt: at,
        sentAt,
        replica,
        haproxy,
        packageLock,
        certain: isNews && !troubles.touch(replica, at),
      });
    },
    beat,
    heardAt: (memberId, at) => beat(memberId, at)?.heardAt ?? null,
    certainlyHeardAt: (memberId, at) => beat(memberId, at, true)?.heardAt ?? null,
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

function ledgerOf(members: Map<MemberId, MemberLedger>, memberId: MemberId): MemberLedger {
  const known = members.get(memberId);
  if (known !== undefined) return known;
  const begun: MemberLedger = { beats: [], stretches: [], sent: [], newest: { boot: 0, seq: 0 } };
  members.set(memberId, begun);
  return begun;
}

interface Trouble {
  /** null = all. */
  readonly replica: string | null;
  readonly datedFrom: number;
}

/** Faults of the control plane, by the replica that they touch; null = all. `began` is told what they make doubtful. */
function watchTroubles(began: (replica: string | null, since: number) => void) {
  const inForce = new Map<string, Trouble>();
  return {
    touch: (replica: string, at: number) =>
      [...inForce.values()].some((one) => at < one.datedFrom && (one.replica === null || one.replica === replica)),
    onFault(fault: FaultEvent, at: number) {
      const { kind, id, phase, replica } = fault;
      if (!touchesControlPlane(fault)) return;
      began(replica, at - storedWithinMs);
      for (const [key, { datedFrom }] of inForce) if (datedFrom <= at) inForce.delete(key);
      const datedFrom = phase === 'begin' ? Number.POSITIVE_INFINITY : at + datedWithinMs;
      inForce.set(`${kind} ${id}`, { replica, datedFrom });
    },
  };
}

function doubt(beats: readonly HeardBeat[], replica: string | null, since: number): void {
  for (let place = beats.length - 1; place >= 0; place -= 1) {
    const beat = beats[place] as HeardBeat;
    if (beat.heardAt < since) return;
    if (replica === null || beat.replica === replica) beat.certain = false;
  }
}

function note(ledger: MemberLedger, beat: HeardBeat): void {
  ledger.beats.push(beat);
  if (ledger.beats.length > keptBeats) ledger.beats.shift();
  const { stretches } = ledger;
  const last = stretches.at(-1);
  const isDown = last !== undefined && last.endedAt === null;
  const isPlain = !runningStates.has(beat.haproxy) && !betweenStates.has(beat.haproxy) && !beat.packageLock;
  const downUntil = isPlain ? null : (last?.downUntil ?? beat.heardAt);
  if (runningStates.has(beat.haproxy)) {
    if (isDown) stretches[stretches.length - 1] = { ...last, endedAt: beat.heardAt, downUntil };
  } else if (isDown) {
    stretches[stretches.length - 1] = { ...last, downUntil };
  } else {
    stretches.push({ beganAt: beat.heardAt, endedAt: null, downUntil: isPlain ? null : beat.heardAt });
    if (stretches.length > keptStretches) stretches.shift();
  }
}
