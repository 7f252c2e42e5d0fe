import { hourMs, type Instant, type MemberId, minuteMs, type PoolId } from '@serverctl/core';
import { createRests } from './ages-rests.ts';
import type { PoolWithMembers, RecentPromotion } from './ports.ts';

/*
 * Ages and rests come from the database, whose wall clock a person may set. So each is believed once, when its row is first seen, and goes
 * on by our own monotonic clock from there (ADR 0015). Kept for the life of the process, not for a term of the lease.
 *
 *   promotion    its epoch is its name. One of an epoch that we had read past before is as old as we know it to be: a clock set back shows
 *                the promotions of months as made just now, one set forward shows none of the last hour. One of ours counts from when its
 *                commit was confirmed to us, whatever is read of it. One of unknown age was made just now as far as the 10 s between two
 *                are concerned, and is in no bucket: a clock that a person set must hold no pool
 *                A pool whose epoch is below one that we had read is another one, of a database that was restored: all begins anew
 *   key          has no name here: a smaller age than ours is a new key, 0 is a clock that stands before the enrolment
 *   maintenance  its stamp is its name (ages-rests.ts). It lasts until the store has it no more: who is in one is said by the store, how
 *                much is left of it by us
 *   brakes       have no name: a rest that differs from ours was changed by a person and is believed
 */

/** Ages and rests of everything, at any instant of ours after `note`. */
export interface Ages {
  /** We made this epoch of the pool, confirmed at `at`. The next read tells the rest of it. */
  committed(poolId: PoolId, epoch: number, at: Instant): void;
  /** What the store said, read at `readAt`, after all that was committed before. What it names no more is forgotten. */
  note(rows: readonly PoolWithMembers[], brakesReleasedForMs: number | null, readAt: Instant): void;
  /** Those of the last hour, newest first, and the newest one however old it is. */
  promotions(poolId: PoolId, now: Instant): readonly AgedPromotion[];
  /** Those of the last minute, of all pools (R10), without those of unknown age. */
  promotionsOfLastMinute(now: Instant): readonly AgedPromotion[];
  /** Time since the member's present key was enrolled; 0 without one. */
  enrolledForMs(memberId: MemberId, now: Instant): number;
  /** What is left of the pool's maintenance; null = in none, 0 = it is over and not yet ended in the store. */
  poolMaintenanceLeftMs(poolId: PoolId, now: Instant): number | null;
  /** As `poolMaintenanceLeftMs`, of the member's own. */
  memberMaintenanceLeftMs(memberId: MemberId, now: Instant): number | null;
  /** Whether something is left of its own maintenance. */
  isResting(id: PoolId | MemberId, now: Instant): boolean;
  /** What is left of a person's release of R9 and R10; null = none. */
  brakesReleasedForMs(now: Instant): number | null;
}

/** A promotion with the age that decides. */
export interface AgedPromotion extends Omit<RecentPromotion, 'ageMs'> {
  readonly ageMs: number;
  /** False: `ageMs` is the time since we saw it first, and it may be much older. */
  readonly isAgeKnown: boolean;
}

type KeptPromotion = Omit<AgedPromotion, 'ageMs'> & { readonly madeAt: Instant };

/** A promotion of ours that no read has shown yet. */
interface OwnPromotion {
  readonly epoch: number;
  readonly madeAt: Instant;
}

interface KnownPromotions {
  /** The greatest epoch that any read has shown. */
  readonly upTo: number;
  /** Newest first. */
  readonly kept: readonly KeptPromotion[];
}

export function createAges(): Ages {
  const promotions = new Map<PoolId, KnownPromotions>();
  const own = new Map<PoolId, OwnPromotion>();
  const enrolledAt = new Map<MemberId, Instant>();
  const rests = createRests();
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
      const known = promotions.get(id);
      const isRestored = known !== undefined && row.pool.epoch < known.upTo;
      promotions.set(id, withRead(isRestored ? undefined : known, row.recentPromotions, readAt, own.get(id)));
    }
    own.clear(); // what this read does not show is gone: the database was put back
    lately = [...promotions.values()].flatMap(({ kept }) =>
      kept.filter(({ madeAt, isAgeKnown }) => isAgeKnown && readAt - madeAt < minuteMs),
    );
  }

  return {
    committed: (poolId, epoch, madeAt) => void own.set(poolId, { epoch, madeAt }),
    note(rows, brakesReleasedForMs, readAt) {
      noteKeys(rows, readAt);
      notePromotions(rows, readAt);
      rests.note(rows, brakesReleasedForMs, readAt);
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
    poolMaintenanceLeftMs: rests.maintenanceLeftMs,
    memberMaintenanceLeftMs: rests.maintenanceLeftMs,
    isResting: (id, now) => (rests.maintenanceLeftMs(id, now) ?? 0) > 0,
    brakesReleasedForMs: rests.brakesReleasedForMs,
  };
}

function aged({ madeAt, ...promotion }: KeptPromotion, now: Instant): AgedPromotion {
  return { ...promotion, ageMs: Math.max(0, now - madeAt) };
}

/** An acknowledgement covers every epoch up to its own, so also those that a read with another clock leaves out. */
function withRead(
  known: KnownPromotions | undefined,
  read: readonly RecentPromotion[],
  readAt: Instant,
  own: OwnPromotion | undefined,
): KnownPromotions {
  const upTo = known?.upTo ?? 0;
  const acknowledgedUpTo = Math.max(0, ...read.filter((one) => one.acknowledged).map(({ epoch }) => epoch));
  const fresh = read
    .filter(({ epoch }) => known === undefined || epoch > upTo)
    .map(({ ageMs, ...promotion }) => {
      if (promotion.epoch === own?.epoch) return { ...promotion, madeAt: own.madeAt, isAgeKnown: true };
      return { ...promotion, madeAt: readAt - Math.max(0, ageMs ?? 0), isAgeKnown: ageMs !== null };
    });
  const kept = [...fresh, ...(known?.kept ?? [])]
    .toSorted((a, b) => b.epoch - a.epoch)
    .filter(({ madeAt }, index) => index === 0 || readAt - madeAt < hourMs)
    .map((one) => ({ ...one, acknowledged: one.acknowledged || one.epoch <= acknowledgedUpTo }));
  return { upTo: Math.max(upTo, kept[0]?.epoch ?? 0), kept };
}

function forgetOthers<Id>(known: Map<Id, unknown>, stated: ReadonlyMap<Id, unknown>): void {
  for (const id of known.keys()) if (!stated.has(id)) known.delete(id);
}
