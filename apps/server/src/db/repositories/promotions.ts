import { AppError } from '@serverctl/core';
import type { Kysely, Selectable } from 'kysely';
import type { Database } from '../schema.ts';

export type PromotionRow = Selectable<Database['promotion']>;
export type StepRow = Selectable<Database['promotion_step']>;

/** Newest first. */
export function listPromotions(db: Kysely<Database>, poolId: string, limit: number): Promise<PromotionRow[]> {
  return db
    .selectFrom('promotion')
    .selectAll()
    .where('pool_id', '=', poolId)
    .orderBy('epoch', 'desc')
    .limit(limit)
    .execute();
}

/** Throws `promotion_not_found`. */
export async function getPromotion(db: Kysely<Database>, poolId: string, id: string): Promise<PromotionRow> {
  const row = await db
    .selectFrom('promotion')
    .selectAll()
    .where('pool_id', '=', poolId)
    .where('id', '=', id)
    .executeTakeFirst();
  if (row === undefined) throw new AppError('promotion_not_found', { promotion: id });
  return row;
}

/** The promotion that made this epoch, and the addresses that the pool's names answer under it; undefined when none did. */
export function promotionOfEpoch(db: Kysely<Database>, poolId: string, epoch: number) {
  return db
    .selectFrom('promotion')
    .select(['id', 'address', 'address6'])
    .where('pool_id', '=', poolId)
    .where('epoch', '=', epoch)
    .executeTakeFirst();
}

/** The addresses that a pool's names answer under its present epoch; null = none of that family. */
export interface PresentAddresses {
  readonly address: string | null;
  readonly address6: string | null;
}

/** The promotion that made a pool's present epoch, as far as views of many pools show it. */
export interface PresentPromotion extends PresentAddresses {
  readonly kind: string;
  readonly decided_at: Date;
}

/** By pool id; a pool before its first publish is left out. */
export async function presentPromotions(db: Kysely<Database>): Promise<ReadonlyMap<string, PresentPromotion>> {
  const rows = await db
    .selectFrom('pool')
    .innerJoin('promotion', (join) =>
      join.onRef('promotion.pool_id', '=', 'pool.id').onRef('promotion.epoch', '=', 'pool.epoch'),
    )
    .select(['pool.id', 'promotion.address', 'promotion.address6', 'promotion.kind', 'promotion.decided_at'])
    .where('pool.active_member_id', 'is not', null)
    .execute();
  return new Map(rows.map(({ id, ...promotion }) => [id, promotion]));
}

/** The measured points after the decision, per managed name. */
export async function stepsOf(db: Kysely<Database>, ids: readonly string[]): Promise<StepRow[]> {
  if (ids.length === 0) return [];
  return db.selectFrom('promotion_step').selectAll().where('promotion_id', 'in', ids).orderBy('at').execute();
}

/** What the decision was made from; null when it is past its retention. */
export async function evidenceOf(
  db: Kysely<Database>,
  id: string,
): Promise<{ evidence: unknown; decision: unknown } | null> {
  const row = await db
    .selectFrom('promotion_evidence')
    .select(['evidence', 'decision'])
    .where('promotion_id', '=', id)
    .executeTakeFirst();
  return row ?? null;
}
