import type { PromotionDetail, PromotionView } from '@serverctl/contract';
import type { PoolEvidence } from '@serverctl/core';
import { listBindings } from '../../db/repositories/bindings.ts';
import { getPool } from '../../db/repositories/pools.ts';
import { evidenceOf, getPromotion, listPromotions, stepsOf } from '../../db/repositories/promotions.ts';
import type { ServiceDeps } from '../deps.ts';
import { promotionView } from '../views/promotion-view.ts';
import { promotionWhy } from './promotion-why.ts';

type ReadDeps = Pick<ServiceDeps, 'db'>;

/** Newest first. */
export async function listPromotionViews(
  { db }: ReadDeps,
  poolRef: string,
  limit: number,
): Promise<{ promotions: PromotionView[] }> {
  const pool = await getPool(db, poolRef);
  const rows = await listPromotions(db, pool.id, limit);
  const bindings = await listBindings(db, pool.id);
  const steps = await stepsOf(
    db,
    rows.map((row) => row.id),
  );
  return { promotions: rows.map((row) => promotionView(row, steps, pool, bindings)) };
}

export async function readPromotionView({ db }: ReadDeps, poolRef: string, id: string): Promise<PromotionView> {
  const pool = await getPool(db, poolRef);
  const row = await getPromotion(db, pool.id, id);
  return promotionView(row, await stepsOf(db, [id]), pool, await listBindings(db, pool.id));
}

/** With the evidence and the decision it was made from (R14). */
export async function getPromotionDetail(deps: ReadDeps, poolRef: string, id: string): Promise<PromotionDetail> {
  const view = await readPromotionView(deps, poolRef, id);
  const stored = await evidenceOf(deps.db, id);
  if (stored === null) return { ...view, evidence: null, decision: null, why: null };
  // Written by our own loop and services from this very type; nobody else writes the table.
  return { ...view, ...stored, why: promotionWhy(stored.evidence as PoolEvidence, stored.decision, view.actor) };
}
