import type { Member } from '@serverctl/core';
import { isInForce } from '../../memory-house.ts';
import type { Committed } from './promotion-watch.ts';
import { oneFlushMs, unknownBeatMs } from './unknown-beat.ts';

/** One zone's members as R9 counts them: what is certain, and what may be, given what a loop can know. */
export interface ZoneCount {
  readonly zone: string;
  /** Counted members, at most and at least. */
  readonly most: number;
  readonly least: number;
  /** Those silent for more than 3 s, at most and at least. */
  readonly silentMost: number;
  readonly silentLeast: number;
}

const silentMs = 3_000;
const countedMs = 600_000;

/** The fleet at the moment of a promotion, by the true silence in this term of the lease. */
export function countFleet(committed: Committed): readonly ZoneCount[] {
  const { truth, promotion } = committed;
  const zones = new Map<string, ZoneCount>();
  for (const member of truth.house.members.values()) {
    if (!truth.house.enrolledAt.has(member.id)) continue;
    const spans = [truth.house.memberMaintenance.get(member.id), truth.house.poolMaintenance.get(member.poolId)];
    const before = zones.get(member.zone) ?? { zone: member.zone, most: 0, least: 0, silentMost: 0, silentLeast: 0 };
    const silence = silenceOf(member, committed);
    // One that is over by the database's clock alone lasts for a loop that counts it down by its own (ADR 0015), until the row is gone.
    const mayRest = spans.some((span) => span != null);
    const rests = spans.some((span) => isInForce(span, promotion.at));
    zones.set(member.zone, rests ? before : added(before, mayRest ? { ...silence, wasHeard: false } : silence));
  }
  return [...zones.values()];
}

interface MemberSilence {
  /** The shortest and the longest silence that the loop can have seen. */
  readonly least: number;
  readonly most: number;
  readonly wasHeard: boolean;
}

function silenceOf({ id: memberId, poolId }: Member, committed: Committed): MemberSilence {
  const { heard, listening, replica, calledAt, truth } = committed;
  const since = listening.termSince(replica) ?? calledAt;
  const newest = heard.heardAt(memberId, calledAt);
  const surelyKnown = heard.certainlyHeardAt(memberId, listening.ranSince(replica, calledAt, unknownBeatMs));
  return {
    least: Math.max(0, calledAt - Math.max(newest ?? 0, since) - oneFlushMs),
    most: calledAt - Math.max(surelyKnown ?? 0, since),
    // Who was heard once is told by a cache, which a restored or crashed database has lost; an active member was heard by its place.
    wasHeard:
      surelyKnown !== null &&
      (surelyKnown > heard.forgottenAt() || truth.house.pools.get(poolId)?.activeMemberId === memberId),
  };
}

function added(count: ZoneCount, { least, most, wasHeard }: MemberSilence): ZoneCount {
  const isCertain = wasHeard && most <= countedMs;
  const isPossible = least <= countedMs;
  return {
    zone: count.zone,
    most: count.most + Number(isPossible),
    least: count.least + Number(isCertain),
    silentMost: count.silentMost + Number(isPossible && most > silentMs),
    silentLeast: count.silentLeast + Number(isCertain && least > silentMs),
  };
}
