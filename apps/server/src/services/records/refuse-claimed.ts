import { AppError, nextEpoch } from '@serverctl/core';
import { getPool } from '../../db/repositories/pools.ts';
import type { ServiceDeps } from '../deps.ts';
import { differenceWords, type RecordNow, readRecordsNow } from './records-now.ts';

/*
 * A switchover that names its target acts in a paused pool as well (R13), unless what stands at a name refuses its write. The pool is paused
 * already, so nobody would be told: it is refused before anything is recorded, and the end of the pause asks who is right.
 *
 *   the pool is not paused                                  | recorded; a refused write pauses the pool and pages (R21, R25)
 *   a mark that is not ours, not taken over                 | record_claimed
 *   a mark of an epoch that the promotion would not exceed  | record_claimed: one that we knew of is exceeded (R25)
 *   else                                                    | recorded and written
 */

/** Reads the records of a paused pool. Throws `record_claimed`, `dns_cname_in_the_way`, or the provider's own error. */
export async function refuseClaimedRecords(deps: ServiceDeps, poolRef: string): Promise<void> {
  const { id, paused_at: pausedAt } = await getPool(deps.db, poolRef);
  if (pausedAt === null) return;
  const reading = await readRecordsNow(deps, id);
  const { pool } = reading;
  const epoch = nextEpoch(pool.epoch, [pool.seen_epoch]);
  const records = reading.records.filter((record) => isRefused(record, epoch));
  if (records.length === 0) return;
  throw new AppError('record_claimed', { pool: pool.name, names: differenceWords({ ...reading, records }) });
}

function isRefused({ drift, binding }: RecordNow, epoch: number): boolean {
  if (drift.kind === 'newer-epoch') return drift.seen > epoch;
  return drift.kind === 'foreign-mark' && !binding.take_over;
}
