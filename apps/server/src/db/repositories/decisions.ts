import type { PromotionKind } from '@serverctl/core';
import { type Kysely, type Selectable, sql } from 'kysely';
import { byPerson } from '../pool-store/rows.ts';
import type { Database } from '../schema.ts';

/** A change of a pool's decision, with the evidence it was made from (R14). Both were written by core: `Decision`, `PoolEvidence`. */
export type DecisionRow = Selectable<Database['decision']>;

/** The whole of a line; null when it was deleted meanwhile. */
export async function decisionOf(
  db: Kysely<Database>,
  { seq }: Pick<DecisionLineRow, 'seq'>,
): Promise<DecisionRow | null> {
  return (await db.selectFrom('decision').selectAll().where('seq', '=', seq).executeTakeFirst()) ?? null;
}

/** A change as a line of a timeline: without the evidence, which is large, but for the pool as it was decided on. */
export interface DecisionLineRow extends Pick<DecisionRow, 'seq' | 'at' | 'decision' | 'sentence'> {
  readonly pool: unknown;
  /** `at` as the database has it, finer than a Date: where the next page goes on. */
  readonly exactly: string;
}

/**
 * The pool's kept decisions up to this instant (null = now, by the database's clock) and before the line `after`, the newest first. Found
 * by the instant, not by the number: they are asked for by the clock on the wall, which may have jumped.
 */
export function decisionLines(
  db: Kysely<Database>,
  poolId: string,
  {
    upTo,
    after,
    limit,
  }: { readonly upTo: Date | null; readonly after: DecisionLineRow | undefined; readonly limit: number },
): Promise<DecisionLineRow[]> {
  return db
    .selectFrom('decision')
    .select(['seq', 'at', 'decision', 'sentence'])
    .select([sql<unknown>`evidence -> 'pool'`.as('pool'), sql<string>`at::text`.as('exactly')])
    .where('pool_id', '=', poolId)
    .where('at', '<=', upTo ?? sql<Date>`now()`)
    .$if(after !== undefined, (query) =>
      query.where(sql<boolean>`(at, seq) < (${after?.exactly}::timestamptz, ${after?.seq}::bigint)`),
    )
    .orderBy('at', 'desc')
    .orderBy('seq', 'desc')
    .limit(limit)
    .execute();
}

/** What a person did to the pool's active member, as a line of the same timeline. */
export type PromotionLineRow = Pick<
  Selectable<Database['promotion']>,
  'decided_at' | 'kind' | 'cause' | 'sentence' | 'actor' | 'reason'
>;

/** Those of the pool's last promotions up to this instant (null = now) that a person made, the newest first. */
export async function personsPromotions(
  db: Kysely<Database>,
  poolId: string,
  upTo: Date | null,
  among: number,
): Promise<PromotionLineRow[]> {
  const last = await db
    .selectFrom('promotion')
    .select(['decided_at', 'kind', 'cause', 'sentence', 'actor', 'reason'])
    .where('pool_id', '=', poolId)
    .where('decided_at', '<=', upTo ?? sql<Date>`now()`)
    .orderBy('epoch', 'desc')
    .limit(among)
    .execute();
  return last.filter(({ kind }) => byPerson(kind as PromotionKind));
}

/** The instant of the first change that is still kept; null = none is. */
export async function firstDecisionAt(db: Kysely<Database>, poolId: string): Promise<Date | null> {
  const row = await db
    .selectFrom('decision')
    .select('at')
    .where('pool_id', '=', poolId)
    .orderBy('at')
    .limit(1)
    .executeTakeFirst();
  return row?.at ?? null;
}
