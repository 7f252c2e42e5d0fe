import type { AdoptInput, PoolAdopted, PoolRepaired, PromotePreview, RepairInput } from '@serverctl/contract';
import { AppError, addressFor, type Member, type PoolEvidence } from '@serverctl/core';
import type { Transaction } from 'kysely';
import type { z } from 'zod';
import { lockPool, type PoolRow } from '../../db/repositories/pools.ts';
import type { Database } from '../../db/schema.ts';
import type { Caller, ServiceDeps } from '../deps.ts';
import { freshEvidence } from '../promotions/fresh-evidence.ts';
import { inTransaction } from '../transaction.ts';
import { activeOf, assertStill, isDisputed, type RecordsNow, readRecordsNow } from './records-now.ts';
import { adoptWithin, assertAdoptable, assertExpected, keepWithin, keptOf, namedOf, operated } from './settle.ts';

/*
 * Outside of a pause a person settles drift only (R21). In the order in which it is refused:
 *
 *   paused                                        | pool_paused: its resumption asks
 *   nobody active, no name                        | pool_not_active, binding_missing
 *   a mark that is not ours, a newer epoch        | dns_foreign_mark, dns_epoch_superseded: the publisher pauses, and the end of the pause asks
 *   a name still holds what an earlier epoch left | record_being_written: it would undo a promotion that only waits for its write
 *   no name holds another member's address        | record_as_wished: the publisher repairs the rest by itself
 *   adopt: the names do not name one member       | record_names_no_member
 *   adopt: they name another one than was shown   | pool_changed
 *   repair: another one is active than was shown  | pool_changed
 *   adopt: the pool is in maintenance (R13)       | pool_in_maintenance
 *   adopt: that member is not ready, no yes to it | target_not_ready
 */

/** Takes over what a person's hand wrote into the records: the member that they name becomes active. With `preview` nothing changes. */
export async function adoptRecords(
  deps: ServiceDeps,
  caller: Caller,
  ref: string,
  input: z.output<typeof AdoptInput>,
): Promise<PoolAdopted> {
  const reading = await readRecordsNow(deps, ref);
  assertSettleable(reading, reading.pool);
  if (input.preview) {
    const evidence = await freshEvidence(deps.db, reading.pool.id);
    const preview = adoptionOf(reading, evidence, { ...input, confirmNotReady: true });
    return { ...(await operated(deps, reading.pool.id, null)), preview };
  }
  const { preview, made } = await settleDrift(deps, reading, async (trx) => {
    const preview = adoptionOf(reading, await freshEvidence(trx, reading.pool.id), input);
    return { preview, made: await adoptWithin(deps, trx, caller, reading, input.reason ?? null) };
  });
  return { ...(await operated(deps, reading.pool.id, made)), preview };
}

/** Undoes what a person's hand wrote into the records: they get the active member's address again. With `preview` nothing changes. */
export async function repairRecords(
  deps: ServiceDeps,
  caller: Caller,
  ref: string,
  { reason, expect, preview }: z.output<typeof RepairInput>,
): Promise<PoolRepaired> {
  const reading = await readRecordsNow(deps, ref);
  assertSettleable(reading, reading.pool);
  const { member, sentence } = keptOf(reading);
  assertExpected(reading, member, expect);
  const shown = moveTo(reading, member, { ready: true, sentence });
  if (preview) return { ...(await operated(deps, reading.pool.id, null)), preview: shown };
  // Who is active is still who was expected: `assertStill` says so of the locked pool.
  const made = await settleDrift(deps, reading, (trx) => keepWithin(deps, trx, caller, reading, reason ?? null));
  return { ...(await operated(deps, reading.pool.id, made)), preview: shown };
}

async function settleDrift<Done>(
  deps: ServiceDeps,
  reading: RecordsNow,
  act: (trx: Transaction<Database>) => Promise<Done>,
): Promise<Done> {
  return inTransaction(deps.db, async (trx) => {
    const pool = await lockPool(trx, reading.pool.id);
    await assertStill(trx, reading, pool);
    return act(trx);
  });
}

function assertSettleable({ records }: RecordsNow, pool: PoolRow): void {
  if (pool.paused_at !== null) throw new AppError('pool_paused', { pool: pool.name, because: pool.paused_sentence });
  activeOf(pool);
  if (records.length === 0) throw new AppError('binding_missing', { pool: pool.name });
  for (const { binding, drift } of records) {
    if (drift.kind === 'foreign-mark') throw new AppError('dns_foreign_mark', { name: binding.name });
    if (drift.kind === 'newer-epoch') {
      throw new AppError('dns_epoch_superseded', { name: binding.name, epoch: pool.epoch, seen: drift.seen });
    }
  }
  const waiting = records.filter(({ binding }) => binding.published_epoch < pool.epoch);
  if (waiting.length > 0) {
    const names = waiting.map(({ binding }) => binding.name);
    throw new AppError('record_being_written', { pool: pool.name, epoch: pool.epoch, names });
  }
  if (!records.some(isDisputed)) throw new AppError('record_as_wished', { pool: pool.name });
}

/** What an adoption would do, name by name: clients of the names see no change. */
function adoptionOf(
  reading: RecordsNow,
  evidence: PoolEvidence,
  { expect, confirmNotReady }: Pick<z.output<typeof AdoptInput>, 'expect' | 'confirmNotReady'>,
): PromotePreview {
  const named = namedOf(reading);
  assertExpected(reading, named, expect);
  if (evidence.maintenanceLeftMs !== null) throw new AppError('pool_in_maintenance', { pool: reading.pool.name });
  return moveTo(reading, named, assertAdoptable(reading, evidence, confirmNotReady));
}

function moveTo(
  { pool, records }: RecordsNow,
  member: Member,
  told: Pick<PromotePreview, 'ready' | 'sentence'>,
): PromotePreview {
  return {
    fromMemberId: activeOf(pool),
    toMemberId: member.id,
    ...told,
    names: records.map(({ binding, bound: { type, view } }) => ({
      name: binding.name,
      type,
      from: [...(view.rrset?.addresses ?? [])],
      to: addressFor(member, type),
      ttlSeconds: view.rrset?.ttlSeconds ?? binding.ttl_seconds,
      warnings: [],
    })),
  };
}
