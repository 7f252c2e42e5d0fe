import { sql, type Transaction } from 'kysely';
import type { Database } from '../schema.ts';
import type { MemberRow } from './members.ts';
import type { PoolRow } from './pools.ts';

/*
 * Maintenance of a pool or a member (R13). It ends by itself, by the server's wall clock, which may jump. One set back to before the begin
 * is recognised: what is left is then the whole length, for the loop that counts it down on its own clock, and a commit is no longer
 * refused by it, since else the pool would stand still for the years of the jump.
 */

export interface MaintenanceWish {
  readonly forMs: number;
  readonly reason: string | null;
}

/** What is left of a row's own maintenance in ms; null = in none. For whoever selects from one table that has it. */
export const maintenanceLeftMs = sql<number | null>`CASE WHEN maintenance_until > clock_timestamp()
  THEN extract(epoch FROM maintenance_until - greatest(clock_timestamp(), maintenance_from))::float8 * 1000 END`;

/** Whether a row is in maintenance beyond doubt, at the moment of a commit. */
export const isInMaintenance = sql<boolean>`coalesce(
  clock_timestamp() >= maintenance_from AND clock_timestamp() < maintenance_until, false)`;

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

/** Ends it before its time; one that is over is cleared. */
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

type Change = ReturnType<typeof begun> | typeof ended;

function changePool(trx: Transaction<Database>, id: string, change: Change): Promise<PoolRow> {
  return trx.updateTable('pool').set(change).where('id', '=', id).returningAll().executeTakeFirstOrThrow();
}

function changeMember(trx: Transaction<Database>, id: string, change: Change): Promise<MemberRow> {
  return trx.updateTable('member').set(change).where('id', '=', id).returningAll().executeTakeFirstOrThrow();
}
