import {
  type HealthStreak,
  type Instant,
  judgeTick,
  type LatestHeard,
  type Listening,
  listeningLimits,
  type MemberId,
  nobodyHeard,
  noteHeard,
  otherHeardWithin,
  type PoolId,
  type StreakNews,
  type TickMeasures,
} from '@serverctl/core';
import { createListeners } from './listeners.ts';
import { createObservedMembers, type Failures, type MemberObservation } from './observed-members.ts';
import type { LivenessNews, PoolWithMembers } from './ports.ts';
import type { EndedSilence } from './silence-log.ts';

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
 *   recallFailures    what outlives a term: that a member failed is no silence, and does not age
 */

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
  streakWith(memberId: MemberId, kind: StreakNews, now: Instant): HealthStreak;
  /** Keeps that streak: once a turn, with the health that is acted on. */
  noteHealth(memberId: MemberId, kind: StreakNews, now: Instant): void;
  /** When each member failed (R11): this term's and what was recalled. */
  failures(): Failures;
  /** Those of the term before, on the same clock; before the first tick. */
  recallFailures(failures: Failures): void;
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
  const listeners = createListeners();
  const members = createObservedMembers(listeners);
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

  return Object.assign(state, {
    member: members.get,
    restart: members.restart,
    takeEndedSilences: members.takeEndedSilences,
    streakWith: members.streakWith,
    noteHealth: members.noteHealth,
    failures: members.failures,
    recallFailures: members.recallFailures,
    lastDatabaseWriteAt: listeners.lastWriteAt,
    settingsChangedAt: (poolId: PoolId) => settingsChanged.get(poolId),
    readNews(news: LivenessNews, at: Instant) {
      for (const watermark of news.watermarks) listeners.read(watermark, at);
      for (const heard of news.heard) {
        if (state.cursor === null) members.knowHeardOnce(heard.memberId, at);
        else state.latest = noteHeard(state.latest, members.readHeard(heard, at));
      }
      state.cursor = news.cursor;
    },
    closeTick(measures: TickMeasures, enrolled: ReadonlySet<MemberId>, at: Instant) {
      const because = judgeTick(measures);
      state.enrolledSince = enrolled.size === 0 ? null : (state.enrolledSince ?? at);
      state.blind = because === null ? null : { because, since: state.blind?.since ?? state.tickAt };
      state.isFrozen = because !== null || (enrolled.size > 0 && !somebodyHeard(state.latest, at));
      const listened = (memberId: MemberId) => because === null && otherHeardWithin(memberId, state.latest, at);
      members.age({ from: state.tickAt, to: at }, enrolled, listened);
      state.tickAt = at;
    },
    judgedAnew(changed: readonly PoolWithMembers[], at: Instant) {
      for (const { pool, members: ofPool } of changed) {
        settingsChanged.set(pool.id, at);
        members.restart(
          ofPool.map(({ id }) => id),
          at,
        );
      }
    },
  });
}

function somebodyHeard({ newest }: LatestHeard, now: Instant): boolean {
  return newest !== null && now - newest.heardAt < listeningLimits.otherHeardWithinMs;
}
