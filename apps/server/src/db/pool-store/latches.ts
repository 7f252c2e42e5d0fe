import type { PoolId } from '@serverctl/core';
import { type Kysely, sql, type Transaction } from 'kysely';
import type { LeaseFence, Pause } from '../../worker/ports.ts';
import { writeAudit } from '../repositories/audit.ts';
import { writeEvent } from '../repositories/events.ts';
import type { Database } from '../schema.ts';
import { fencedTransaction } from './fenced.ts';

/**
 * Latches `held` (R11): the first call writes its audit entry and event, later ones change nothing. Nor does one that was decided on another
 * epoch: a person may have moved the pool and acknowledged since.
 */
export function hold(
  kysely: Kysely<Database>,
  poolId: PoolId,
  expectedEpoch: number,
  sentence: string,
  fence: LeaseFence,
): Promise<void> {
  return fencedTransaction(kysely, fence, async (trx, assertFenced) => {
    // The pool before the lease, as a promotion does: two that wait for each other would both be lost.
    await trx.selectFrom('pool').select('id').where('id', '=', poolId).forUpdate().execute();
    await assertFenced();
    const latched = await trx
      .updateTable('pool')
      .set({ held_at: sql`clock_timestamp()` })
      .where('id', '=', poolId)
      .where('epoch', '=', expectedEpoch)
      .where('held_at', 'is', null)
      .returning('id')
      .executeTakeFirst();
    if (latched === undefined) return;
    await writeAudit(trx, { actor: 'loop', action: 'pool.hold', target: poolId, poolId, reason: sentence });
    await writeEvent(trx, { kind: 'pool.held', severity: 'critical', poolId, sentence });
  });
}

/**
 * Latches `paused` (R21, R25) likewise; a greater epoch that was seen in a mark is kept whether it was paused before or not. Returns whether it
 * was not.
 */
export function pause(kysely: Kysely<Database>, poolId: PoolId, why: Pause, fence: LeaseFence): Promise<boolean> {
  const { because, sentence, seenEpoch } = why;
  return fencedTransaction(kysely, fence, async (trx, assertFenced) => {
    // The pool before the lease, as a promotion does: two that wait for each other would both be lost.
    await trx.selectFrom('pool').select('id').where('id', '=', poolId).forUpdate().execute();
    await assertFenced();
    if (seenEpoch !== null)
      await trx
        .updateTable('pool')
        .set({ seen_epoch: seenEpoch })
        .where('id', '=', poolId)
        .where('seen_epoch', '<', seenEpoch)
        .execute();
    const latched = await trx
      .updateTable('pool')
      .set({ paused_at: sql`clock_timestamp()`, paused_because: because, paused_sentence: sentence })
      .where('id', '=', poolId)
      .where('paused_at', 'is', null)
      .returning('id')
      .executeTakeFirst();
    if (latched !== undefined) await tellPause(trx, poolId, why);
    return latched !== undefined;
  });
}

async function tellPause(trx: Transaction<Database>, poolId: PoolId, { because, sentence, seenEpoch }: Pause) {
  const [actor, target, details] = ['loop', poolId, { because, seenEpoch }];
  await writeAudit(trx, { actor, action: 'pool.pause', target, poolId, reason: sentence, details });
  await writeEvent(trx, { kind: 'pool.paused', severity: 'critical', poolId, sentence, details });
}
