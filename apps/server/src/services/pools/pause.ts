import type { PoolResumed, PoolView, ReasonInput, ResumeInput } from '@serverctl/contract';
import { AppError, markText } from '@serverctl/core';
import { sql } from 'kysely';
import type { z } from 'zod';
import { writeAudit } from '../../db/repositories/audit.ts';
import { writeEvent } from '../../db/repositories/events.ts';
import { lockPool, type PoolRow, updatePool } from '../../db/repositories/pools.ts';
import { byWhom } from '../by-whom.ts';
import type { Caller, ServiceDeps } from '../deps.ts';
import { freshEvidence } from '../promotions/fresh-evidence.ts';
import {
  assertStill,
  differenceWords,
  isAsWished,
  isDisputed,
  type RecordNow,
  type RecordsNow,
  readRecordsNow,
  wordsOf,
} from '../records/records-now.ts';
import {
  adoptWithin,
  assertAdoptable,
  assertExpected,
  keepWithin,
  keptOf,
  namedOf,
  operated,
  whyNotReady,
} from '../records/settle.ts';
import { assertShownMarks } from '../records/shown-marks.ts';
import { inTransaction } from '../transaction.ts';
import { changePool } from './change-pool.ts';

/*
 * Paused: nothing acts but a switchover that names its target, until a person resumes it (R13). At the end of the pause every name is read
 * at its provider first (R25):
 *
 *   nobody is active, or no name           | resumed
 *   each record as the pool left it        | resumed
 *   missing, or no member's address        | resumed; the publisher repairs it (R21)
 *   a mark that is not ours, a newer epoch, another member: two sides claim the record
 *     without a choice                     | resume_needs_choice, with each name and what stands there
 *     another mark than was shown, another member than was shown | pool_changed
 *     adopt                                | resumed, and the member that all names name becomes active, else record_names_no_member
 *     adopt, not ready, no yes to that     | target_not_ready
 *     keep                                 | resumed, and the active member's address is written over it
 */

/** Throws `pool_already_paused`. */
export function pausePool(
  deps: ServiceDeps,
  caller: Caller,
  ref: string,
  { reason }: z.output<typeof ReasonInput>,
): Promise<PoolView> {
  return changePool(deps, ref, async (trx, row) => {
    if (row.paused_at !== null) throw alreadyPaused(row);
    const sentence = `${row.name} was paused by ${byWhom(caller)}: ${reason}`;
    await updatePool(trx, row.id, {
      paused_at: sql<Date>`clock_timestamp()`,
      paused_because: 'person',
      paused_sentence: sentence,
    });
    await writeAudit(trx, { ...caller, action: 'pool.pause', target: row.id, poolId: row.id, reason });
    await writeEvent(trx, { kind: 'pool.paused', severity: 'warning', poolId: row.id, sentence, details: { reason } });
  });
}

/** Throws `pool_not_paused`, `resume_needs_choice`, `record_names_no_member`, `target_not_ready`, `pool_changed`, or the provider's own error. */
export async function resumePool(
  deps: ServiceDeps,
  caller: Caller,
  ref: string,
  { reason: given, record, confirmNotReady, expectMarks, expect, preview }: z.output<typeof ResumeInput>,
): Promise<PoolResumed> {
  const reading = await readRecordsNow(deps, ref);
  assertPaused(reading.pool);
  const records = reading.records.map((one) => recordView(one, reading.pool));
  const named = reading.named?.id ?? null;
  if (preview) return { ...(await operated(deps, reading.pool.id, null)), records, named };
  const reason = given ?? null;
  const act = await actFor(deps, reading, record);
  if (act !== null)
    assertShownMarks(
      reading.pool,
      reading.records.map(({ bound }) => bound),
      expectMarks,
    );
  const made = await inTransaction(deps.db, async (trx) => {
    const row = await lockPool(trx, reading.pool.id);
    assertPaused(row);
    await assertStill(trx, reading, row);
    if (act !== null) assertExpected(reading, act === 'adopt' ? namedOf(reading) : keptOf(reading).member, expect);
    if (act === 'adopt') assertAdoptable(reading, await freshEvidence(trx, row.id), confirmNotReady);
    await updatePool(trx, row.id, { paused_at: null, paused_because: null, paused_sentence: null });
    await writeAudit(trx, {
      ...caller,
      action: 'pool.resume',
      target: row.id,
      poolId: row.id,
      reason,
      details: { wasPausedBecause: row.paused_because, record: act, found: differenceWords(reading) },
    });
    const sentence = `${row.name} was resumed by ${byWhom(caller)}: ${reason}`;
    await writeEvent(trx, { kind: 'pool.resumed', severity: 'info', poolId: row.id, sentence, details: { reason } });
    const settleWith = act === null ? null : act === 'adopt' ? adoptWithin : keepWithin;
    return settleWith === null ? null : settleWith(deps, trx, caller, reading, reason);
  });
  return { ...(await operated(deps, reading.pool.id, made)), records, named };
}

/** A record as it was read, for the person whose choice it waits for. */
function recordView(record: RecordNow, pool: PoolRow): PoolResumed['records'][number] {
  const { name, type, view } = record.bound;
  return {
    name,
    type,
    addresses: [...(view.rrset?.addresses ?? [])],
    mark: markText(view),
    disputed: isDisputed(record) ? `${name} ${wordsOf(record, pool)}` : null,
  };
}

/** What has to be done to the records; null = nothing. Throws `resume_needs_choice`. */
async function actFor(
  { db }: Pick<ServiceDeps, 'db'>,
  reading: RecordsNow,
  choice: 'adopt' | 'keep' | undefined,
): Promise<'adopt' | 'keep' | null> {
  const { records, pool, named } = reading;
  if (choice === 'adopt') return records.every(isAsWished) ? null : 'adopt';
  if (!records.some(isDisputed)) return null;
  if (choice === 'keep') return 'keep';
  const lack = named === null ? null : whyNotReady(await freshEvidence(db, pool.id), named.id);
  throw new AppError('resume_needs_choice', {
    pool: pool.name,
    names: differenceWords(reading),
    adopt: named?.hostname ?? null,
    ...(lack === null
      ? {}
      : { because: `${named?.hostname} is not ready, so to adopt it needs a yes to that: ${lack}` }),
  });
}

function assertPaused(row: PoolRow): void {
  if (row.paused_at === null) throw new AppError('pool_not_paused', { pool: row.name });
}

function alreadyPaused({ name, paused_sentence: because }: PoolRow): AppError {
  return new AppError('pool_already_paused', { pool: name, because });
}
