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
import { type ListenerClock, noteWatermark, startListenerClock, toOurInstant } from './listener-clock.ts';
import type { HeardMember, LivenessNews, PoolWithMembers, Watermark } from './ports.ts';

/*
 * What this loop has seen of the fleet since it gained the lease: an Observation lives exactly as long as one term of the lease. With the
 * next one everybody's silence starts at now (R3: boot, lease gain: nobody ages before).
 *
 *   readNews(first)   whoever is stored was heard once by some process; nothing else is believed, it may be hours old
 *   readNews(later)   silence starts again, HAProxy's tracker follows the report
 *   closeTick         the span since the previous tick counts as silence, or is frozen (R2)
 *   judgedAnew        the settings of a pool were changed: trouble counts from now, under the new ones
 *   noteHealth        how long each member has been healthy, how often it failed (R11)
 */

/** A listener whose watermark stands still for this long, while another's moves, is gone (R2). */
const listenerLostMs = 5_000;

export interface MemberObservation {
  readonly silence: Silence;
  /** Heard by any process, ever: only such a member can be lost. */
  readonly everHeard: boolean;
  /** The process that heard it last; null while none is known to run. */
  readonly listenerId: string | null;
  readonly tracker: HaproxyTracker;
  readonly streak: HealthStreak;
  readonly refusal: Refusal | null;
}

export interface Observation {
  /** Our instant of the last successful database write that we know of; null = none in this term yet. */
  lastDatabaseWriteAt(now: Instant): Instant | null;
  readNews(news: LivenessNews, now: Instant): void;
  /** Ends the tick that began with the previous call. Unknown members of `enrolled` begin, others are forgotten. */
  closeTick(measures: TickMeasures, enrolled: ReadonlySet<MemberId>, now: Instant): void;
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
  readonly blind: { readonly because: NonNullable<Listening['blindBecause']>; readonly since: Instant } | null;
}

/** Begins to observe at `now`. */
export function startObservation(now: Instant): Observation {
  const members = new Map<MemberId, MemberObservation>();
  const listeners = new Map<string, ListenerClock>();
  const settingsChanged = new Map<PoolId, Instant>();
  const state = {
    cursor: null as string | null,
    tickAt: now,
    beganAt: now,
    enrolledSince: null as Instant | null,
    latest: nobodyHeard,
    blind: null as Observation['blind'],
  };

  function begin(memberId: MemberId, at: Instant): MemberObservation {
    return members.get(memberId) ?? unseenMember(at);
  }

  function readHeard(heard: HeardMember, at: Instant): void {
    const clock = listeners.get(heard.listenerId);
    const heardAt = clock === undefined ? at : toOurInstant(clock, heard.heardAtMs, at);
    members.set(heard.memberId, heardAgain(begin(heard.memberId, at), heard, heardAt));
    state.latest = noteHeard(state.latest, { memberId: heard.memberId, heardAt });
  }

  function forgetLostListeners(at: Instant): void {
    const lost = lostListeners(listeners, at);
    if (lost.size === 0) return;
    for (const [memberId, member] of members) {
      if (member.listenerId === null || !lost.has(member.listenerId)) continue;
      members.set(memberId, { ...member, listenerId: null, silence: restartSilence(member.silence) });
    }
  }

  function age(memberId: MemberId, listening: boolean, at: Instant): void {
    const member = begin(memberId, at);
    const clock = member.listenerId === null ? undefined : listeners.get(member.listenerId);
    const tick = {
      from: state.tickAt,
      to: at,
      listening: listening && otherHeardWithin(memberId, state.latest, at),
      ...(clock === undefined ? {} : { countableUntil: toOurInstant(clock, clock.watermarkMs, at) }),
    };
    members.set(memberId, { ...member, silence: advanceSilence(member.silence, tick) });
  }

  return Object.assign(state, {
    member: (memberId: MemberId) => members.get(memberId),
    lastDatabaseWriteAt: (at: Instant) => lastWrite(listeners, at),
    readNews(news: LivenessNews, at: Instant) {
      for (const watermark of news.watermarks) readWatermark(listeners, watermark, at);
      for (const heard of news.heard) {
        if (state.cursor === null) members.set(heard.memberId, { ...begin(heard.memberId, at), everHeard: true });
        else readHeard(heard, at);
      }
      state.cursor = news.cursor;
    },
    closeTick(measures: TickMeasures, enrolled: ReadonlySet<MemberId>, at: Instant) {
      const because = judgeTick(measures);
      state.enrolledSince = enrolled.size === 0 ? null : (state.enrolledSince ?? at);
      state.blind = because === null ? null : { because, since: state.blind?.since ?? state.tickAt };
      for (const memberId of members.keys()) if (!enrolled.has(memberId)) members.delete(memberId);
      for (const memberId of enrolled) age(memberId, because === null, at);
      forgetLostListeners(at);
      state.tickAt = at;
    },
    settingsChangedAt: (poolId: PoolId) => settingsChanged.get(poolId),
    judgedAnew(changed: readonly PoolWithMembers[], at: Instant) {
      for (const { pool, members: ofPool } of changed) {
        settingsChanged.set(pool.id, at);
        for (const { id } of ofPool) members.set(id, troubleRestarted(begin(id, at)));
      }
    },
    streakWith: (memberId: MemberId, kind: HealthKind, at: Instant) =>
      observeHealth(begin(memberId, at).streak, kind, at),
    noteHealth(memberId: MemberId, kind: HealthKind, at: Instant) {
      const member = begin(memberId, at);
      members.set(memberId, { ...member, streak: observeHealth(member.streak, kind, at) });
    },
  });
}

function unseenMember(now: Instant): MemberObservation {
  return {
    silence: startSilence(now),
    everHeard: false,
    listenerId: null,
    tracker: startTracker(),
    streak: startStreak(),
    refusal: null,
  };
}

function troubleRestarted(member: MemberObservation): MemberObservation {
  return { ...member, silence: restartSilence(member.silence), tracker: restartTracker(member.tracker) };
}

function heardAgain(member: MemberObservation, heard: HeardMember, heardAt: Instant): MemberObservation {
  return {
    ...member,
    everHeard: true,
    silence: hear(member.silence, heardAt),
    listenerId: heard.listenerId,
    tracker: observeHost(member.tracker, heard.report, heardAt),
    refusal: heard.refusal,
  };
}

function readWatermark(listeners: Map<string, ListenerClock>, { listenerId, atMs }: Watermark, now: Instant): void {
  const known = listeners.get(listenerId);
  listeners.set(listenerId, known === undefined ? startListenerClock(atMs, now) : noteWatermark(known, atMs, now));
}

function lastWrite(listeners: ReadonlyMap<string, ListenerClock>, now: Instant): Instant | null {
  const writes = [...listeners.values()]
    .filter((clock) => clock.movedAt !== null)
    .map((clock) => toOurInstant(clock, clock.watermarkMs, now));
  return writes.length === 0 ? null : Math.max(...writes);
}

/** Those whose watermark stands still while another's moves. When all stand still it is the database: `closeTick` freezes the tick. */
function lostListeners(listeners: ReadonlyMap<string, ListenerClock>, now: Instant): ReadonlySet<string> {
  const moved = [...listeners].map(([id, { movedAt }]) => ({ id, ageMs: now - (movedAt ?? Number.NEGATIVE_INFINITY) }));
  if (!moved.some(({ ageMs }) => ageMs < listenerLostMs)) return new Set();
  return new Set(moved.filter(({ ageMs }) => ageMs >= listenerLostMs).map(({ id }) => id));
}
