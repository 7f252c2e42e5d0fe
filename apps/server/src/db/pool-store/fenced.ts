import { AppError } from '@serverctl/core';
import { sql, type Transaction } from 'kysely';
import type { LeaseFence } from '../../worker/ports.ts';
import { lockFence } from '../lease-row.ts';
import type { Database } from '../schema.ts';

/*
 * What every write of the failover loop shares. What is not done in time is not done at all: the loop gives up after 5 s (carry-out.ts) and
 * decides anew, and a commit long after that would act on evidence that nobody looks at any more (R17).
 */

/** For one statement, and for all of them together up to the commit: both below the loop's 5 s. */
const lockLimitMs = 2_000;
const statementLimitMs = 3_000;
const transactionLimitMs = 4_000;

export async function limitTime(trx: Transaction<Database>) {
  const limit = (name: string, ms: number) => sql`set_config(${name}, ${String(ms)}, true)`;
  await sql`SELECT ${limit('lock_timeout', lockLimitMs)}, ${limit('statement_timeout', statementLimitMs)}`.execute(trx);
}

/** Right before the commit. In PostgreSQL, whose clock began with the transaction; below 17 it has no limit of its own for one. */
export async function assertInTime(trx: Transaction<Database>) {
  const { rows } = await sql<{ late: boolean }>`
    SELECT clock_timestamp() - transaction_timestamp() > make_interval(secs => ${transactionLimitMs / 1_000}) AS late`.execute(
    trx,
  );
  if (rows[0]?.late === true) throw new AppError('database_unavailable', { because: 'too late' });
}

/** Nobody takes the lease over before we commit, and its holder was awake when we began (R15). After the pool's row is locked, for one order. */
export async function assertFenced(trx: Transaction<Database>, fence: LeaseFence | null) {
  if (fence !== null && !(await lockFence(trx, fence))) throw new AppError('not_leader', { term: fence.term });
}
