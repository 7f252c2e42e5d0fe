import { type Kysely, type Selectable, sql, type Transaction } from 'kysely';
import type { Database } from '../schema.ts';

/*
 * A person's release of the fleet's brakes, R9 and R10. It ends by itself; a wall clock that was set back to before its begin ends it as
 * well, since else the brakes would be off for the years of the jump.
 */

export type BrakeRelease = Selectable<Database['brake_release']>;
/** Reckoned by the database's clock when it was read. */
export type PresentRelease = BrakeRelease & { readonly left_ms: number };

const isInForce = sql<boolean>`ended_at IS NULL AND released_at <= clock_timestamp() AND until_at > clock_timestamp()`;

/** Releases the brakes from now on; takes the place of a release that is in force. */
export async function releaseBrakes(
  trx: Transaction<Database>,
  { forMs, actor, reason }: { readonly forMs: number; readonly actor: string; readonly reason: string },
): Promise<BrakeRelease> {
  await restoreBrakes(trx);
  const until_at = sql<Date>`now() + make_interval(secs => ${forMs / 1_000})`;
  return trx
    .insertInto('brake_release')
    .values({ released_at: sql<Date>`now()`, until_at, actor, reason })
    .returningAll()
    .executeTakeFirstOrThrow();
}

/** Puts the brakes back in force. False when they were. */
export async function restoreBrakes(trx: Transaction<Database>): Promise<boolean> {
  const ended = await trx
    .updateTable('brake_release')
    .set({ ended_at: sql<Date>`clock_timestamp()` })
    .where(isInForce)
    .returning('seq')
    .execute();
  return ended.length > 0;
}

/** The release that is in force; null = the brakes are. */
export async function presentRelease(db: Kysely<Database>): Promise<PresentRelease | null> {
  const release = await db
    .selectFrom('brake_release')
    .selectAll()
    .select(sql<number>`extract(epoch FROM until_at - clock_timestamp())::float8 * 1000`.as('left_ms'))
    .where(isInForce)
    .orderBy('until_at', 'desc')
    .limit(1)
    .executeTakeFirst();
  return release ?? null;
}
