import type { PoolOperated, ReasonInput } from '@serverctl/contract';
import { AppError, judge, type MemberId } from '@serverctl/core';
import { sql, type Transaction } from 'kysely';
import type { z } from 'zod';
import { promoteWithin } from '../../db/pool-store/promote.ts';
import { lockPool, type PoolRow, updatePool } from '../../db/repositories/pools.ts';
import type { Database } from '../../db/schema.ts';
import type { PromotionRecord } from '../../worker/ports.ts';
import type { Caller, ServiceDeps } from '../deps.ts';
import { getPoolView } from '../pools/pool-service.ts';
import { freshEvidence } from '../promotions/fresh-evidence.ts';
import { readPromotionView } from '../promotions/read-promotions.ts';
import { personsPromotion, tellChannels } from '../promotions/record-promotion.ts';
import { inTransaction } from '../transaction.ts';
import {
  activeOf,
  assertStill,
  confirmedRecords,
  differenceWords,
  isAsWished,
  type RecordsNow,
  readRecordsNow,
} from './records-now.ts';

/*
 * A person settles what becomes of records that somebody else changed (R21):
 *
 *   adopt  | every name names one and the same member: that member becomes active          | promotion `adoption`, cause `adopted`
 *   repair | the active member stays active and its address is written again               | promotion `switchover`, cause `kept`
 *
 * Both are a new epoch above any that was read in a mark (R16, R25). Outside of a pause neither takes over a mark that is not ours: the
 * publisher pauses the pool for it, and the end of the pause asks.
 */

export interface Settled {
  readonly promotion: PromotionRecord;
  readonly epoch: number;
}

type Deps = Pick<ServiceDeps, 'random'>;

/** The member that the records name becomes active. Throws `record_names_no_member`. */
export async function adoptWithin(
  deps: Deps,
  trx: Transaction<Database>,
  caller: Caller,
  reading: RecordsNow,
  reason: string,
): Promise<Settled> {
  const { named, pool } = reading;
  if (named === null)
    throw new AppError('record_names_no_member', { pool: pool.name, names: differenceWords(reading) });
  return settle(deps, trx, caller, { reading, to: named.id, kind: 'adoption', cause: 'adopted', reason });
}

/** The active member stays active, and its address is written again. Throws `pool_not_active`. */
export async function keepWithin(
  deps: Deps,
  trx: Transaction<Database>,
  caller: Caller,
  reading: RecordsNow,
  reason: string,
): Promise<Settled> {
  return settle(deps, trx, caller, { reading, to: activeOf(reading.pool), kind: 'switchover', cause: 'kept', reason });
}

interface Settlement {
  readonly reading: RecordsNow;
  readonly to: MemberId;
  readonly kind: 'adoption' | 'switchover';
  readonly cause: 'adopted' | 'kept';
  readonly reason: string;
}

async function settle(
  deps: Deps,
  trx: Transaction<Database>,
  caller: Caller,
  { reading, to, kind, cause, reason }: Settlement,
): Promise<Settled> {
  const { pool, seenEpoch } = reading;
  await updatePool(trx, pool.id, { seen_epoch: sql<number>`greatest(seen_epoch, ${seenEpoch})` });
  const evidence = await freshEvidence(trx, pool.id);
  const from = activeOf(pool);
  const hostname = evidence.members.find((member) => member.id === to)?.hostname ?? to;
  const standing = judge(evidence).standings.find((one) => one.memberId === to);
  const caution = to === from || standing?.ready === true ? '' : ` ${standing?.sentence ?? 'Nothing is known of it.'}`;
  const sentences = {
    adopted:
      to === from
        ? `${hostname} stays active: the records already hold its present address, and are adopted as they are.`
        : `${hostname} becomes active, because the records name it and a person adopted that.${caution}`,
    kept: `${hostname} stays active, and the records get its address again.`,
  };
  const promotion = personsPromotion(deps, caller, {
    kind,
    cause,
    evidence,
    from,
    to,
    confirmedNames: confirmedRecords(reading),
    sentence: sentences[cause],
    reason,
  });
  return { promotion, epoch: await promoteWithin(trx, promotion) };
}

/** Takes over what a person's hand wrote into the records: the member that they name becomes active (R21). */
export function adoptRecords(deps: ServiceDeps, caller: Caller, ref: string, input: z.output<typeof ReasonInput>) {
  return settleUnpaused(deps, ref, (trx, reading) => adoptWithin(deps, trx, caller, reading, input.reason));
}

/** Undoes what a person's hand wrote into the records: they get the active member's address again (R21). */
export function repairRecords(deps: ServiceDeps, caller: Caller, ref: string, input: z.output<typeof ReasonInput>) {
  return settleUnpaused(deps, ref, (trx, reading) => keepWithin(deps, trx, caller, reading, input.reason));
}

async function settleUnpaused(
  deps: ServiceDeps,
  ref: string,
  act: (trx: Transaction<Database>, reading: RecordsNow) => Promise<Settled>,
): Promise<PoolOperated> {
  const reading = await readRecordsNow(deps, ref);
  assertSettleable(reading, reading.pool);
  const settled = await inTransaction(deps.db, async (trx) => {
    const pool = await lockPool(trx, reading.pool.id);
    assertStill(reading.pool, pool);
    assertSettleable(reading, pool);
    return act(trx, reading);
  });
  tellChannels(deps, settled.promotion, settled.epoch);
  return operated(deps, reading.pool.id, settled);
}

/** Throws `pool_paused`, `pool_not_active`, `binding_missing`, `record_as_wished`, or what stands there that is not ours. */
function assertSettleable({ records }: RecordsNow, pool: PoolRow): void {
  if (pool.paused_at !== null) throw new AppError('pool_paused', { pool: pool.name, because: pool.paused_sentence });
  activeOf(pool);
  if (records.length === 0) throw new AppError('binding_missing', { pool: pool.name });
  if (records.every(isAsWished)) throw new AppError('record_as_wished', { pool: pool.name });
  for (const { binding, drift } of records) {
    if (drift.kind === 'foreign-mark') throw new AppError('dns_foreign_mark', { name: binding.name });
    if (drift.kind === 'newer-epoch') {
      throw new AppError('dns_epoch_superseded', { name: binding.name, epoch: pool.epoch, seen: drift.seen });
    }
  }
}

export async function operated(deps: ServiceDeps, poolId: string, settled: Settled | null): Promise<PoolOperated> {
  const promotion = settled === null ? null : await readPromotionView(deps, poolId, settled.promotion.id);
  return { pool: await getPoolView(deps, poolId), promotion };
}
