import { AppError } from '@serverctl/core';
import { type Kysely, sql, type Transaction } from 'kysely';
import type { LeaseFence } from '../../worker/ports.ts';
import { fencedWithinMs } from '../../worker/ports-lease.ts';
import { lockFence } from '../lease-row.ts';
import type { Database } from '../schema.ts';

/*
 * What every write of the failover loop shares. What is not done in time is not done at all, its wait for a connection included: the loop gives
 * up after 5 s (carry-out.ts) and decides anew, and a commit long after that would act on evidence that nobody looks at any more (R17).
 */

/** For one statement. */
const lockLimitMs = 2_000;
const statementLimitMs = 3_000;

/**
 * One transaction under the fence. `change` locks the pool's row and then calls `assertFenced`, in this order everywhere: nobody takes the
 * lease over before we commit, and its holder was awake when we began, or `not_leader` (R15). `database_unavailable` when it is too late.
 */
export function fencedTransaction<Result>(
  kysely: Kysely<Database>,
  fence: LeaseFence,
  change: (trx: Transaction<Database>, assertFenced: () => Promise<void>) => Promise<Result>,
): Promise<Result> {
  return kysely.transaction().execute(async (trx) => {
    const begunByMs = fence.rowsByMs(); // the reply to BEGIN has just come, and no lock was waited for yet
    const leftMs = fencedWithinMs - fence.ageMs();
    if (leftMs <= 0) throw tooLate();
    await limitTime(trx);
    const result = await change(trx, async () => {
      if (!(await lockFence(trx, fence, begunByMs))) throw new AppError('not_leader', { term: fence.term });
    });
    await assertInTime(trx, leftMs);
    return result;
  });
}

/** First in a transaction whose statements must not wait for long. */
export async function limitTime(trx: Transaction<Database>) {
  const limit = (name: string, ms: number) => sql`set_config(${name}, ${String(ms)}, true)`;
  await sql`SELECT ${limit('lock_timeout', lockLimitMs)}, ${limit('statement_timeout', statementLimitMs)}`.execute(trx);
}

/** Right before the commit. In PostgreSQL, whose clock began with the transaction; below 17 it has no limit of its own for one. */
export async function assertInTime(trx: Transaction<Database>, withinMs = fencedWithinMs) {
  const { rows } = await sql<{ late: boolean }>`
    SELECT clock_timestamp() - transaction_timestamp() > make_interval(secs => ${withinMs / 1_000}) AS late`.execute(
    trx,
  );
  if (rows[0]?.late === true) throw tooLate();
}

function tooLate(): AppError {
  return new AppError('database_unavailable', { because: 'too late' });
}
