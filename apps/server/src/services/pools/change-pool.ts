import type { PoolView } from '@serverctl/contract';
import type { Transaction } from 'kysely';
import { lockPool, type PoolRow } from '../../db/repositories/pools.ts';
import type { Database } from '../../db/schema.ts';
import type { ServiceDeps } from '../deps.ts';
import { inTransaction } from '../transaction.ts';
import { getPoolView } from './pool-views.ts';

/** One act on one pool, whose row nobody else changes meanwhile. Returns the pool as it is after it. */
export async function changePool(
  deps: ServiceDeps,
  ref: string,
  change: (trx: Transaction<Database>, row: PoolRow) => Promise<void>,
): Promise<PoolView> {
  const id = await inTransaction(deps.db, async (trx) => {
    const row = await lockPool(trx, ref);
    await change(trx, row);
    return row.id;
  });
  return getPoolView(deps, id);
}
