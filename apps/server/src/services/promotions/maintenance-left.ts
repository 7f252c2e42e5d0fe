import type { Kysely } from 'kysely';
import { maintenanceLeftMs } from '../../db/repositories/maintenance.ts';
import type { Database } from '../../db/schema.ts';

/** What is left of maintenances that were not ended, by the database's clock (R13). */
export interface MaintenanceLeft {
  /** Null = the pool is in none. */
  readonly poolMs: number | null;
  /** Members in a maintenance of their own. */
  readonly memberMs: ReadonlyMap<string, number>;
}

export async function readMaintenanceLeft(db: Kysely<Database>, poolId: string): Promise<MaintenanceLeft> {
  const left = maintenanceLeftMs.as('leftMs');
  const pool = await db.selectFrom('pool').select(left).where('id', '=', poolId).executeTakeFirst();
  const members = await db.selectFrom('member').select(['id', left]).where('pool_id', '=', poolId).execute();
  return {
    poolMs: pool?.leftMs ?? null,
    memberMs: new Map(members.flatMap(({ id, leftMs }) => (leftMs === null ? [] : [[id, leftMs] as const]))),
  };
}
