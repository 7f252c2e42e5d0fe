import {
  advanceSilence,
  type HaproxyTracker,
  type HealthStreak,
  type HeardBeat,
  hear,
  hearUndated,
  type Instant,
  type MemberId,
  observeHealth,
  observeHost,
  type Refusal,
  restartSilence,
  restartTracker,
  type Silence,
  type SilenceTick,
  type Span,
  type StreakNews,
  startSilence,
  startStreak,
  startTracker,
} from '@serverctl/core';
import type { Listeners } from './listeners.ts';
import { isRoutineBeat } from './news-worth.ts';
import type { HeardMember } from './ports.ts';
import { type EndedSilence, endedSilence } from './silence-log.ts';

export interface MemberObservation {
  readonly silence: Silence;
  /** Heard by any process, ever: only such a member can be lost. */
  readonly everHeard: boolean;
  /** The process that heard it last; null while none is known to run. */
  readonly listenerId: string | null;
  readonly tracker: HaproxyTracker;
  readonly streak: HealthStreak;
  readonly refusal: Refusal | null;
  /** Number of the last thing seen of it that a judgement did not foresee; a beat like the one before is no such thing. */
  readonly turnedNo: number;
}

/** When each member went from healthy to a kind that moves a record, oldest first; nobody who never did. */
export type Failures = ReadonlyMap<MemberId, readonly Instant[]>;

/** The members' half of an observation. */
export interface ObservedMembers {
  get(memberId: MemberId): MemberObservation | undefined;
  /** Some process heard it once; nothing else of that is believed. */
  knowHeardOnce(memberId: MemberId, at: Instant): void;
  /** Takes in one beat and returns when it was heard, on our clock. */
  readHeard(heard: HeardMember, at: Instant): HeardBeat;
  /** One tick for all of `enrolled`; who is unknown begins, who is not among them is forgotten. */
  age(tick: Span, enrolled: ReadonlySet<MemberId>, listened: (memberId: MemberId) => boolean): void;
  restart(memberIds: readonly MemberId[], at: Instant): void;
  takeEndedSilences(): readonly EndedSilence[];
  streakWith(memberId: MemberId, kind: StreakNews, at: Instant): HealthStreak;
  noteHealth(memberId: MemberId, kind: StreakNews, at: Instant): void;
  failures(): Failures;
  recallFailures(failures: Failures): void;
}

/** The observation's own: silence and streak go on with each turn, in place, for a thousand members four times a second. */
type Seen = Omit<MemberObservation, 'silence' | 'streak'> & { silence: Silence; streak: HealthStreak };

export function createObservedMembers(listeners: Listeners): ObservedMembers {
  const members = new Map<MemberId, Seen>();
  let endedSilences: EndedSilence[] = [];
  let turns = 0;
  let recalled: Failures = new Map();

  function begin(memberId: MemberId, at: Instant): Seen {
    const known = members.get(memberId) ?? unseenMember(at, recalled.get(memberId) ?? []);
    members.set(memberId, known);
    return known;
  }

  function turn(memberId: MemberId, member: Seen): void {
    turns += 1;
    members.set(memberId, { ...member, turnedNo: turns });
  }

  function forgetLostListeners(at: Instant): void {
    const lost = listeners.lost(at);
    if (lost.size === 0) return;
    for (const [memberId, member] of members) {
      if (member.listenerId === null || !lost.has(member.listenerId)) continue;
      turn(memberId, { ...member, listenerId: null, silence: restartSilence(member.silence) });
    }
  }

  return {
    get: (memberId) => members.get(memberId),
    knowHeardOnce: (memberId, at) => turn(memberId, { ...begin(memberId, at), everHeard: true }),
    readHeard(heard, at) {
      const { memberId } = heard;
      const before = begin(memberId, at);
      const heardAt = listeners.toOurInstant(heard.listenerId, heard.heardAtMs, at);
      const isDated = !listeners.isDoubtful(heard.listenerId);
      const ended = before.everHeard ? endedSilence(memberId, before.silence, heardAt) : null;
      if (ended !== null) endedSilences.push(ended);
      const after = heardAgain(before, heard, heardAt, isDated);
      if (isRoutineBeat(before, after)) members.set(memberId, after);
      else turn(memberId, after);
      return { memberId, heardAt };
    },
    age({ from, to }, enrolled, listened) {
      const ticks = ticksOf(listeners, { from, to });
      for (const memberId of enrolled) {
        const member = begin(memberId, to);
        const { listening, frozen } = ticks(member.listenerId);
        member.silence = advanceSilence(member.silence, listened(memberId) ? listening : frozen);
      }
      if (members.size > enrolled.size)
        for (const memberId of members.keys()) if (!enrolled.has(memberId)) members.delete(memberId);
      forgetLostListeners(to);
    },
    restart(memberIds, at) {
      for (const memberId of memberIds) turn(memberId, troubleRestarted(begin(memberId, at)));
    },
    takeEndedSilences() {
      const taken = endedSilences;
      endedSilences = [];
      return taken;
    },
    streakWith: (memberId, kind, at) => observeHealth(members.get(memberId)?.streak ?? startStreak(), kind, at),
    noteHealth(memberId, kind, at) {
      const member = begin(memberId, at);
      member.streak = observeHealth(member.streak, kind, at);
    },
    failures() {
      const known = new Map(recalled);
      for (const [memberId, { streak }] of members) known.set(memberId, streak.failedAt);
      return new Map([...known].filter(([, failedAt]) => failedAt.length > 0));
    },
    recallFailures(failures) {
      recalled = failures;
    },
  };
}

/** One tick as members of one listener have it: those that it could have heard, and those that nobody could. */
interface Ticks {
  readonly listening: SilenceTick;
  readonly frozen: SilenceTick;
}

/** The tick for members of a listener; whom nobody has heard in this term any process may hear: up to the oldest watermark of all that live (R2). */
function ticksOf(listeners: Listeners, span: Span): (listenerId: string | null) => Ticks {
  const known = new Map<string | null, Ticks>();
  return (listenerId) => {
    const before = known.get(listenerId);
    if (before !== undefined) return before;
    const watermark =
      listenerId === null ? listeners.oldestWatermark(span.to) : listeners.watermark(listenerId, span.to);
    const covered = watermark === undefined ? span : { ...span, countableUntil: watermark };
    const ticks = { listening: { ...covered, listening: true }, frozen: { ...covered, listening: false } };
    known.set(listenerId, ticks);
    return ticks;
  };
}

function unseenMember(now: Instant, failedAt: readonly Instant[]): Seen {
  return {
    silence: startSilence(now),
    everHeard: false,
    listenerId: null,
    tracker: startTracker(),
    streak: { ...startStreak(), failedAt },
    refusal: null,
    turnedNo: 0,
  };
}

function troubleRestarted(member: Seen): Seen {
  return { ...member, silence: restartSilence(member.silence), tracker: restartTracker(member.tracker) };
}

/** A beat of which nobody knows how old it is ends the proof of a silence, and makes nobody fresh (R7). */
function heardAgain(member: Seen, heard: HeardMember, heardAt: Instant, isDated: boolean): Seen {
  return {
    ...member,
    everHeard: true,
    silence: isDated ? hear(member.silence, heardAt) : hearUndated(member.silence, heardAt),
    listenerId: heard.listenerId,
    tracker: observeHost(member.tracker, heard.report, heardAt),
    refusal: heard.refusal,
  };
}
