import { AppError } from '@serverctl/core';
import type { Kysely } from 'kysely';
import type { PoolRow } from '../../db/repositories/pools.ts';
import { promotionOfEpoch } from '../../db/repositories/promotions.ts';
import type { Database } from '../../db/schema.ts';
import { markText, type Tried } from './try-record.ts';

/*
 * A name that joins a pool with an active member is written at once. What was read of it:
 *
 *   no record                              | written                           -> take_over false
 *   our mark of this pool                  | written, it is ours               -> take_over false
 *   exactly the present promotion's address, no mark | marked as ours              -> take_over true
 *   anything else, with the person's yes   | replaced                          -> take_over true
 *   another control plane's mark           | dns_foreign_mark
 *   anything else                          | record_not_ours
 */
export async function mayPublishAtOnce(
  db: Kysely<Database>,
  pool: PoolRow,
  { ref, view }: Tried,
  takeOver: boolean,
): Promise<boolean> {
  const { rrset, mark } = view;
  if (mark.kind === 'ours' && mark.mark.pool === pool.id) return false;
  if (rrset === null && mark.kind === 'none') return false;
  if (takeOver) return true;
  const desired = (await promotionOfEpoch(db, pool.id, pool.epoch))?.address;
  const holds = rrset?.addresses.length === 1 ? rrset.addresses[0] : undefined;
  if (mark.kind === 'none' && desired !== undefined && holds === desired) return true;
  if (mark.kind === 'foreign' || mark.kind === 'unreadable') {
    throw new AppError('dns_foreign_mark', { name: ref.name, mark: markText(view) });
  }
  throw new AppError('record_not_ours', { name: ref.name, addresses: rrset?.addresses ?? [] });
}
