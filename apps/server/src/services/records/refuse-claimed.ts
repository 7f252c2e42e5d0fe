import { AppError, coversMark, nextEpoch } from '@serverctl/core';
import type { Transaction } from 'kysely';
import { toTakeOver } from '../../db/pool-store/rows.ts';
import { getPool, lockPool } from '../../db/repositories/pools.ts';
import type { Database } from '../../db/schema.ts';
import type { ServiceDeps } from '../deps.ts';
import { differenceWords, type RecordNow, readRecordsNow } from './records-now.ts';
import { raiseSeenEpoch } from './seen-epoch.ts';

/*
 * A switchover that names its target acts in a paused pool as well (R13), unless what stands at a name refuses its write. The pool is paused
 * already, so nobody would be told: it is refused before anything is recorded, and the end of the pause asks who is right.
 *
 *   the pool is not paused                                  | recorded; a refused write pauses the pool and pages (R21, R25)
 *   a mark that is not ours, not taken over                 | record_claimed
 *   a mark of an epoch that the promotion would not exceed  | record_claimed: one that we knew of is exceeded (R25)
 *   another pause by the time of the promotion              | pool_changed: its reason, and what stands there now, nobody has seen
 *   else                                                    | recorded, under an epoch above any that was read, and written
 */

/** What was found before the pool was locked. */
export interface ClaimsRead {
  /** When the pool was paused; null = it was not, and no record was read. */
  readonly pausedAt: Date | null;
  /** The greatest epoch in a mark of this pool; 0 = none. */
  readonly seenEpoch: number;
}

/** Reads the records of a paused pool. Throws `record_claimed`, `dns_cname_in_the_way`, or the provider's own error. */
export async function refuseClaimedRecords(deps: ServiceDeps, poolRef: string): Promise<ClaimsRead> {
  const { id, paused_at: pausedAt } = await getPool(deps.db, poolRef);
  if (pausedAt === null) return { pausedAt, seenEpoch: 0 };
  const reading = await readRecordsNow(deps, id);
  const { pool } = reading;
  const epoch = nextEpoch(pool.epoch, [pool.seen_epoch]);
  const records = reading.records.filter((record) => isRefused(record, epoch));
  if (records.length > 0) {
    throw new AppError('record_claimed', { pool: pool.name, names: differenceWords({ ...reading, records }) });
  }
  return { pausedAt, seenEpoch: reading.seenEpoch };
}

/**
 * Holds the promotion's transaction to what was read: before the promotion is recorded in it (R13, R25). Throws `pool_changed` when the pool
 * was paused, resumed or paused anew since.
 */
export async function holdToClaims(
  trx: Transaction<Database>,
  poolId: string,
  { pausedAt, seenEpoch }: ClaimsRead,
): Promise<void> {
  const { name, epoch, paused_at: now } = await lockPool(trx, poolId);
  if (now?.getTime() !== pausedAt?.getTime()) throw new AppError('pool_changed', { pool: name, epoch });
  await raiseSeenEpoch(trx, poolId, seenEpoch);
}

function isRefused({ drift, binding, bound: { view } }: RecordNow, epoch: number): boolean {
  if (drift.kind === 'newer-epoch') return drift.seen >= epoch;
  const yes = toTakeOver(binding);
  return drift.kind === 'foreign-mark' && (yes === null || !coversMark(yes, view));
}
