import type { BoundRecord } from '@serverctl/core';
import { sql, type Transaction } from 'kysely';
import { updatePool } from '../../db/repositories/pools.ts';
import type { Database } from '../../db/schema.ts';

/**
 * The greatest epoch in a mark of this pool, whichever copy of this control plane wrote it (R25); 0 = none. A mark of another pool counts
 * its own epochs, which say nothing about ours.
 */
export function seenEpochIn(poolId: string, views: readonly BoundRecord[]): number {
  const epochs = views.flatMap(({ view: { mark } }) =>
    (mark.kind === 'ours' || mark.kind === 'foreign') && mark.mark.pool === poolId ? [mark.mark.epoch] : [],
  );
  return Math.max(0, ...epochs);
}

/** Lets the pool's next epoch be above it: in the transaction that records that epoch, so that neither is without the other. */
export async function raiseSeenEpoch(trx: Transaction<Database>, poolId: string, seen: number): Promise<void> {
  await updatePool(trx, poolId, { seen_epoch: sql<number>`greatest(seen_epoch, ${seen})` });
}
