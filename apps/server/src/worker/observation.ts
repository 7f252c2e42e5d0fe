import {
  advanceSilence,
  type HaproxyTracker,
  type HealthKind,
  type HealthStreak,
  hear,
  type Instant,
  judgeTick,
  type LatestHeard,
  type Listening,
  listeningLimits,
  type MemberId,
  nobodyHeard,
  noteHeard,
  observeHealth,
  observeHost,
  otherHeardWithin,
  type PoolId,
  type Refusal,
  restartSilence,
  restartTracker,
  type Silence,
  startSilence,
  startStreak,
  startTracker,
  type TickMeasures,
} from '@serverctl/core';
import { createListeners } from './listeners.ts';
import { isRoutineBeat } from './news-worth.ts';
import type { HeardMember, LivenessNews, PoolWithMembers } from './ports.ts';
import { type EndedSilence, endedSilence } from './silence-log.ts';

/*
 * What this loop has seen of the fleet since it gained the lease: an Observation lives exactly as long as one term of the lease. With the
 * next one everybody's silence starts at now (R3: boot, lease gain: nobody ages before).
 *
 *   readNews(first)   whoever is stored was heard once by some process; nothing else is believed, it may be hours old
 *   readNews(later)   silence starts again, HAProxy's tracker follows the report; a silence of more than 3 s is kept for the event log
 *   closeTick         the span since the previous tick counts as silence, or is frozen (R2)
 *   judgedAnew        the settings of a pool were changed: trouble counts from now, under the new ones
 *   restart           the same for members whose maintenance is over (R13)
 *   noteHealth        how long each member has been healthy, how often it failed (R11)
 */

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

export interface Observation {
  /** Our instant of the last successful database write that we know of; null = none in this term yet. */
  lastDatabaseWriteAt(now: Instant): Instant | null;
  readNews(news: LivenessNews, now: Instant): void;
  /** Ends the tick that began with the previous call. Unknown members of `enrolled` begin, others are forgotten. */
  closeTick(measures: TickMeasures, enrolled: ReadonlySet<MemberId>, now: Instant): void;
  /** Their silence is proven from now on, and their HAProxy's trouble counts from its next report. */
  restart(memberIds: readonly MemberId[], now: Instant): void;
  /** Silences of more than 3 s that ended since the last call. */
  takeEndedSilences(): readonly EndedSilence[];
  /** What these pools are judged by was changed: a trouble of their members must last its full time again. */
  judgedAnew(changed: readonly PoolWithMembers[], now: Instant): void;
  /** Our instant of the last such change in this term; undefined = none. */
  settingsChangedAt(poolId: PoolId): Instant | undefined;
  /** The member's streak as it would be with this health. */
  streakWith(memberId: MemberId, kind: HealthKind, now: Instant): HealthStreak;
  /** Keeps that streak: once a turn, with the health that is acted on. */
  noteHealth(memberId: MemberId, kind: HealthKind, now: Instant): void;
  member(memberId: MemberId): MemberObservation | undefined;
  readonly cursor: string | null;
  readonly tickAt: Instant;
  readonly beganAt: Instant;
  /** Since when, in this term, the fleet has had an enrolled member without a break; null = it has none. */
  readonly enrolledSince: Instant | null;
  readonly latest: LatestHeard;
  /** In the last tick nobody aged: blind, or nobody at all was heard. */
  readonly isFrozen: boolean;
  readonly blind: { readonly because: NonNullable<Listening['blindBecause']>; readonly since: Instant } | null;
}

/** Begins to observe at `now`. */
export function startObservation(now: Instant): Observation {
  const members = new Map<MemberId, Seen>();
  const listeners = createListeners();
  const settingsChanged = new Map<PoolId, Instant>();
  const state = {
    cursor: null as string | null,
    tickAt: now,
    beganAt: now,
    enrolledSince: null as Instant | null,
    latest: nobodyHeard,
    isFrozen: false,
    blind: null as Observation['blind'],
  };
  let endedSilences: EndedSilence[] = [];
  let turns = 0;

  function begin(memberId: MemberId, at: Instant): Seen {
    const known = members.get(memberId) ?? unseenMember(at);
    members.set(memberId, known);
    return known;
  }

  function turn(memberId: MemberId, member: Seen): void {
    turns += 1;
    members.set(memberId, { ...member, turnedNo: turns });
  }

  function readHeard(heard: HeardMember, at: Instant): void {
    const { memberId } = heard;
    const before = begin(memberId, at);
    const heardAt = listeners.toOurInstant(heard.listenerId, heard.heardAtMs, at);
    const ended = before.everHeard ? endedSilence(memberId, before.silence, heardAt) : null;
    if (ended !== null) endedSilences.push(ended);
    const after = heardAgain(before, heard, heardAt);
    if (isRoutineBeat(before, after)) members.set(memberId, after);
    else turn(memberId, after);
    state.latest = noteHeard(state.latest, { memberId, heardAt });
  }

  function forgetLostListeners(at: Instant): void {
    const lost = listeners.lost(at);
    if (lost.size === 0) return;
    for (const [memberId, member] of members) {
      if (member.listenerId === null || !lost.has(member.listenerId)) continue;
      turn(memberId, { ...member, listenerId: null, silence: restartSilence(member.silence) });
    }
  }

  /** Whom nobody has heard in this term, any process may hear: it ages up to the oldest watermark of all that live (R2). */
  function age(memberId: MemberId, listening: boolean, at: Instant, anyWatermark: Instant): void {
    const member = begin(memberId, at);
    const watermark = member.listenerId === null ? anyWatermark : listeners.watermark(member.listenerId, at);
    const tick = {
      from: state.tickAt,
      to: at,
      listening: listening && otherHeardWithin(memberId, state.latest, at),
      ...(watermark === undefined ? {} : { countableUntil: watermark }),
    };
    member.silence = advanceSilence(member.silence, tick);
  }

  function restart(memberIds: readonly MemberId[], at: Instant): void {
    for (const memberId of memberIds) turn(memberId, troubleRestarted(begin(memberId, at)));
  }

  return Object.assign(state, {
    member: (memberId: MemberId) => members.get(memberId),
    lastDatabaseWriteAt: listeners.lastWriteAt,
    readNews(news: LivenessNews, at: Instant) {
      for (const watermark of news.watermarks) listeners.read(watermark, at);
      for (const heard of news.heard) {
        if (state.cursor === null) turn(heard.memberId, { ...begin(heard.memberId, at), everHeard: true });
        else readHeard(heard, at);
      }
      state.cursor = news.cursor;
    },
    closeTick(measures: TickMeasures, enrolled: ReadonlySet<MemberId>, at: Instant) {
      const because = judgeTick(measures);
      state.enrolledSince = enrolled.size === 0 ? null : (state.enrolledSince ?? at);
      state.blind = because === null ? null : { because, since: state.blind?.since ?? state.tickAt };
      state.isFrozen = because !== null || (enrolled.size > 0 && !somebodyHeard(state.latest, at));
      for (const memberId of members.keys()) if (!enrolled.has(memberId)) members.delete(memberId);
      const anyWatermark = listeners.oldestWatermark(at);
      for (const memberId of enrolled) age(memberId, because === null, at, anyWatermark);
      forgetLostListeners(at);
      state.tickAt = at;
    },
    settingsChangedAt: (poolId: PoolId) => settingsChanged.get(poolId),
    restart,
    judgedAnew(changed: readonly PoolWithMembers[], at: Instant) {
      for (const { pool, members: ofPool } of changed) {
        settingsChanged.set(pool.id, at);
        restart(
          ofPool.map(({ id }) => id),
          at,
        );
      }
    },
    takeEndedSilences() {
      const taken = endedSilences;
      endedSilences = [];
      return taken;
    },
    streakWith: (memberId: MemberId, kind: HealthKind, at: Instant) =>
      observeHealth(members.get(memberId)?.streak ?? startStreak(), kind, at),
    noteHealth(memberId: MemberId, kind: HealthKind, at: Instant) {
      const member = begin(memberId, at);
      member.streak = observeHealth(member.streak, kind, at);
    },
  });
}

/** The observation's own: silence and streak go on with each turn, in place, for a thousand members four times a second. */
type Seen = Omit<MemberObservation, 'silence' | 'streak'> & { silence: Silence; streak: HealthStreak };

function unseenMember(now: Instant): Seen {
  return {
    silence: startSilence(now),
    everHeard: false,
    listenerId: null,
    tracker: startTracker(),
    streak: startStreak(),
    refusal: null,
    turnedNo: 0,
  };
}

function troubleRestarted(member: Seen): Seen {
  return { ...member, silence: restartSilence(member.silence), tracker: restartTracker(member.tracker) };
}

function heardAgain(member: Seen, heard: HeardMember, heardAt: Instant): Seen {
  return {
    ...member,
    everHeard: true,
    silence: hear(member.silence, heardAt),
    listenerId: heard.listenerId,
    tracker: observeHost(member.tracker, heard.report, heardAt),
    refusal: heard.refusal,
  };
}

function somebodyHeard({ newest }: LatestHeard, now: Instant): boolean {
  return newest !== null && now - newest.heardAt < listeningLimits.otherHeardWithinMs;
}
