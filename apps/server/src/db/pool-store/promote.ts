import { AppError, assertAddresses, type Ipv6Policy, nextEpoch } from '@serverctl/core';
import { type Kysely, sql, type Transaction } from 'kysely';
import { jsonArrayFrom } from 'kysely/helpers/postgres';
import type { LeaseFence, PromotionRecord, Severity } from '../../worker/ports.ts';
import { type AuditInput, auditRow } from '../repositories/audit.ts';
import { writeEvent } from '../repositories/events.ts';
import { isInMaintenance } from '../repositories/maintenance.ts';
import type { Database } from '../schema.ts';
import { fencedTransaction } from './fenced.ts';
import { selectNames, toNames } from './names.ts';
import { byPerson } from './rows.ts';

/*
 * The promotion's one transaction (R16). In this order: the pool's row is locked, so of two that come together the second sees the first
 * one's epoch; the active member and the target are share-locked, so they stay what they were judged by; the lease's row is share-locked, so nobody takes over before we commit (R15); then everything is written or nothing.
 */

/** Returns the new epoch. Throws `pool_not_found`, `pool_changed`, `not_leader`, `member_not_found`, `target_has_no_address` or `target_has_no_aaaa`. */
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
  assertCanServe(promotion, pool);
  const epoch = nextEpoch(pool.epoch, [pool.seen_epoch]); // R25
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
  readonly dynamic_dns: boolean;
  readonly held_at: Date | null;
  readonly paused_because: string | null;
  readonly ipv6: string;
  readonly in_maintenance: boolean;
  /** The active member and the target, locked too: neither is removed or changed before we commit. */
  readonly members: readonly LockedMember[];
}

interface LockedMember {
  readonly id: string;
  readonly pool_id: string;
  readonly removed_at: Date | null;
  readonly quarantined_at: Date | null;
  readonly in_maintenance: boolean;
  readonly address: string | null;
  readonly address6: string | null;
  /** The pool's, with each member: what a promotion waits for is round trips. They are changed under the pool's lock. */
  readonly names: readonly { readonly name: string; readonly type: string }[];
}

async function lockUnchanged(trx: Transaction<Database>, promotion: PromotionRecord): Promise<LockedPool> {
  const row = await trx
    .selectFrom('pool')
    .select(['epoch', 'seen_epoch', 'active_member_id', 'automatic_failover', 'held_at', 'paused_because', 'ipv6'])
    .select('dynamic_dns')
    .select(isInMaintenance.as('in_maintenance'))
    .where('id', '=', promotion.poolId)
    .forUpdate()
    .executeTakeFirst();
  if (row === undefined) throw new AppError('pool_not_found', { pool: promotion.poolId });
  if (row.epoch !== promotion.expectedEpoch) throw new AppError('pool_changed', { epoch: row.epoch });
  const pool = { ...row, members: await lockMembers(trx, promotion, row.active_member_id) };
  const isForbidden = byPerson(promotion.kind)
    ? isUnseenByPerson(pool, promotion)
    : await isForbiddenToLoop(trx, pool, promotion);
  if (isForbidden) throw new AppError('pool_changed', { epoch: pool.epoch });
  return pool;
}

/** Those of them that there are, in one order for all who lock. */
function lockMembers(
  trx: Transaction<Database>,
  { poolId, to }: PromotionRecord,
  activeId: string | null,
): Promise<LockedMember[]> {
  return trx
    .selectFrom('member')
    .select(['id', 'pool_id', 'removed_at', 'quarantined_at', isInMaintenance.as('in_maintenance')])
    .select(({ fn }) => fn.coalesce('public_ipv4', 'reported_ipv4').as('address'))
    .select(({ fn }) => fn.coalesce('public_ipv6', 'reported_ipv6').as('address6'))
    .select(jsonArrayFrom(selectNames(trx, poolId)).as('names'))
    .where('id', 'in', activeId === null ? [to] : [activeId, to])
    .orderBy('id')
    .forShare()
    .execute();
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
  if (!isSwitchedOn(pool, kind) || pool.paused_because !== null || pool.in_maintenance) return true;
  if (isAnyUntouchable(pool, to)) return true;
  return kind === 'withdrawal' && isPublished(trx, poolId, pool.epoch);
}

/** `held` and the switch of failovers are about which member is active: a new address of that one has a switch of its own. */
function isSwitchedOn(pool: LockedPool, kind: PromotionRecord['kind']): boolean {
  return kind === 'address' ? pool.dynamic_dns : pool.automatic_failover && pool.held_at === null;
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

/** Whether the active member or the target is in maintenance (R13), or the target's key is used by two hosts (R35). */
function isAnyUntouchable({ members }: LockedPool, to: string): boolean {
  return members.some((member) => member.in_maintenance || (member.id === to && member.quarantined_at !== null));
}

/** R20: a record can only ever come to hold a registered member's address, and the one that was decided on, and none goes that the names need. */
function assertCanServe(promotion: PromotionRecord, pool: LockedPool): void {
  const { poolId, to } = promotion;
  const member = pool.members.find(({ id }) => id === to);
  if (member?.pool_id !== poolId || member.removed_at !== null) throw new AppError('member_not_found', { member: to });
  assertAddresses(promotion, member, { ipv6: pool.ipv6 as Ipv6Policy, names: toNames(member.names) });
}

async function writePromotion(trx: Transaction<Database>, promotion: PromotionRecord, epoch: number) {
  // Counted back from the transaction's begin, the moment nearest to the one in which the ages were true.
  const ago = (ms: number | null) => (ms === null ? null : sql<Date>`now() - make_interval(secs => ${ms / 1_000})`);
  const made = {
    id: promotion.id,
    pool_id: promotion.poolId,
    epoch,
    kind: promotion.kind,
    cause: promotion.cause,
    from_member_id: promotion.from,
    to_member_id: promotion.to,
    address: promotion.address,
    address6: promotion.address6,
    sentence: promotion.sentence,
    actor: promotion.actor,
    reason: promotion.reason,
    detected_at: ago(promotion.detectedAgoMs),
    last_heartbeat_at: ago(promotion.lastHeartbeatAgoMs),
    unbraked: promotion.decision.kind === 'promote' && promotion.decision.unbraked !== undefined,
  };
  // In one statement: what a promotion waits for is round trips.
  await trx
    .with('moved', (db) =>
      db.updateTable('pool').set({ epoch, active_member_id: promotion.to }).where('id', '=', promotion.poolId),
    )
    .with('audited', (db) => db.insertInto('audit_entry').values(auditRow(auditOf(promotion, epoch))))
    .with('made', (db) => db.insertInto('promotion').values(made).returning('id'))
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
  for (const { bindingId, takeOver, mark } of confirmedNames)
    await trx
      .updateTable('dns_binding')
      .set({ take_over: takeOver, take_over_mark: takeOver ? mark : null })
      .where('id', '=', bindingId)
      .where('pool_id', '=', poolId)
      .execute();
}

/** What a person did, and a failback, wakes nobody. */
const severityOf: Partial<Record<PromotionRecord['kind'], Severity>> = { failover: 'critical', withdrawal: 'warning' };

/** What a first publish replaces is told to the auditor: which names, what they held, whose marks stood there. */
function auditOf(promotion: PromotionRecord, epoch: number): AuditInput {
  const { kind, poolId, actor, reason } = promotion;
  const names = promotion.confirmedNames.map(({ name, takeOver, held, mark }) => ({ name, takeOver, held, mark }));
  const details = { ...detailsOf(promotion, epoch), ...(names.length > 0 && { names }) };
  return { actor, action: `promotion.${kind}`, target: poolId, poolId, reason, details };
}

async function tellPromotion(trx: Transaction<Database>, promotion: PromotionRecord, epoch: number) {
  const { poolId, kind, to, sentence } = promotion;
  const severity = severityOf[kind] ?? 'info';
  const told = kind === 'address' ? 'pool.address-changed' : 'pool.promoted';
  await writeEvent(trx, { kind: told, severity, poolId, memberId: to, sentence, details: detailsOf(promotion, epoch) });
}

function detailsOf({ id: promotionId, kind, cause, from, to, address, address6 }: PromotionRecord, epoch: number) {
  return { promotionId, epoch, kind, cause, from, to, address, ...(address6 !== null && { address6 }) };
}
