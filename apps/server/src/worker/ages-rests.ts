import type { Instant, MemberId, PoolId } from '@serverctl/core';
import type { Maintenance, PoolWithMembers } from './ports.ts';

/*
 * What is left of the maintenances and of a release of the brakes, counted down on our clock (ADR 0015).
 *
 *   maintenance   believed once for each stamp, also when it is over by the database's clock. A jump of that clock makes it neither longer
 *                 nor shorter; it is forgotten when the store has it no more
 *   release       has no stamp: a rest that differs from ours was changed by a person, one that stands still comes from a clock before it
 */

export interface Rests {
  /** What the store said, read at `readAt`. */
  note(rows: readonly PoolWithMembers[], brakesReleasedForMs: number | null, readAt: Instant): void;
  /** Null = in none; 0 = over, and not yet ended in the store. */
  maintenanceLeftMs(id: PoolId | MemberId, now: Instant): number | null;
  brakesReleasedForMs(now: Instant): number | null;
}

interface Rest {
  readonly endsAt: Instant;
  /** As the store said it last. */
  readonly statedMs: number;
}

/** Two clocks and a read between them: a rest that differs by less is the same one. */
const sameRestWithinMs = 2_000;

export function createRests(): Rests {
  let maintenances: ReadonlyMap<PoolId | MemberId, { readonly stamp: string; readonly endsAt: Instant }> = new Map();
  let release: Rest | undefined;

  return {
    note(rows, brakesReleasedForMs, readAt) {
      maintenances = new Map(
        rows.flatMap(statedBy).map(([id, { stamp, leftMs }]) => {
          const known = maintenances.get(id);
          return [id, known?.stamp === stamp ? known : { stamp, endsAt: readAt + leftMs }];
        }),
      );
      release = brakesReleasedForMs === null ? undefined : restNoted(release, brakesReleasedForMs, readAt);
    },
    maintenanceLeftMs(id, now) {
      const endsAt = maintenances.get(id)?.endsAt;
      return endsAt === undefined ? null : Math.max(0, endsAt - now);
    },
    brakesReleasedForMs: (now) => (release === undefined || release.endsAt <= now ? null : release.endsAt - now),
  };
}

function statedBy({ pool, maintenance, memberMaintenance }: PoolWithMembers) {
  const ofMembers: readonly (readonly [PoolId | MemberId, Maintenance])[] = [...memberMaintenance];
  return maintenance === null ? ofMembers : [[pool.id, maintenance] as const, ...ofMembers];
}

function restNoted(known: Rest | undefined, statedMs: number, readAt: Instant): Rest {
  const endsAt = readAt + statedMs;
  const isSame =
    known !== undefined && (known.statedMs === statedMs || Math.abs(endsAt - known.endsAt) <= sameRestWithinMs);
  return isSame ? { endsAt: known.endsAt, statedMs } : { endsAt, statedMs };
}
