import type { MemberId, PromotionId } from '@serverctl/core';
import { type Kysely, sql, type Transaction } from 'kysely';
import type { PoolWithMembers } from '../../worker/ports.ts';
import { memberWithAddress } from '../repositories/members.ts';
import { poolOf } from '../repositories/pools.ts';
import type { Database } from '../schema.ts';
import { toBinding } from './rows.ts';

/** All pools with what a decision needs, as they were at one moment: one snapshot, so that no member stands without its pool. */
export function readPools(kysely: Kysely<Database>): Promise<readonly PoolWithMembers[]> {
  return kysely.transaction().setIsolationLevel('repeatable read').setAccessMode('read only').execute(readSnapshot);
}

async function readSnapshot(trx: Transaction<Database>): Promise<readonly PoolWithMembers[]> {
  const pools = await trx.selectFrom('pool').selectAll().orderBy('id').execute();
  const members = await trx.selectFrom('member').selectAll().where('removed_at', 'is', null).orderBy('id').execute();
  const bindings = await trx.selectFrom('dns_binding').selectAll().orderBy('id').execute();
  const keys = await keyAges(trx);
  const promotions = await promotionAges(trx);
  const present = await presentPromotions(trx);
  return pools.map((row) => {
    const own = members.filter((member) => member.pool_id === row.id);
    const ages = promotions.filter((promotion) => promotion.pool_id === row.id);
    return {
      pool: poolOf(row),
      members: own.map(memberWithAddress),
      enrolledForMs: new Map(
        own.flatMap(({ id }) => {
          const age = keys.get(id);
          return age === undefined ? [] : [[id as MemberId, age] as const];
        }),
      ),
      bindings: bindings.filter((binding) => binding.pool_id === row.id).map(toBinding),
      automaticPromotionAgesMs: ages.filter(({ counts }) => counts).map(({ age_ms }) => age_ms),
      lastPromotionAgeMs: ages[0]?.age_ms ?? null,
      promotionId: present.get(row.id) ?? null,
    };
  });
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

/** Of the last hour, newest first. `counts`: automatic, and since the last acknowledgement (R11). */
async function promotionAges(trx: Transaction<Database>) {
  const counts = sql<boolean>`kind IN ('failover', 'failback') AND (acknowledged_at IS NULL OR decided_at > acknowledged_at)`;
  return trx
    .selectFrom('promotion')
    .innerJoin('pool', 'pool.id', 'promotion.pool_id')
    .select(['promotion.pool_id', counts.as('counts'), ageMs('decided_at').as('age_ms')])
    .where('decided_at', '>', sql<Date>`clock_timestamp() - interval '1 hour'`)
    .orderBy('promotion.pool_id')
    .orderBy('promotion.epoch', 'desc')
    .execute();
}

/** The promotion of each pool's present epoch. */
async function presentPromotions(trx: Transaction<Database>): Promise<ReadonlyMap<string, PromotionId>> {
  const rows = await trx
    .selectFrom('pool')
    .innerJoin('promotion', (join) =>
      join.onRef('promotion.pool_id', '=', 'pool.id').onRef('promotion.epoch', '=', 'pool.epoch'),
    )
    .select(['pool.id', 'promotion.id as promotion_id'])
    .execute();
  return new Map(rows.map((row) => [row.id, row.promotion_id as PromotionId]));
}
