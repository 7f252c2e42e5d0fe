import type { MemberId, PromotionId, PromotionKind } from '@serverctl/core';
import { type Kysely, sql, type Transaction } from 'kysely';
import type { PoolWithMembers, PresentPromotion, RecentPromotion } from '../../worker/ports.ts';
import { maintenanceLeftMs } from '../repositories/maintenance.ts';
import { memberWithAddress } from '../repositories/members.ts';
import { poolOf } from '../repositories/pools.ts';
import type { Database } from '../schema.ts';
import { toBinding } from './rows.ts';

/** All pools with what a decision needs, as they were at one moment: one snapshot, so that no member stands without its pool. */
export function readPools(kysely: Kysely<Database>): Promise<readonly PoolWithMembers[]> {
  return kysely.transaction().setIsolationLevel('repeatable read').setAccessMode('read only').execute(readSnapshot);
}

async function readSnapshot(trx: Transaction<Database>): Promise<readonly PoolWithMembers[]> {
  const left = maintenanceLeftMs.as('maintenance_left_ms');
  const pools = await trx.selectFrom('pool').selectAll().select(left).orderBy('id').execute();
  const present = await trx
    .selectFrom('member')
    .selectAll()
    .select(left)
    .where('removed_at', 'is', null)
    .orderBy('id')
    .execute();
  const members = Map.groupBy(present, (member) => member.pool_id);
  const names = await trx.selectFrom('dns_binding').selectAll().orderBy('id').execute();
  const bindings = Map.groupBy(names, (binding) => binding.pool_id);
  const keys = await keyAges(trx);
  const promotions = Map.groupBy(await recentPromotions(trx), (promotion) => promotion.pool_id);
  return pools.map((row) => {
    const own = members.get(row.id) ?? [];
    const recent = promotions.get(row.id) ?? [];
    return {
      pool: poolOf(row),
      members: own.map(memberWithAddress),
      enrolledForMs: perMember(own, ({ id }) => keys.get(id) ?? null),
      bindings: (bindings.get(row.id) ?? []).map(toBinding),
      recentPromotions: recent.map(recentOf),
      present: presentOf(recent.find(({ epoch }) => epoch === row.epoch)),
      maintenanceLeftMs: row.maintenance_left_ms,
      memberMaintenanceLeftMs: perMember(own, (member) => member.maintenance_left_ms),
      quarantined: new Set(own.flatMap((member) => (member.quarantined_at === null ? [] : [member.id as MemberId]))),
    };
  });
}

function perMember<Row extends { readonly id: string }>(
  rows: readonly Row[],
  measure: (row: Row) => number | null,
): ReadonlyMap<MemberId, number> {
  const values = new Map<MemberId, number>();
  for (const row of rows) {
    const value = measure(row);
    if (value !== null) values.set(row.id as MemberId, value);
  }
  return values;
}

/** Never below zero: the server's wall clock may have been set back. */
const ageMs = (column: string) =>
  sql<number>`greatest(0, extract(epoch FROM clock_timestamp() - ${sql.ref(column)})::float8 * 1000)`;

async function keyAges(trx: Transaction<Database>): Promise<ReadonlyMap<string, number>> {
  const rows = await trx
    .selectFrom('member_key')
    .select(['member_id', ageMs('enrolled_at').as('age_ms')])
    .where('revoked_at', 'is', null)
    .execute();
  return new Map(rows.map((row) => [row.member_id, row.age_ms]));
}

interface PromotionRow {
  readonly pool_id: string;
  readonly id: string;
  readonly epoch: number;
  readonly kind: string;
  readonly from_member_id: string | null;
  readonly unbraked: boolean;
  readonly acknowledged: boolean;
  readonly age_ms: number;
}

/**
 * Of the last hour, newest first, and that of the present epoch, which is the newest one. Two look-ups in an index for each pool, however
 * long the history: hence no OR, and `statement_timestamp()`, for which an index is used, unlike `clock_timestamp()`.
 */
async function recentPromotions(trx: Transaction<Database>): Promise<readonly PromotionRow[]> {
  const { rows } = await sql<PromotionRow>`
    SELECT p.pool_id, p.id, p.epoch, p.kind, p.from_member_id, p.unbraked,
      p.epoch <= pool.acknowledged_epoch AS acknowledged, ${ageMs('p.decided_at')} AS age_ms
    FROM pool CROSS JOIN LATERAL (
      SELECT * FROM promotion WHERE pool_id = pool.id AND decided_at > statement_timestamp() - interval '1 hour'
      UNION ALL
      SELECT * FROM promotion WHERE pool_id = pool.id AND epoch = pool.epoch
        AND decided_at <= statement_timestamp() - interval '1 hour') AS p
    ORDER BY p.pool_id, p.epoch DESC`.execute(trx);
  return rows;
}

function recentOf({ epoch, age_ms, kind, acknowledged, unbraked }: PromotionRow): RecentPromotion {
  return { epoch, ageMs: age_ms, kind: kind as PromotionKind, acknowledged, unbraked };
}

function presentOf(row: PromotionRow | undefined): PresentPromotion | null {
  if (row === undefined) return null;
  return { id: row.id as PromotionId, kind: row.kind as PromotionKind, from: row.from_member_id as MemberId | null };
}
