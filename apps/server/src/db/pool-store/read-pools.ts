import { hourMs, type MemberId, type PromotionId, type PromotionKind } from '@serverctl/core';
import { type Kysely, sql, type Transaction } from 'kysely';
import type { Maintenance, PoolWithMembers, PresentPromotion, RecentPromotion } from '../../worker/ports.ts';
import { maintenanceStamp, maintenanceStatedMs } from '../repositories/maintenance.ts';
import { memberWithAddress } from '../repositories/members.ts';
import { poolOf } from '../repositories/pools.ts';
import type { Database } from '../schema.ts';
import { toBinding } from './rows.ts';

/** All pools with what a decision needs, as they were at one moment: one snapshot, so that no member stands without its pool. */
export function readPools(kysely: Kysely<Database>): Promise<readonly PoolWithMembers[]> {
  return kysely.transaction().setIsolationLevel('repeatable read').setAccessMode('read only').execute(readSnapshot);
}

async function readSnapshot(trx: Transaction<Database>): Promise<readonly PoolWithMembers[]> {
  const rest = [maintenanceStatedMs.as('maintenance_left_ms'), maintenanceStamp.as('maintenance_stamp')] as const;
  const pools = await trx.selectFrom('pool').selectAll().select(rest).orderBy('id').execute();
  const present = await trx
    .selectFrom('member')
    .selectAll()
    .select(rest)
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
      recentPromotions: withKnownAge(recent).map(recentOf),
      present: presentOf(recent.find(({ epoch }) => epoch === row.epoch)),
      maintenance: maintenanceOf(row),
      memberMaintenance: perMember(own, maintenanceOf),
      quarantined: new Set(own.flatMap((member) => (member.quarantined_at === null ? [] : [member.id as MemberId]))),
    };
  });
}

interface Rested {
  readonly maintenance_left_ms: number | null;
  readonly maintenance_stamp: string | null;
}

function maintenanceOf({ maintenance_left_ms: leftMs, maintenance_stamp: stamp }: Rested): Maintenance | null {
  return leftMs === null || stamp === null ? null : { stamp, leftMs };
}

function perMember<Row extends { readonly id: string }, Value>(
  rows: readonly Row[],
  measure: (row: Row) => Value | null,
): ReadonlyMap<MemberId, Value> {
  const values = new Map<MemberId, Value>();
  for (const row of rows) {
    const value = measure(row);
    if (value !== null) values.set(row.id as MemberId, value);
  }
  return values;
}

const ageMs = (column: string) =>
  sql<number>`extract(epoch FROM clock_timestamp() - ${sql.ref(column)})::float8 * 1000`;

/** Never below zero: the server's wall clock may have been set back. */
async function keyAges(trx: Transaction<Database>): Promise<ReadonlyMap<string, number>> {
  const rows = await trx
    .selectFrom('member_key')
    .select(['member_id', sql<number>`greatest(0, ${ageMs('enrolled_at')})`.as('age_ms')])
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
  readonly address: string | null;
  readonly address6: string | null;
  readonly unbraked: boolean;
  readonly acknowledged: boolean;
  /** Below zero: the server's wall clock stands before it. */
  readonly age_ms: number;
}

/** More than R11 and dynamic DNS promote by themselves in an hour, and what people may do besides. A clock set back reads no more of a history. */
const readPerPool = 30;

/**
 * Of each pool's newest ones by epoch those of the last hour, or of the future, and the newest one, which made the present epoch. By epoch
 * and not by time: that is the order in which they were made, whatever a clock says, and one walk of an index that ends soon.
 */
async function recentPromotions(trx: Transaction<Database>): Promise<readonly PromotionRow[]> {
  const { rows } = await sql<PromotionRow>`
    SELECT p.pool_id, p.id, p.epoch, p.kind, p.from_member_id, p.address, p.address6, p.unbraked,
      p.epoch <= pool.acknowledged_epoch AS acknowledged, ${ageMs('p.decided_at')} AS age_ms
    FROM pool CROSS JOIN LATERAL (
      SELECT * FROM promotion WHERE pool_id = pool.id ORDER BY epoch DESC LIMIT ${readPerPool}) AS p
    WHERE p.epoch = pool.epoch OR p.decided_at > clock_timestamp() - ${sql.lit(`${hourMs} ms`)}::interval
    ORDER BY p.pool_id, p.epoch DESC`.execute(trx);
  return rows;
}

/** One that was made before one of the future is older than that, and so of unknown age as well: only the newest one is told without. */
function withKnownAge(newestFirst: readonly PromotionRow[]): readonly PromotionRow[] {
  const future = newestFirst.findIndex((row) => row.age_ms < 0);
  return future === -1 ? newestFirst : newestFirst.slice(0, Math.max(1, future));
}

function recentOf({ epoch, age_ms, kind, acknowledged, unbraked }: PromotionRow): RecentPromotion {
  return { epoch, ageMs: age_ms < 0 ? null : age_ms, kind: kind as PromotionKind, acknowledged, unbraked };
}

function presentOf(row: PromotionRow | undefined): PresentPromotion | null {
  if (row === undefined) return null;
  return {
    id: row.id as PromotionId,
    kind: row.kind as PromotionKind,
    from: row.from_member_id as MemberId | null,
    addresses: { ipv4: row.address, ipv6: row.address6 },
  };
}
