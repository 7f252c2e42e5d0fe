import type { Member, MemberId } from '@serverctl/core';
import { betweenStates, type HeardBeat, type HeardLedger, runningStates } from './heard-ledger.ts';
import type { Invariant } from './invariant.ts';
import { type Committed, watchPromotions } from './promotion-watch.ts';
import { oneFlushMs, unknownBeatMs } from './unknown-beat.ts';

/*
 * I5's first half: the trouble that a failover names was there.
 *
 *   heartbeat-lost     no new beat at any process for the failover delay, all of it in this term of the lease and in time in which the
 *                      loop could have heard one (R1, R2, R3)
 *   haproxy-inactive   the member's own beats told HAProxy down, without a break, for the grace, not counting what R4 makes neutral
 */

export const troubleIsTrue: Invariant = {
  id: 'I5',
  sentence: 'A failover is made only when the trouble that it names was truly there for its full time.',
  rules: ['R1', 'R2', 'R3', 'R4', 'R5'],
  watch: (say, ledgers) =>
    watchPromotions(say, ledgers, (committed) => {
      const { promotion } = committed;
      if (promotion.cause === 'heartbeat-lost') return judgeLoss(committed);
      return promotion.cause === 'haproxy-inactive' ? judgeHaproxy(committed) : [];
    }),
};

function judgeLoss({ promotion, replica, calledAt, heard, listening }: Committed): readonly string[] {
  const { from, evidence } = promotion;
  if (from === null) return ['nobody was lost.'];
  const since = listening.termSince(replica) ?? calledAt;
  const silentFrom = Math.max(
    heard.certainlyHeardAt(from, listening.ranSince(replica, calledAt, unknownBeatMs)) ?? 0,
    since,
  );
  const { failoverDelayMs } = evidence.pool;
  const silentMs = calledAt - silentFrom;
  if (silentMs < failoverDelayMs)
    return [
      `${from} was silent for ${Math.round(silentMs)} ms of this term, the failover delay is ${failoverDelayMs} ms.`,
    ];
  const mostMs = listening.mostProvenMs(replica, silentFrom, calledAt);
  if (mostMs < failoverDelayMs)
    return [`of ${from}'s silence at most ${Math.round(mostMs)} ms can be proven, not ${failoverDelayMs} ms.`];
  return [];
}

function judgeHaproxy({ promotion, calledAt, heard, truth }: Committed): readonly string[] {
  const { from, evidence } = promotion;
  const member = from === null ? undefined : truth.house.members.get(from);
  if (from === null || member === undefined) return ['nobody was inactive.'];
  if (!isJudged(member, evidence.pool.preset)) return [`HAProxy on ${from} is not judged.`];
  const beganAt = downSince(heard, from, calledAt);
  if (beganAt === null) return [`${from} said that HAProxy runs.`];
  const downMs = mostInactiveMs(heard, from, beganAt, calledAt);
  const { haproxyGraceMs } = evidence.pool;
  if (downMs < haproxyGraceMs)
    return [`HAProxy on ${from} was inactive for at most ${Math.round(downMs)} ms, the grace is ${haproxyGraceMs} ms.`];
  return [];
}

/** Since when HAProxy has been told down, as far back as an honest loop may have it; null = it was told to run, for certain. */
function downSince(heard: HeardLedger, memberId: MemberId, at: number): number | null {
  const beats = heard.beatsSince(memberId, 0).filter(({ heardAt }) => heardAt <= at);
  const running = beats.findLastIndex(
    ({ haproxy, certain, heardAt }) => certain && heardAt <= at - unknownBeatMs && runningStates.has(haproxy),
  );
  return beats.slice(running + 1).find(({ haproxy }) => !runningStates.has(haproxy))?.heardAt ?? null;
}

/** Whether systemd's word counts for this member (PRODUCT.md section 3). */
export function isJudged({ monitored }: Pick<Member, 'monitored'>, preset: string): boolean {
  return preset === 'haproxy' && monitored;
}

const neutralMs = 15_000;
const neutralWithinMs = 60_000;
const lockMs = 60_000;

/** The most that can count as inactive: the stretch without what R4 covers for certain. */
function mostInactiveMs(heard: HeardLedger, memberId: MemberId, beganAt: number, at: number): number {
  const spans = spansOf(heard.beatsSince(memberId, at - 2 * neutralWithinMs), at);
  const between = (from: number, to: number) => timeOf(spans, from, to, ({ haproxy }) => betweenStates.has(haproxy));
  const locked = (from: number, to: number) => timeOf(spans, from, to, ({ packageLock }) => packageLock);
  const usedMs = between(at - 2 * neutralWithinMs, beganAt);
  const neutral = Math.min(between(beganAt, at), Math.max(0, neutralMs - usedMs));
  const lockLeftMs = Math.max(0, lockMs - locked(at - 2 * neutralWithinMs, beganAt));
  const covered = Math.max(neutral, Math.min(locked(beganAt, at), lockLeftMs));
  return at - beganAt - Math.max(0, covered - oneFlushMs);
}

interface Told extends HeardBeat {
  readonly to: number;
}

function spansOf(beats: readonly HeardBeat[], at: number): readonly Told[] {
  return beats.map((beat, index) => ({ ...beat, to: Math.min(at, beats[index + 1]?.heardAt ?? at) }));
}

function timeOf(spans: readonly Told[], from: number, to: number, isSuch: (beat: HeardBeat) => boolean): number {
  return spans.reduce(
    (sum, span) => sum + (isSuch(span) ? Math.max(0, Math.min(span.to, to) - Math.max(span.heardAt, from)) : 0),
    0,
  );
}

/** Whether the newest beats that the loop can know all said that HAProxy is down. */
export function toldDown(heard: HeardLedger, memberId: MemberId, calledAt: number): boolean {
  const known = [heard.beat(memberId, calledAt), heard.beat(memberId, calledAt - unknownBeatMs)];
  return known.every((beat) => beat !== null && !runningStates.has(beat.haproxy) && !betweenStates.has(beat.haproxy));
}
