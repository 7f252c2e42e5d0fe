import { AppError, nextEpoch } from '@serverctl/core';
import { type Kysely, sql, type Transaction } from 'kysely';
import type { LeaseFence, PromotionRecord, Severity } from '../../worker/ports.ts';
import { writeAudit } from '../repositories/audit.ts';
import { writeEvent } from '../repositories/events.ts';
import { isInMaintenance } from '../repositories/maintenance.ts';
import type { Database } from '../schema.ts';
import { fencedTransaction } from './fenced.ts';
import { byPerson } from './rows.ts';

/*
 * The promotion's one transaction (R16). In this order: the pool's row is locked, so of two that come together the second sees the first
 * one's epoch; the lease's row is share-locked, so nobody takes over before we commit (R15); then everything is written or nothing.
 */

/** Returns the new epoch. Throws `pool_not_found`, `pool_changed`, `not_leader`, `member_not_found` or `target_has_no_address`. */
export function promote(kysely: Kysely<Database>, promotion: PromotionRecord, fence: LeaseFence) {
  return fencedTransaction(kysely, fence, async (trx, assertFenced) => {
    const pool = await lockUnchanged(trx, promotion);
    await assertFenced();
    return writeChange(trx, promotion, pool);
  });
}

/**
 * The promotion as a part of a larger change by a person, whose transaction it commits or fails with. It needs no lease, and sets no limit of
 * time: a caller that must not commit late calls `limitTime` first and `assertInTime` last. Returns the new epoch and throws as `promote`,
 * but for `not_leader`.
 */
export async function promoteWithin(trx: Transaction<Database>, promotion: PromotionRecord): Promise<number> {
  return writeChange(trx, promotion, await lockUnchanged(trx, promotion));
}

async function writeChange(trx: Transaction<Database>, promotion: PromotionRecord, pool: LockedPool): Promise<number> {
  await assertCanServe(trx, promotion);
  const epoch = nextEpoch(pool.epoch, [pool.seen_epoch]); // R25
  await trx
    .updateTable('pool')
    .set({ epoch, active_member_id: promotion.to })
    .where('id', '=', promotion.poolId)
    .execute();
  await writePromotion(trx, promotion, epoch);
  await writeTakeOvers(trx, promotion);
  await tellPromotion(trx, promotion, epoch);
  return epoch;
}

/** What the pool was when it was locked. */
interface LockedPool {
  readonly epoch: number;
  readonly seen_epoch: number;
  readonly active_member_id: string | null;
  readonly automatic_failover: boolean;
  readonly held_at: Date | null;
  readonly paused_because: string | null;
  readonly in_maintenance: boolean;
}

async function lockUnchanged(trx: Transaction<Database>, promotion: PromotionRecord): Promise<LockedPool> {
  const pool = await trx
    .selectFrom('pool')
    .select(['epoch', 'seen_epoch', 'active_member_id', 'automatic_failover', 'held_at', 'paused_because'])
    .select(isInMaintenance.as('in_maintenance'))
    .where('id', '=', promotion.poolId)
    .forUpdate()
    .executeTakeFirst();
  if (pool === undefined) throw new AppError('pool_not_found', { pool: promotion.poolId });
  if (pool.epoch !== promotion.expectedEpoch) throw new AppError('pool_changed', { epoch: pool.epoch });
  const isForbidden = byPerson(promotion.kind)
    ? isUnseenByPerson(pool, promotion)
    : await isForbiddenToLoop(trx, pool, promotion);
  if (isForbidden) throw new AppError('pool_changed', { epoch: pool.epoch });
  return pool;
}

/** Whether it was paused or resumed after the person's wish was judged, or is in a maintenance in which only a named target acts (R13). */
function isUnseenByPerson(pool: LockedPool, { evidence, toNext }: PromotionRecord): boolean {
  return pool.paused_because !== evidence.pool.paused || (toNext === true && pool.in_maintenance);
}

/** Somebody may have said no, or it was held or paused, after the loop looked: a person's word wins to the last. */
async function isForbiddenToLoop(
  trx: Transaction<Database>,
  pool: LockedPool,
  { kind, poolId, to }: PromotionRecord,
): Promise<boolean> {
  if (!pool.automatic_failover || pool.held_at !== null || pool.paused_because !== null || pool.in_maintenance)
    return true;
  if (await isAnyUntouchable(trx, pool.active_member_id, to)) return true;
  return kind === 'withdrawal' && isPublished(trx, poolId, pool.epoch);
}

/** Whether a name was published under this epoch: then there is nothing left to withdraw. All are locked, so that one in the middle counts. */
async function isPublished(trx: Transaction<Database>, poolId: string, epoch: number): Promise<boolean> {
  const bindings = await trx
    .selectFrom('dns_binding')
    .select('published_epoch')
    .where('pool_id', '=', poolId)
    .orderBy('id')
    .forShare()
    .execute();
  return bindings.some((binding) => binding.published_epoch >= epoch);
}

/** Whether the active member or the target is in maintenance (R13), or the target's key is used by two hosts (R35). Locked, in one order. */
async function isAnyUntouchable(trx: Transaction<Database>, activeId: string | null, to: string): Promise<boolean> {
  const members = await trx
    .selectFrom('member')
    .select(['id', 'quarantined_at', isInMaintenance.as('in_maintenance')])
    .where('id', 'in', activeId === null ? [to] : [activeId, to])
    .orderBy('id')
    .forShare()
    .execute();
  return members.some((member) => member.in_maintenance || (member.id === to && member.quarantined_at !== null));
}

/**
 * R20: the record can only ever come to hold a registered member's address, and the one that was decided on. Locked: the member is not
 * removed or changed before we commit.
 */
async function assertCanServe(trx: Transaction<Database>, { poolId, to, address }: PromotionRecord) {
  const member = await trx
    .selectFrom('member')
    .select(({ fn }) => fn.coalesce('public_ipv4', 'reported_ipv4').as('address'))
    .where('id', '=', to)
    .where('pool_id', '=', poolId)
    .where('removed_at', 'is', null)
    .forShare()
    .executeTakeFirst();
  if (member === undefined) throw new AppError('member_not_found', { member: to });
  if (member.address === null) throw new AppError('target_has_no_address', { member: to });
  if (member.address !== address) throw new AppError('pool_changed', { member: to, address: member.address });
}

async function writePromotion(trx: Transaction<Database>, promotion: PromotionRecord, epoch: number) {
  // Counted back from the transaction's begin, the moment nearest to the one in which the ages were true.
  const ago = (ms: number | null) => (ms === null ? null : sql<Date>`now() - make_interval(secs => ${ms / 1_000})`);
  await trx
    .insertInto('promotion')
    .values({
      id: promotion.id,
      pool_id: promotion.poolId,
      epoch,
      kind: promotion.kind,
      cause: promotion.cause,
      from_member_id: promotion.from,
      to_member_id: promotion.to,
      address: promotion.address,
      sentence: promotion.sentence,
      actor: promotion.actor,
      reason: promotion.reason,
      detected_at: ago(promotion.detectedAgoMs),
      last_heartbeat_at: ago(promotion.lastHeartbeatAgoMs),
      unbraked: promotion.decision.kind === 'promote' && promotion.decision.unbraked !== undefined,
    })
    .execute();
  await trx
    .insertInto('promotion_evidence')
    .values({
      promotion_id: promotion.id,
      evidence: JSON.stringify(promotion.evidence),
      decision: JSON.stringify(promotion.decision),
    })
    .execute();
}

/** The person's yes to replacing a record that is not ours, for the publisher; cleared by the first successful write. */
async function writeTakeOvers(trx: Transaction<Database>, { poolId, confirmedNames }: PromotionRecord) {
  for (const { bindingId, takeOver } of confirmedNames)
    await trx
      .updateTable('dns_binding')
      .set({ take_over: takeOver })
      .where('id', '=', bindingId)
      .where('pool_id', '=', poolId)
      .execute();
}

/** What a person did, and a failback, wakes nobody. */
const severityOf: Partial<Record<PromotionRecord['kind'], Severity>> = { failover: 'critical', withdrawal: 'warning' };

async function tellPromotion(trx: Transaction<Database>, promotion: PromotionRecord, epoch: number) {
  const { id: promotionId, poolId, kind, cause, from, to, actor, reason, sentence } = promotion;
  const details = { promotionId, epoch, kind, cause, from, to, address: promotion.address };
  // What a first publish replaces is told to the auditor: which names, what they held, whose marks stood there.
  const names = promotion.confirmedNames.map(({ name, takeOver, held, mark }) => ({ name, takeOver, held, mark }));
  const audited = names.length === 0 ? details : { ...details, names };
  await writeAudit(trx, { actor, action: `promotion.${kind}`, target: poolId, poolId, reason, details: audited });
  const severity = severityOf[kind] ?? 'info';
  await writeEvent(trx, { kind: 'pool.promoted', severity, poolId, memberId: to, sentence, details });
}
