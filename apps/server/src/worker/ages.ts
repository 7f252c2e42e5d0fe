import { hourMs, type Instant, type MemberId, minuteMs, type PoolId } from '@serverctl/core';
import type { PoolWithMembers, RecentPromotion } from './ports.ts';

/*
 * Ages and rests come from the database, whose wall clock a person may set. So each is believed once, when its row is first seen, and goes
 * on by our own monotonic clock from there (ADR 0015). Kept for the life of the process, not for a term of the lease.
 *
 *   promotion            its epoch is its name. One of an epoch that we had read past before is as old as we know it to be: a clock set
 *                        back shows the promotions of months as made just now, one set forward shows none of the last hour
 *   key                  has no name here: a smaller age than ours is a new key, 0 is a clock that stands before the enrolment
 *   maintenance, brakes  have no name either: a rest that differs from ours was changed by a person and is believed, one that stands still
 *                        comes from a clock before its beginning
 */

/** Ages and rests of everything, at any instant of ours after `note`. */
export interface Ages {
  /** What the store said, read at `readAt`. What it names no more is forgotten. */
  note(rows: readonly PoolWithMembers[], brakesReleasedForMs: number | null, readAt: Instant): void;
  /** Those of the last hour, newest first, and the newest one however old it is. */
  promotions(poolId: PoolId, now: Instant): readonly RecentPromotion[];
  /** Those of the last minute, of all pools (R10). */
  promotionsOfLastMinute(now: Instant): readonly RecentPromotion[];
  /** Time since the member's present key was enrolled; 0 without one. */
  enrolledForMs(memberId: MemberId, now: Instant): number;
  /** What is left of the pool's maintenance; null = in none. */
  poolMaintenanceLeftMs(poolId: PoolId, now: Instant): number | null;
  /** What is left of the member's own maintenance; null = in none. */
  memberMaintenanceLeftMs(memberId: MemberId, now: Instant): number | null;
  /** What is left of a person's release of R9 and R10; null = none. */
  brakesReleasedForMs(now: Instant): number | null;
}

type KeptPromotion = Omit<RecentPromotion, 'ageMs'> & { readonly madeAt: Instant };

interface KnownPromotions {
  /** The greatest epoch that any read has shown. */
  readonly upTo: number;
  /** Newest first. */
  readonly kept: readonly KeptPromotion[];
}

/** What is left of something that ends by itself. */
interface Rest {
  readonly endsAt: Instant;
  /** As the store said it last. */
  readonly statedMs: number;
}

/** Two clocks and a read between them: a rest that differs by less is the same one. */
const sameRestWithinMs = 2_000;

export function createAges(): Ages {
  const promotions = new Map<PoolId, KnownPromotions>();
  const enrolledAt = new Map<MemberId, Instant>();
  const poolRests = new Map<PoolId, Rest>();
  const memberRests = new Map<MemberId, Rest>();
  let release: Rest | undefined;
  let lately: readonly KeptPromotion[] = [];

  function noteKeys(rows: readonly PoolWithMembers[], readAt: Instant): void {
    const stated = new Map(rows.flatMap((row) => [...row.enrolledForMs]));
    forgetOthers(enrolledAt, stated);
    for (const [memberId, ageMs] of stated) {
      const known = enrolledAt.get(memberId);
      const at = readAt - Math.max(0, ageMs);
      if (known === undefined || (ageMs > 0 && at > known)) enrolledAt.set(memberId, at);
    }
  }

  function notePromotions(rows: readonly PoolWithMembers[], readAt: Instant): void {
    forgetOthers(promotions, new Map(rows.map((row) => [row.pool.id, row])));
    for (const row of rows) {
      const { id } = row.pool;
      promotions.set(id, withRead(promotions.get(id), row.recentPromotions, readAt));
    }
    lately = [...promotions.values()].flatMap(({ kept }) => kept.filter(({ madeAt }) => readAt - madeAt < minuteMs));
  }

  return {
    note(rows, brakesReleasedForMs, readAt) {
      noteKeys(rows, readAt);
      notePromotions(rows, readAt);
      noteRests(memberRests, new Map(rows.flatMap((row) => [...row.memberMaintenanceLeftMs])), readAt);
      noteRests(poolRests, restsOfPools(rows), readAt);
      release = brakesReleasedForMs === null ? undefined : restNoted(release, brakesReleasedForMs, readAt);
    },
    promotions(poolId, now) {
      const kept = promotions.get(poolId)?.kept ?? [];
      return kept.map((one) => aged(one, now)).filter(({ ageMs }, index) => index === 0 || ageMs < hourMs);
    },
    promotionsOfLastMinute: (now) => lately.map((one) => aged(one, now)).filter(({ ageMs }) => ageMs < minuteMs),
    enrolledForMs(memberId, now) {
      const at = enrolledAt.get(memberId);
      return at === undefined ? 0 : Math.max(0, now - at);
    },
    poolMaintenanceLeftMs: (poolId, now) => restLeft(poolRests.get(poolId), now),
    memberMaintenanceLeftMs: (memberId, now) => restLeft(memberRests.get(memberId), now),
    brakesReleasedForMs: (now) => restLeft(release, now),
  };
}

function aged({ madeAt, ...promotion }: KeptPromotion, now: Instant): RecentPromotion {
  return { ...promotion, ageMs: Math.max(0, now - madeAt) };
}

/** An acknowledgement covers every epoch up to its own, so also those that a read with another clock leaves out. */
function withRead(
  known: KnownPromotions | undefined,
  read: readonly RecentPromotion[],
  readAt: Instant,
): KnownPromotions {
  const upTo = known?.upTo ?? 0;
  const acknowledgedUpTo = Math.max(0, ...read.filter((one) => one.acknowledged).map(({ epoch }) => epoch));
  const fresh = read
    .filter(({ epoch }) => known === undefined || epoch > upTo)
    .map(({ ageMs, ...promotion }) => ({ ...promotion, madeAt: readAt - Math.max(0, ageMs) }));
  const kept = [...fresh, ...(known?.kept ?? [])]
    .toSorted((a, b) => b.epoch - a.epoch)
    .filter(({ madeAt }, index) => index === 0 || readAt - madeAt < hourMs)
    .map((one) => ({ ...one, acknowledged: one.acknowledged || one.epoch <= acknowledgedUpTo }));
  return { upTo: Math.max(upTo, kept[0]?.epoch ?? 0), kept };
}

function restsOfPools(rows: readonly PoolWithMembers[]): ReadonlyMap<PoolId, number> {
  return new Map(
    rows.flatMap(({ pool, maintenanceLeftMs }) =>
      maintenanceLeftMs === null ? [] : [[pool.id, maintenanceLeftMs] as const],
    ),
  );
}

function noteRests<Id>(rests: Map<Id, Rest>, stated: ReadonlyMap<Id, number>, readAt: Instant): void {
  forgetOthers(rests, stated);
  for (const [id, leftMs] of stated) rests.set(id, restNoted(rests.get(id), leftMs, readAt));
}

function restNoted(known: Rest | undefined, statedMs: number, readAt: Instant): Rest {
  const endsAt = readAt + statedMs;
  const isSame =
    known !== undefined && (known.statedMs === statedMs || Math.abs(endsAt - known.endsAt) <= sameRestWithinMs);
  return isSame ? { endsAt: known.endsAt, statedMs } : { endsAt, statedMs };
}

function restLeft(rest: Rest | undefined, now: Instant): number | null {
  return rest === undefined || rest.endsAt <= now ? null : rest.endsAt - now;
}

function forgetOthers<Id>(known: Map<Id, unknown>, stated: ReadonlyMap<Id, unknown>): void {
  for (const id of known.keys()) if (!stated.has(id)) known.delete(id);
}
