import { sql, type Transaction } from 'kysely';
import type { Database } from '../schema.ts';
import type { MemberRow } from './members.ts';
import type { PoolRow } from './pools.ts';

/*
 * Maintenance of a pool or a member (R13). When it is over says the loop, which counts on a clock of its own and then ends it here: the
 * server's wall clock may be set, and must neither end a maintenance nor keep a pool still for the years of a jump. So for a commit whoever
 * has one is in it, and so for people: one that is past its end by the server's clock is shown as over and not yet ended, binds them as it
 * binds the loop, and is theirs to end.
 */

export interface MaintenanceWish {
  readonly forMs: number;
  readonly reason: string | null;
}

/**
 * What is left of a row's own maintenance in ms as the loop reads it: 0 or less once it is past its end by the server's clock; null = in
 * none. For whoever selects from one table that has it.
 */
export const maintenanceStatedMs = sql<number | null>`
  extract(epoch FROM maintenance_until - greatest(clock_timestamp(), maintenance_from))::float8 * 1000`;

/** The same for a person's act, which has no clock of its own to count on: one that was not ended lasts, if only for a moment more. */
export const maintenanceLeftMs = sql<number | null>`CASE WHEN maintenance_until IS NOT NULL
  THEN greatest(${maintenanceStatedMs}, 1) END`;

/** Names a row's maintenance: begun anew, it is another. */
export const maintenanceStamp = sql<string | null>`
  extract(epoch FROM maintenance_from)::text || ' ' || extract(epoch FROM maintenance_until)::text`;

/** Whether a row is in maintenance at the moment of a commit: it was not ended, by a person or by the loop. */
export const isInMaintenance = sql<boolean>`(maintenance_until IS NOT NULL)`;

const ended = { maintenance_from: null, maintenance_until: null, maintenance_reason: null };

function begun({ forMs, reason }: MaintenanceWish) {
  return {
    maintenance_from: sql<Date>`now()`,
    maintenance_until: sql<Date>`now() + make_interval(secs => ${forMs / 1_000})`,
    maintenance_reason: reason,
  };
}

/** Begins a maintenance, or begins it anew when there is one: that is how it is extended. */
export function setPoolMaintenance(trx: Transaction<Database>, id: string, wish: MaintenanceWish): Promise<PoolRow> {
  return changePool(trx, id, begun(wish));
}

/** Ends it, whether its time is over or not. */
export function endPoolMaintenance(trx: Transaction<Database>, id: string): Promise<PoolRow> {
  return changePool(trx, id, ended);
}

/** As `setPoolMaintenance`. */
export function setMemberMaintenance(
  trx: Transaction<Database>,
  id: string,
  wish: MaintenanceWish,
): Promise<MemberRow> {
  return changeMember(trx, id, begun(wish));
}

/** As `endPoolMaintenance`. */
export function endMemberMaintenance(trx: Transaction<Database>, id: string): Promise<MemberRow> {
  return changeMember(trx, id, ended);
}

/** Ends the one of this stamp; false = it is another one, or none. */
export async function endStampedMaintenance(
  trx: Transaction<Database>,
  table: 'pool' | 'member',
  id: string,
  stamp: string,
): Promise<boolean> {
  const changed = await trx
    .updateTable(table)
    .set(ended)
    .where('id', '=', id)
    .where(maintenanceStamp, '=', stamp)
    .executeTakeFirst();
  return changed.numUpdatedRows > 0n;
}

type Change = ReturnType<typeof begun> | typeof ended;

function changePool(trx: Transaction<Database>, id: string, change: Change): Promise<PoolRow> {
  return trx.updateTable('pool').set(change).where('id', '=', id).returningAll().executeTakeFirstOrThrow();
}

function changeMember(trx: Transaction<Database>, id: string, change: Change): Promise<MemberRow> {
  return trx.updateTable('member').set(change).where('id', '=', id).returningAll().executeTakeFirstOrThrow();
}
