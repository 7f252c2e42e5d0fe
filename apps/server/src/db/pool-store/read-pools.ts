import { hourMs, type MemberId, type PromotionId, type PromotionKind } from '@serverctl/core';
import { type Kysely, type RawBuilder, sql } from 'kysely';
import { jsonArrayFrom } from 'kysely/helpers/postgres';
import type { Maintenance, PoolWithMembers, PresentPromotion, RecentPromotion } from '../../worker/ports.ts';
import { maintenanceStamp, maintenanceStatedMs } from '../repositories/maintenance.ts';
import { memberWithAddress } from '../repositories/members.ts';
import { poolColumns, poolOf } from '../repositories/pools.ts';
import type { Database } from '../schema.ts';
import { bindingColumns, memberColumns, toBinding } from './rows.ts';

/**
 * All pools with what a decision needs, as they were at one moment: one statement, so that no member stands without its pool. As JSON, of the
 * columns that are used: they are read after each change, and a thousand members as rows of their own cost ten times as much.
 */
export async function readPools(kysely: Kysely<Database>): Promise<readonly PoolWithMembers[]> {
  const read = await kysely
    .selectNoFrom([
      jsonArrayFrom(selectPools(kysely)).as('pools'),
      jsonArrayFrom(selectMembers(kysely)).as('members'),
      jsonArrayFrom(kysely.selectFrom('dns_binding').select(bindingColumns).orderBy('id')).as('bindings'),
      jsonArrayFrom(selectKeys(kysely)).as('keys'),
      jsonRowsOf(recentPromotions).as('promotions'),
    ])
    .executeTakeFirstOrThrow();
  const members = Map.groupBy(read.members, (member) => member.pool_id);
  const bindings = Map.groupBy(read.bindings, (binding) => binding.pool_id);
  const promotions = Map.groupBy(read.promotions, (promotion) => promotion.pool_id);
  const keys = new Map(read.keys.map((row) => [row.member_id, row.age_ms]));
  return read.pools.map((row) => {
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

const rest = [maintenanceStatedMs.as('maintenance_left_ms'), maintenanceStamp.as('maintenance_stamp')] as const;

function selectPools(kysely: Kysely<Database>) {
  return kysely.selectFrom('pool').select(poolColumns).select(rest).orderBy('id');
}

function selectMembers(kysely: Kysely<Database>) {
  return kysely
    .selectFrom('member')
    .select([...memberColumns, 'reported_ipv4', 'reported_ipv6', 'quarantined_at'])
    .select(rest)
    .where('removed_at', 'is', null)
    .orderBy('id');
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
function selectKeys(kysely: Kysely<Database>) {
  return kysely
    .selectFrom('member_key')
    .select(['member_id', sql<number>`greatest(0, ${ageMs('enrolled_at')})`.as('age_ms')])
    .where('revoked_at', 'is', null);
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
const recentPromotions = sql<PromotionRow>`
  SELECT p.pool_id, p.id, p.epoch, p.kind, p.from_member_id, p.address, p.address6, p.unbraked,
    p.epoch <= pool.acknowledged_epoch AS acknowledged, ${ageMs('p.decided_at')} AS age_ms
  FROM pool CROSS JOIN LATERAL (
    SELECT * FROM promotion WHERE pool_id = pool.id ORDER BY epoch DESC LIMIT ${sql.lit(readPerPool)}) AS p
  WHERE p.epoch = pool.epoch OR p.decided_at > clock_timestamp() - ${sql.lit(`${hourMs} ms`)}::interval
  ORDER BY p.pool_id, p.epoch DESC`;

/** What `jsonArrayFrom` is to a query of kysely's. */
function jsonRowsOf<Row>(query: RawBuilder<Row>): RawBuilder<Row[]> {
  return sql<Row[]>`(SELECT coalesce(json_agg(agg), '[]') FROM (${query}) AS agg)`;
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
