import { AppError, nextEpoch, type PoolId } from '@serverctl/core';
import { type Kysely, sql, type Transaction } from 'kysely';
import type { LeaseFence, PromotionRecord, Severity } from '../../worker/ports.ts';
import { lockFence } from '../lease-row.ts';
import { writeAudit } from '../repositories/audit.ts';
import { writeEvent } from '../repositories/events.ts';
import type { Database } from '../schema.ts';

/*
 * The promotion's one transaction (R16). In this order: the pool's row is locked, so of two that come together the second sees the first
 * one's epoch; the lease's row is share-locked, so nobody takes over before we commit (R15); then everything is written or nothing.
 *
 * What is not done in time is not done at all: the loop gives up after 5 s (carry-out.ts) and decides anew, and a commit long after that
 * would act on evidence that nobody looks at any more (R17).
 */

/** Returns the new epoch. Throws `pool_not_found`, `pool_changed`, `not_leader`, `member_not_found` or `target_has_no_address`. */
export function promote(kysely: Kysely<Database>, promotion: PromotionRecord, fence: LeaseFence | null) {
  return kysely.transaction().execute(async (trx) => {
    await limitTime(trx);
    await assertUnchanged(trx, promotion);
    await assertFenced(trx, fence);
    const epoch = await writeChange(trx, promotion);
    await assertInTime(trx);
    return epoch;
  });
}

/** The promotion as a part of a larger change by a person, whose transaction it commits or fails with. Returns and throws as `promote`. */
export async function promoteWithin(trx: Transaction<Database>, promotion: PromotionRecord): Promise<number> {
  await assertUnchanged(trx, promotion);
  return writeChange(trx, promotion);
}

async function writeChange(trx: Transaction<Database>, promotion: PromotionRecord): Promise<number> {
  await assertCanServe(trx, promotion);
  const epoch = nextEpoch(promotion.expectedEpoch);
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

/** Latches `held` (R11): the first call writes its event, later ones change nothing. */
export function hold(kysely: Kysely<Database>, poolId: PoolId, sentence: string, fence: LeaseFence): Promise<void> {
  return kysely.transaction().execute(async (trx) => {
    await limitTime(trx);
    await assertFenced(trx, fence);
    const latched = await trx
      .updateTable('pool')
      .set({ held_at: sql`clock_timestamp()` })
      .where('id', '=', poolId)
      .where('held_at', 'is', null)
      .returning('id')
      .executeTakeFirst();
    if (latched === undefined) return;
    await writeAudit(trx, { actor: 'failover-loop', action: 'pool.hold', target: poolId, poolId, reason: sentence });
    await writeEvent(trx, { kind: 'pool.held', severity: 'critical', poolId, sentence });
    await assertInTime(trx);
  });
}

/** For one statement, and for all of them together up to the commit: both below the loop's 5 s. */
const lockLimitMs = 2_000;
const statementLimitMs = 3_000;
const transactionLimitMs = 4_000;

async function limitTime(trx: Transaction<Database>) {
  const limit = (name: string, ms: number) => sql`set_config(${name}, ${String(ms)}, true)`;
  await sql`SELECT ${limit('lock_timeout', lockLimitMs)}, ${limit('statement_timeout', statementLimitMs)}`.execute(trx);
}

/** Right before the commit. In PostgreSQL, whose clock began with the transaction; below 17 it has no limit of its own for one. */
async function assertInTime(trx: Transaction<Database>) {
  const { rows } = await sql<{ late: boolean }>`
    SELECT clock_timestamp() - transaction_timestamp() > make_interval(secs => ${transactionLimitMs / 1_000}) AS late`.execute(
    trx,
  );
  if (rows[0]?.late === true) throw new AppError('database_unavailable', { because: 'too late' });
}

async function assertUnchanged(trx: Transaction<Database>, { poolId, expectedEpoch, kind }: PromotionRecord) {
  const pool = await trx
    .selectFrom('pool')
    .select(['epoch', 'automatic_failover', 'held_at'])
    .where('id', '=', poolId)
    .forUpdate()
    .executeTakeFirst();
  if (pool === undefined) throw new AppError('pool_not_found', { pool: poolId });
  const automatic = kind === 'failover' || kind === 'failback';
  // Somebody may have switched it off, or it was held, after the loop looked: a person's word wins to the last.
  const permitted = !automatic || (pool.automatic_failover && pool.held_at === null);
  if (pool.epoch !== expectedEpoch || !permitted) throw new AppError('pool_changed', { epoch: pool.epoch });
}

async function assertFenced(trx: Transaction<Database>, fence: LeaseFence | null) {
  if (fence !== null && !(await lockFence(trx, fence))) throw new AppError('not_leader', { term: fence.term });
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

async function tellPromotion(trx: Transaction<Database>, promotion: PromotionRecord, epoch: number) {
  const { id: promotionId, poolId, kind, cause, from, to, actor, reason, sentence } = promotion;
  const details = { promotionId, epoch, kind, cause, from, to, address: promotion.address };
  // What a first publish replaces is told to the auditor: which names, what they held, whose marks stood there.
  const names = promotion.confirmedNames.map(({ name, takeOver, held, mark }) => ({ name, takeOver, held, mark }));
  const audited = names.length === 0 ? details : { ...details, names };
  await writeAudit(trx, { actor, action: `promotion.${kind}`, target: poolId, poolId, reason, details: audited });
  const severity: Severity = kind === 'failover' ? 'critical' : 'info';
  await writeEvent(trx, { kind: 'pool.promoted', severity, poolId, memberId: to, sentence, details });
}
